"""Commands and queries of licences."""

from app_server.licences.service.holding import LicenceFacts, licence, licences_of
from app_server.licences.service.issuing import Issued, issue, seal_licence
from app_server.licences.service.showing import Shown, Verification, show, verify

__all__ = [
    "Issued",
    "LicenceFacts",
    "Shown",
    "Verification",
    "issue",
    "licence",
    "licences_of",
    "seal_licence",
    "show",
    "verify",
]

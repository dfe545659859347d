"""Commands and queries of licences."""

from app_server.licences.service.expiring import end_overdue
from app_server.licences.service.holding import LicenceFacts, licence, licences_of
from app_server.licences.service.issuing import Issued, issue, seal_licence
from app_server.licences.service.making import FileUnsound, file, ofd_faults, picture
from app_server.licences.service.showing import Shown, Verification, show, verify
from app_server.licences.service.types import (
    TypeFacts,
    draft_type,
    provide_types,
    publish_type,
    published,
    retire_type,
    save_type,
    type_counts,
    type_version,
    types,
)

__all__ = [
    "FileUnsound",
    "Issued",
    "LicenceFacts",
    "Shown",
    "TypeFacts",
    "Verification",
    "draft_type",
    "end_overdue",
    "file",
    "issue",
    "licence",
    "licences_of",
    "ofd_faults",
    "picture",
    "provide_types",
    "publish_type",
    "published",
    "retire_type",
    "save_type",
    "seal_licence",
    "show",
    "type_counts",
    "type_version",
    "types",
    "verify",
]

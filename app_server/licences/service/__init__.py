"""Commands and queries of licences."""

from app_server.licences.service.checking import (
    Proof,
    Verification,
    accept_proof,
    check_identifier,
)
from app_server.licences.service.credentials import (
    Credential,
    CredentialCheck,
    check_credential,
    credential,
    issuer_metadata,
)
from app_server.licences.service.directory import DirectoryLine, directory
from app_server.licences.service.entrusting import (
    Entrusting,
    MandateFacts,
    end_mandate,
    entrust,
    entrusted_licences,
    mandates_of,
)
from app_server.licences.service.expiring import end_overdue
from app_server.licences.service.holding import LicenceFacts, licence, licences_of
from app_server.licences.service.issuing import Issued, issue, seal_licence
from app_server.licences.service.keeping import (
    KeptLicence,
    StepFacts,
    act,
    change,
    kept_licence,
    kept_licences,
    print_paper,
    renew,
)
from app_server.licences.service.making import FileUnsound, file, ofd_faults, picture
from app_server.licences.service.sharing import (
    RequestFacts,
    answer_request,
    ask_fields,
    my_request,
    read_fields,
    requests_of,
    withdraw_request,
)
from app_server.licences.service.showing import OfflineCode, Shown, show, show_offline, verify
from app_server.licences.service.status import status_list_token
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
from app_server.licences.service.using import WAYS, UseCount, use_counts

__all__ = [
    "WAYS",
    "Credential",
    "CredentialCheck",
    "DirectoryLine",
    "Entrusting",
    "FileUnsound",
    "Issued",
    "KeptLicence",
    "LicenceFacts",
    "MandateFacts",
    "OfflineCode",
    "Proof",
    "RequestFacts",
    "Shown",
    "StepFacts",
    "TypeFacts",
    "UseCount",
    "Verification",
    "accept_proof",
    "act",
    "answer_request",
    "ask_fields",
    "change",
    "check_credential",
    "check_identifier",
    "credential",
    "directory",
    "draft_type",
    "end_mandate",
    "end_overdue",
    "entrust",
    "entrusted_licences",
    "file",
    "issue",
    "issuer_metadata",
    "kept_licence",
    "kept_licences",
    "licence",
    "licences_of",
    "mandates_of",
    "my_request",
    "ofd_faults",
    "picture",
    "print_paper",
    "provide_types",
    "publish_type",
    "published",
    "read_fields",
    "renew",
    "requests_of",
    "retire_type",
    "save_type",
    "seal_licence",
    "show",
    "show_offline",
    "status_list_token",
    "type_counts",
    "type_version",
    "types",
    "use_counts",
    "verify",
    "withdraw_request",
]

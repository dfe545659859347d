"""Commands and queries of cases."""

from app_server.cases.service.applicant import correct, put_material, withdraw
from app_server.cases.service.clock import deem_accepted, fee_paid
from app_server.cases.service.desk import DeskRow, after_deed, desk, read_for_officer
from app_server.cases.service.drafting import open_draft
from app_server.cases.service.progress import note_progress
from app_server.cases.service.reading import (
    CaseRow,
    OwnView,
    Standing,
    own_application,
    own_case,
    own_cases,
)
from app_server.cases.service.review import accept, approve, refuse, request_correction
from app_server.cases.service.submission import submit

__all__ = [
    "CaseRow",
    "DeskRow",
    "OwnView",
    "Standing",
    "accept",
    "after_deed",
    "approve",
    "correct",
    "deem_accepted",
    "desk",
    "fee_paid",
    "note_progress",
    "open_draft",
    "own_application",
    "own_case",
    "own_cases",
    "put_material",
    "read_for_officer",
    "refuse",
    "request_correction",
    "submit",
    "withdraw",
]

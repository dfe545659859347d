"""Shapes of cases' requests and replies."""

from app_server.cases.schemas.rendering import (
    application_members,
    case_document,
    case_members,
    desk_document,
    desk_members,
    line,
)
from app_server.cases.schemas.views import (
    Application,
    CaseLine,
    CasePage,
    CaseView,
    DeskCase,
    DraftWanted,
    FileWanted,
    ListQuery,
    Submission,
)

__all__ = [
    "Application",
    "CaseLine",
    "CasePage",
    "CaseView",
    "DeskCase",
    "DraftWanted",
    "FileWanted",
    "ListQuery",
    "Submission",
    "application_members",
    "case_document",
    "case_members",
    "desk_document",
    "desk_members",
    "line",
]

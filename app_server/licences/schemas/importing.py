"""Shapes of imports."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from app_server.kernel.http import Query, Shape, Text
from app_server.licences.rules.importing import MOST_ROWS
from app_server.licences.rules.types import TYPE_CODE
from app_server.licences.schemas.keeping import Content, Day, Reason


class ImportedLicence(Shape):
    """One licence as an office's own store has it."""

    identifier: Annotated[Text, Field(max_length=120)] = ""
    type_code: Annotated[str, Field(pattern=TYPE_CODE)]
    issuer_name: Annotated[Text, Field(min_length=2, max_length=80)]
    region: Annotated[str, Field(pattern=r"^[0-9]{6,12}$")]
    holder_name: Annotated[Text, Field(min_length=1, max_length=100)]
    holder_number: Annotated[str, Field(pattern=r"^[0-9A-Z]{15,18}$")]
    content: Annotated[Content, Field(max_length=200)]
    issued_on: Day
    expires_on: Day | None = None
    case_no: Annotated[Text, Field(max_length=50)] = ""


class LicenceImportBatch(Shape):
    """Some of them."""

    items: Annotated[list[ImportedLicence], Field(min_length=1, max_length=MOST_ROWS)]


class LicenceImportQuery(Query):
    """Which of my office's rows."""

    state: Literal["mismatch", "matched", "dropped"] = "mismatch"
    cursor: Annotated[str, Field(max_length=40)] = ""


class LicenceImportFinding(Shape):
    """One thing that does not fit."""

    field: str
    message: str


class LicenceImportView(Shape):
    """What became of one row."""

    id: UUID
    type_code: str
    state: str
    state_name: str
    findings: list[LicenceImportFinding]
    licence_id: UUID | None
    note: str
    received_at: datetime
    version: int


class LicenceImportList(Shape):
    """Rows; `next` is where to go on."""

    items: list[LicenceImportView]
    next: str | None


class LicenceImportDrop(Shape):
    """Why a row is given up."""

    reason: Reason

"""Shapes of the claim board."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field, StringConstraints

from app_server.kernel.http import Page, Query, Shape, Text
from app_server.themes import service
from app_server.themes.rules.board import STATES
from app_server.themes.rules.templates import BASIC
from app_server.themes.schemas.parts import Name, taken

Basic = Annotated[str, Field(pattern=BASIC)]
Uscc = Annotated[str, Field(pattern=r"^[0-9A-Z]{18}$")]
Words = Annotated[Text, StringConstraints(min_length=2, max_length=500)]


class ClaimQuery(Query):
    """Which entries of the board."""

    state: Literal["", "open", "claimed", "built", "reviewed", "replicated"] = ""
    region: str = Field(default="", pattern=r"^([0-9]{6})?$")
    cursor: str | None = None


class ClaimLine(Shape):
    """An entry of the board."""

    basic: str
    name: str
    theme: str
    state: str
    state_name: str
    region: str
    org: str
    item_code: str
    version: int


class ClaimReview(Shape):
    """What an expert said."""

    name: str
    org: str
    passed: bool
    opinion: str
    at: datetime


class ClaimView(ClaimLine):
    """An entry with its reviews, its replicas and its way."""

    round: int
    reviews: list[ClaimReview]
    replicas: list[dict[str, Any]]
    timeline: list[dict[str, Any]]
    can: list[str]


class ClaimPage(Page[ClaimLine]):
    """A page of the board."""


class ClaimWanted(Shape):
    """An item for the board, and the 一件事 it belongs to."""

    basic: Basic
    name: Name
    theme: Annotated[str, Field(max_length=40)] = ""


class ReleaseWanted(Shape):
    """Why a city gives it back."""

    reason: Words


class Built(Shape):
    """The item it became."""

    item_code: Annotated[str, Field(pattern=r"^[0-9A-Z]{31,33}$")]


class ExpertOpinion(Shape):
    """Yes or no, and why."""

    passed: bool
    opinion: Words


class LocalPlace(Shape):
    """What is local in one city."""

    region: Annotated[str, Field(pattern=r"^[0-9]{4}00$")]
    org: Uscc
    department: Name
    consult_phone: Annotated[str, Field(pattern=r"^0[0-9]{2,3}-[0-9]{5,8}$")]
    complaint_phone: Annotated[str, Field(pattern=r"^0[0-9]{2,3}-[0-9]{5,8}$")]
    address: Name


class Replication(Shape):
    """The local parameters of every other city."""

    places: Annotated[list[LocalPlace], Field(min_length=1, max_length=40)]


class ExpertWanted(Shape):
    """Who may review."""

    name: Annotated[Text, StringConstraints(min_length=2, max_length=60)]


class ExpertView(Shape):
    """An expert."""

    staff_id: UUID
    name: str
    named_at: datetime


class ExpertList(Shape):
    """All experts."""

    items: list[ExpertView]


def claim_line(row: Any) -> ClaimLine:
    """An entry in a list."""
    names = set(ClaimLine.model_fields) - {"state_name"}
    return ClaimLine(**{n: getattr(row, n) for n in names}, state_name=STATES[row.state])


def claim_view(found: service.ClaimFacts) -> ClaimView:
    """An entry as a reply."""
    return ClaimView(
        **claim_line(found.row).model_dump(),
        round=found.row.round,
        reviews=[taken(ClaimReview, review) for review in found.reviews],
        replicas=found.row.replicas,
        timeline=found.row.timeline,
        can=list(found.can),
    )

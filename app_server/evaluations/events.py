"""What evaluations announces."""

from typing import ClassVar
from uuid import UUID

from app_server.kernel.events import Event


class CaseRated(Event):
    """A case was rated (news)."""

    name: ClassVar[str] = "evaluations.rated/1"
    key: ClassVar[str] = "case_no"
    case_no: str
    item_code: str
    region: str
    gb_code: int


class BadRating(Event):
    """不满意 or 非常不满意: must be put right and called back."""

    name: ClassVar[str] = "evaluations.bad_rating/1"
    key: ClassVar[str] = "case_no"
    case_no: str
    person_id: UUID
    item_code: str
    item_name: str
    region: str
    gb_code: int

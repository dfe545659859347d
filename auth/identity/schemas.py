"""Shapes of identity's requests and replies."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from app_server.kernel.http import Shape
from auth.people.service import CODE


class FaceCheckStart(Shape):
    """The separate consent under which a face check begins."""

    consent_id: UUID


class FaceCheckView(Shape):
    """Where a face check stands."""

    id: UUID
    state: Literal["open", "matched", "passed", "refused"]
    expires_at: datetime
    attempts_left: int
    phone_masked: str
    tier: int


class CodeEntry(Shape):
    """A one-time code as typed in."""

    code: Annotated[str, Field(pattern=CODE)]

"""Shapes of people's requests and replies."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from app_server.kernel.http import Query, Shape


class ConsentGrant(Shape):
    """A separate agreement to one purpose, naming the version of the text that was shown."""

    purpose: Literal["face", "face_template", "voice", "prefill", "marketing"]
    text_version: Annotated[str, Field(pattern=r"^[0-9A-Za-z.-]{1,20}$")]


class ConsentView(Shape):
    """A consent that stands."""

    id: UUID


class AccessView(Shape):
    """One look at, or deed with, a person's data."""

    at: datetime
    who: str
    what: str
    purpose: str


class AccessPage(Shape):
    """Who saw my data."""

    items: list[AccessView]
    next: str | None


class AccessQuery(Query):
    """Where the list goes on."""

    cursor: Annotated[str | None, Field(pattern=r"^[A-Za-z0-9_-]{22}$")] = None

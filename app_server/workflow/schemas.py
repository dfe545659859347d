"""Shapes of flows and tables on the drawing board."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from app_server.kernel.http import Shape, Text

Kind = Literal["flow", "table"]


class Drawing(Shape):
    """What an editor saves: BPMN 2.0 or DMN 1.3."""

    title: Annotated[Text, Field(min_length=1, max_length=100)]
    text: Annotated[Text, Field(min_length=1, max_length=512 * 1024)]


class DraftView(Shape):
    """A draft."""

    kind: Kind
    code: str
    title: str
    text: str
    updated_by: str
    updated_at: datetime
    version: int


class BoardLine(Shape):
    """A line of the board: what is drawn under a code, and what of it is published."""

    kind: Kind
    code: str
    title: str
    updated_by: str
    updated_at: datetime
    drawn: bool
    published_version: int


class Board(Shape):
    """Every flow or table."""

    items: list[BoardLine]


class PublishedLine(Shape):
    """One published version."""

    version: int
    title: str
    published_by: str
    published_at: datetime
    sha256: str


class PublishedView(PublishedLine):
    """A published version as drawn; `tables` are the pinned versions it decides by."""

    kind: Kind
    code: str
    text: str
    tables: dict[str, int]
    facts: list[str]


class Versions(Shape):
    """Every published version, the newest first."""

    items: list[PublishedLine]

"""Shapes of checking, publishing and doing the work of flows."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from app_server.kernel.http import Shape, Text


class FlowFinding(Shape):
    """One thing that keeps a drawing from being published."""

    element: str
    code: str
    message: str


class FlowFindings(Shape):
    """Everything that was found; empty when it may be published."""

    items: list[FlowFinding]


class FlowPublication(Shape):
    """Why differences to what already happened are accepted; empty accepts none."""

    reason: Annotated[Text, Field(max_length=300)] = ""


class PublishedVersion(Shape):
    """The version that is in force now."""

    code: str
    published_version: int


class WorkNote(Shape):
    """What came of a piece of work."""

    note: Annotated[Text, Field(max_length=300)] = ""


class FlowWork(Shape):
    """What a case's flow waits for."""

    id: UUID
    name: str
    role: str
    days: int
    deeds: list[str]
    mine: bool


class CaseFlow(Shape):
    """The flow of a case and its open work; an empty title where none is under way."""

    title: str
    open: list[FlowWork]

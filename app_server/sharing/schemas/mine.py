"""Shapes of sharing's requests and replies."""

from datetime import datetime
from uuid import UUID

from app_server.kernel.http import Shape


class ChoiceWanted(Shape):
    """Whether registries may be asked to fill in my forms."""

    allowed: bool


class ChoiceView(Shape):
    """My choice, the ground in force, and the text one agrees to."""

    allowed: bool
    basis: str
    text: str
    text_version: str


class CallView(Shape):
    """One question about me to a registry; `genuine` when its receipt is unaltered."""

    id: UUID
    source_name: str
    purpose: str
    basis: str
    about: str
    outcome: str
    at: datetime
    genuine: bool


class CallList(Shape):
    """Questions about me, newest first."""

    items: list[CallView]

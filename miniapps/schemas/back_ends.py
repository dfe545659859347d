"""Shapes for apps' back ends."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from app_server.kernel.http import Shape, Text


class TicketExchange(Shape):
    """The ticket a back end was given."""

    ticket: Annotated[Text, Field(min_length=20, max_length=100)]


Acr = Literal["urn:wanshi:acr:t0", "urn:wanshi:acr:t1", "urn:wanshi:acr:t2", "urn:wanshi:acr:t3"]


class VisitorView(Shape):
    """Who is in the app; what its manifest does not ask for, or they did not agree to, is null.

    `proved_at` is when they last proved in this opening that it was really them.
    """

    openid: str
    tier: int | None
    acr: Acr | None
    region: str | None
    name: str | None
    phone: str | None
    id_number: str | None
    proved_at: datetime | None

"""Shapes of papers on their way to an office."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field

from app_server.cases.schemas.deeds import PostalAddress
from app_server.kernel.http import Shape, Text


class PaperLine(Shape):
    """One paper and how many of it."""

    name: Annotated[Text, Field(min_length=1, max_length=120)]
    number: Annotated[str, Field(pattern=r"^[1-9][0-9]{0,2}$")]


class PostageView(Shape):
    """What sending costs, and whom."""

    carrier_name: str
    payer: str
    amount_fen: int


class OriginalsReply(Shape):
    """What has to reach the office; `digest` is agreed when it is fetched."""

    state: str
    state_name: str
    contents: list[PaperLine]
    digest: str
    postage: PostageView | None
    parcel_id: UUID | None
    parcel_state: str
    parcel_state_name: str
    waybill: str


class SlotsWanted(Shape):
    """Where a courier would come."""

    address: Annotated[Text, Field(min_length=5, max_length=120)]


class PickupSlotView(Shape):
    """A window in which a courier can come."""

    start: datetime
    end: datetime
    free: bool


class PickupSlotList(Shape):
    """The windows of the next days."""

    items: list[PickupSlotView]


class PickUpWanted(Shape):
    """Who gives the papers where and when, by which list."""

    sender: PostalAddress
    start: datetime
    digest: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class PapersTicked(Shape):
    """What lies before the officer."""

    contents: Annotated[list[PaperLine], Field(min_length=1, max_length=50)]

"""Shapes of logistics' replies."""

from datetime import datetime
from uuid import UUID

from app_server.kernel.http import Shape


class ContentLine(Shape):
    """One thing in a parcel."""

    name: str
    number: str


class TrackView(Shape):
    """Where the parcel was when."""

    at: datetime
    state_name: str
    place: str


class ParcelView(Shape):
    """A parcel; `intact` once it was signed for: the contents are those handed over."""

    id: UUID
    about: str
    direction: str
    contents: list[ContentLine]
    contents_digest: str
    state: str
    state_name: str
    waybill: str
    intact: bool | None
    tracks: list[TrackView]


class ParcelList(Shape):
    """My parcels, newest first."""

    items: list[ParcelView]

"""Requests of the Notify-shaped API; its replies have the shape the official clients read."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from app_server.kernel.http import Query, Shape, Text

Words = dict[Annotated[str, Field(max_length=40)], Annotated[Text, Field(max_length=500)] | int]
Id = Annotated[UUID, Field(strict=False)]


class SmsAsked(Shape):
    """One short message."""

    phone_number: Annotated[str, Field(max_length=24)]
    template_id: Id
    personalisation: Words = {}
    reference: Annotated[Text, Field(max_length=120)] = ""
    sms_sender_id: Annotated[str, Field(max_length=36)] | None = None


class EmailAsked(Shape):
    """An e-mail; this platform carries none, and says so."""

    email_address: Annotated[str, Field(max_length=320)]
    template_id: Id
    personalisation: Words = {}
    reference: Annotated[Text, Field(max_length=120)] = ""
    email_reply_to_id: str | None = None
    one_click_unsubscribe_url: str | None = None
    sanitise_content_for: list[str] | None = None


class PreviewAsked(Shape):
    """Sample parameters."""

    personalisation: Words = {}


class ListQuery(Query):
    """Which notifications."""

    status: Annotated[str, Field(pattern=r"^[a-z-]{1,24}$")] = ""
    template_type: Annotated[str, Field(pattern=r"^(sms|email|letter)$")] = "sms"
    reference: Annotated[str, Field(max_length=120)] = ""
    older_than: UUID | None = None
    include_jobs: Annotated[str, Field(max_length=5)] = ""


class TemplatesQuery(Query):
    """Which templates."""

    type: Annotated[str, Field(pattern=r"^(sms|email|letter)$")] = "sms"

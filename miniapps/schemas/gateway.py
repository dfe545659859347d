"""Shapes of the open gateway for apps' back ends."""

from datetime import date, datetime
from typing import Annotated

from pydantic import Field, StringConstraints

from app_server.kernel.http import Shape, Text

OpenId = Annotated[str, Field(pattern=r"^[0-9a-f]{40}$")]
# The back end's own number of the matter; it makes a second try the same one.
Ref = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,27}$")]
# No address stands in it: what a message links to is the app itself.
Word = Annotated[Text, StringConstraints(min_length=1, max_length=60, pattern=r"^[^/\\{}\n\r<>]*$")]


class GatewayKeyAsked(Shape):
    """For the sandbox or for real."""

    sandbox: bool


class GatewayKeyMade(Shape):
    """A machine client; its secret is shown this once."""

    client_id: str
    secret: str
    scopes: list[str]


class MessageAsked(Shape):
    """One of the app's reviewed messages to one of its people."""

    openid: OpenId
    template: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,17}$")]
    params: Annotated[dict[str, Word], Field(max_length=8)] = {}
    ref: Ref


class ProgressTold(Shape):
    """How far a case is, in words for the applicant; nothing personal belongs here."""

    case_no: Annotated[str, Field(pattern=r"^[0-9-]{10,50}$")]
    title: Annotated[Text, Field(min_length=2, max_length=20)]
    note: Annotated[Text, Field(max_length=200)] = ""


class SentView(Shape):
    """It is in the inbox; in the sandbox it would be."""

    sandbox: bool


class BillLineAsked(Shape):
    """One line of a bill, in fen."""

    name: Annotated[Text, Field(min_length=1, max_length=60)]
    code: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,30}$")]
    amount_fen: Annotated[int, Field(ge=1, le=10_000_000)]


class BillAsked(Shape):
    """A bill for one of the app's people."""

    openid: OpenId
    title: Annotated[Text, Field(min_length=2, max_length=60)]
    items: Annotated[list[BillLineAsked], Field(min_length=1, max_length=20)]
    ref: Ref


class BillMade(Shape):
    """The bill's number, for the page to ask for its payment."""

    bill_no: str
    sandbox: bool


class BillState(Shape):
    """How a bill of the app's stands."""

    bill_no: str
    ref: str
    state: str
    amount_fen: int
    paid_at: datetime | None


class LicencesAsked(Shape):
    """Whose licences, of which kind."""

    openid: OpenId
    type_name: Annotated[Text, Field(min_length=2, max_length=60)]


class LicenceSeen(Shape):
    """A licence as the app may see it: its holder's name stays hidden in part."""

    identifier: str
    type_name: str
    holder_masked: str
    issuer_name: str
    issued_on: date
    expires_on: date | None
    state: str


class LicencesSeen(Shape):
    """What there is of that kind."""

    items: list[LicenceSeen]
    sandbox: bool

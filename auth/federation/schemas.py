"""Shapes of federation's requests and replies."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field

from app_server.kernel.http import Query, Shape, Text
from auth.people.service import CODE, ID_NUMBER, PHONE

Code = Annotated[str, Field(pattern=r"^[0-9]{6}$")]
Url = Annotated[Text, Field(min_length=8, max_length=200)]
Name = Annotated[Text, Field(min_length=2, max_length=80)]
Digest = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class KeyShape(Shape):
    """A P-256 public key (RFC 7517)."""

    kty: Literal["EC"]
    crv: Literal["P-256"]
    x: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{43}$")]
    y: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{43}$")]
    kid: Annotated[str, Field(pattern=r"^[A-Za-z0-9_.-]{1,60}$")]
    use: Literal["sig"] = "sig"
    alg: Literal["ES256"] = "ES256"


class OwnKeys(Shape):
    """What an administrator hands to another platform's."""

    code: str
    level: str
    keys: list[KeyShape]


class PlatformChanged(Shape):
    """What an administrator says about a platform."""

    name: Name
    partner_url: Url
    public_url: Url
    keys: Annotated[list[KeyShape], Field(min_length=1, max_length=4)]
    origins: Annotated[list[Url], Field(max_length=20)] = []
    redirect_uris: Annotated[list[Url], Field(max_length=10)] = []


class PlatformAsked(PlatformChanged):
    """A platform to be registered; `code` is its division."""

    code: Code


class PlatformMove(Shape):
    """Why a platform is suspended or goes on."""

    reason: Annotated[Text, Field(min_length=2, max_length=200)]


class PlatformView(Shape):
    """One platform: its backlog says how many users it is still to be told of."""

    code: str
    level: str
    name: str
    region_name: str
    authority: str
    partner_url: str
    public_url: str
    origins: list[str]
    redirect_uris: list[str]
    keys: list[KeyShape]
    client_id: str
    state: str
    waiting: int
    held: int
    version: int


class PlatformList(Shape):
    """All platforms."""

    items: list[PlatformView]


class PushedAgain(Shape):
    """How many deliveries run again."""

    count: int


class ImportAsked(Shape):
    """A file of legacy users, announced: its SHA-256 and in how many parts it comes."""

    digest: Digest
    parts: Annotated[int, Field(ge=1, le=2000)]


class ImportView(Shape):
    """How an import stands; `counts` by outcome, `outcome_names` in Chinese."""

    id: UUID
    platform: str
    platform_name: str
    state: str
    parts: int
    received: int
    merged: int
    next_part: int | None
    counts: dict[str, int]
    outcome_names: dict[str, str]
    created_at: datetime
    done_at: datetime | None


class ImportPage(Shape):
    """Imports, newest first."""

    items: list[ImportView]
    next: str | None


class ImportsQuery(Query):
    """Where the list goes on."""

    cursor: Annotated[str | None, Field(pattern=r"^[A-Za-z0-9_-]{22}$")] = None


class ConflictView(Shape):
    """A row that was not taken, by its line in the file, and why."""

    line: int
    reason: str
    reason_name: str


class ConflictPage(Shape):
    """Rows that were not taken; `next` is the line to go on after."""

    items: list[ConflictView]
    next: int | None


class ConflictQuery(Query):
    """Where the report goes on."""

    after: Annotated[int, Field(ge=0, le=10**9)] = 0


class HomeView(Shape):
    """The home city, and what says so."""

    city: str
    city_name: str
    basis: str
    basis_name: str


class MyHome(Shape):
    """My home city, or null when my ID number says none and I chose none."""

    home: HomeView | None


class HomeAsked(Shape):
    """The city I want to be at home in."""

    city: Code


class UserRecord(Shape):
    """My record in the standard field set (auth/federation/data/user_record.json)."""

    schema_id: str
    user: dict[str, Any]


class OrganisationRecord(Shape):
    """An organisation in the standard field set (auth/federation/data/organisation_record.json)."""

    schema_id: str
    organisation: dict[str, Any]


class SignInAsked(Shape):
    """Where I am at home: a city's or another province's division code."""

    home: Code


class SignInDirection(Shape):
    """Where I prove who I am; without a page it is right here."""

    attempt: UUID | None
    way: Literal["here", "city", "province", "national"]
    authority: str
    authority_name: str
    page: str


class TicketAsked(Shape):
    """The request the page was opened with."""

    request: Annotated[Text, Field(min_length=20, max_length=4096)]


class TicketGiven(Shape):
    """Where the browser goes back to, the ticket in the fragment."""

    redirect_to: str


class TicketBrought(Shape):
    """The ticket the browser came back with."""

    ticket: Annotated[Text, Field(min_length=20, max_length=100)]


class RecognisedPerson(Shape):
    """Who is signed in, as the screen may show it."""

    id: UUID
    display_name: str
    tier: int


class RecognisedView(Shape):
    """A session here; `authority` proved it, `assertion` is the province's signed word for it."""

    access_token: str
    expires_in_s: int
    person: RecognisedPerson
    authority: str
    assertion: str


class FirstCodeAsked(Shape):
    """The phone of an account that has no password yet."""

    phone: Annotated[str, Field(pattern=PHONE)]


class FirstCodeSent(Shape):
    """How long the code lives (seconds)."""

    expires_in_s: int


class FirstPassword(FirstCodeAsked):
    """What opens such an account: its ID number and the code, then the password."""

    id_number: Annotated[str, Field(pattern=ID_NUMBER)]
    code: Annotated[str, Field(pattern=CODE)]
    password: Annotated[Text, Field(min_length=1, max_length=128)]
    terms_version: Annotated[Text, Field(max_length=20)]

"""Shapes of apps for residents: lists, launches, calls, and what is theirs."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import ConfigDict, Field, RootModel

from app_server.kernel.http import Query, Shape, Text

_REGION = r"^[0-9]{6,9}$"
_APPID = r"^[a-z0-9]{0,40}$"
Scope = Annotated[str, Field(pattern=r"^[a-z_.]{3,40}$")]
Token = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{43}$")]


class ListQuery(Query):
    """Which apps: for a region, of a category or owner, with these words; a page of them."""

    region: Annotated[str, Field(pattern=_REGION)] | None = None
    category: Annotated[str, Field(pattern=r"^[a-z_]{0,20}$")] = ""
    owner: Annotated[Text, Field(max_length=80)] = ""
    q: Annotated[Text, Field(max_length=40)] = ""
    after: Annotated[str, Field(pattern=r"^[a-z0-9]{0,41}$")] = ""
    limit: Annotated[int, Field(ge=1, le=100)] = 50


class GroupQuery(Query):
    """For whom."""

    region: Annotated[str, Field(pattern=_REGION)] | None = None


class MiniAppView(Shape):
    """One app in a list."""

    appid: str
    name: str
    short_name: str
    summary: str
    icon_url: str
    owner_name: str
    region_code: str
    region_name: str
    min_tier: int
    mode: Literal["h5", "api"]
    category: str
    category_name: str


class MiniAppList(Shape):
    """Apps for a region; `next` is where the list goes on, `total` how many there are."""

    items: list[MiniAppView]
    next: str | None
    total: int


class CategoryCount(Shape):
    """How many apps a category has."""

    key: str
    title: str
    count: int


class OwnerCount(Shape):
    """How many apps an organisation has."""

    name: str
    count: int


class RegionCount(Shape):
    """How many apps are at home in a division."""

    code: str
    name: str
    count: int


class GroupsView(Shape):
    """How the apps for a region fall into groups, the largest first."""

    categories: list[CategoryCount]
    owners: list[OwnerCount]
    regions: list[RegionCount]
    total: int


class PermissionView(Shape):
    """A permission: whether review gave it, and whether the person has (no, this time, always)."""

    scope: str
    title: str
    reason: str
    required: bool
    approved: bool
    granted: Literal["no", "once", "always"]


class TicketField(Shape):
    """Something the app's back end learns with a ticket."""

    key: Literal["openid", "tier", "region", "name", "phone", "id_number"]
    title: str


class ThemeView(Shape):
    """Colours of a place's own."""

    primary: str
    accent: str | None


class UiView(Shape):
    """How the shell dresses the app."""

    titlebar: Literal["native", "transparent"]
    elder: Literal["native", "css", "none"]
    theme: ThemeView | None


class LaunchedApp(Shape):
    """The app a launch opens."""

    appid: str
    name: str
    owner_name: str
    version: str
    icon_url: str
    hotline: str


class ServiceCard(Shape):
    """One service of an app that joined as an API."""

    key: str
    title: str
    summary: str
    kind: Literal["list", "form", "query"]


class LaunchView(Shape):
    """How the shell opens an app; `token` is its proof in every call of this opening.

    `release` is the signed document of what review released ("" on trial), `jwk` its key.
    """

    launch_id: UUID
    token: str
    origin: str
    url: str
    mode: Literal["h5", "api"]
    trial: bool
    sandbox: str
    allow: str
    min_tier: int
    permissions: list[PermissionView]
    ticket_fields: list[TicketField]
    ui: UiView
    release: str
    jwk: dict[str, Any]
    services: list[ServiceCard]
    app: LaunchedApp


class Opening(Shape):
    """With what an app is opened: the device's own random number, region, system, trial link."""

    device: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{0,64}$")] = ""
    region: Annotated[str, Field(pattern=r"^([0-9]{6,9})?$")] = ""
    system: Literal["", "android", "ios", "harmony", "desktop", "other"] = ""
    trial: Annotated[str, Field(pattern=r"^[A-Za-z0-9._-]{0,120}$")] = ""


class Outcome(Shape):
    """How an opening went: ready after so many milliseconds, or failed."""

    ready: bool
    ready_ms: Annotated[int, Field(ge=0, le=600_000)] = 0


class ConsentGiven(Shape):
    """What the person answered to a permission sheet."""

    token: Token
    scope: Scope
    allow: bool
    remember: bool = False


class CallAsked(Shape):
    """A call of the app's page, with the vendor's signature or the person's proof it came with."""

    token: Token
    origin: Annotated[Text, Field(max_length=200)]
    method: Annotated[Text, Field(max_length=60)]
    params: Annotated[dict[str, Any] | None, Field(max_length=40)] = None
    proof: Annotated[dict[str, Text] | None, Field(max_length=12)] = None
    act_proof: Annotated[Text, Field(max_length=80)] | None = None


class CallView(Shape):
    """Whether the call was done here, and its value; else the shell does it."""

    done: bool
    value: Any


class MineView(Shape):
    """Apps I opened lately, and those I keep at hand."""

    recent: list[MiniAppView]
    favourites: list[MiniAppView]


class GrantedScope(Shape):
    """One permission I gave for good."""

    scope: str
    title: str
    reason: str
    granted_at: datetime
    last_used_at: datetime | None


class GrantedApp(Shape):
    """An app with the permissions I gave it."""

    appid: str
    name: str
    icon_url: str
    scopes: list[GrantedScope]


class GrantedApps(RootModel[list[GrantedApp]]):
    """Apps I gave permissions to."""


class RevokeQuery(Query):
    """One permission, or all of the app's."""

    scope: Annotated[str, Field(pattern=r"^[a-z_.]{0,40}$")] = ""


class UseQuery(Query):
    """Of one app or all, from a place in the list on."""

    appid: Annotated[str, Field(pattern=_APPID)] = ""
    before: Annotated[str, Field(max_length=40)] = ""


class UseView(Shape):
    """One use of a permission by an app."""

    at: datetime
    appid: str
    app_name: str
    method: str
    scope: str
    title: str
    what: str
    outcome: str


class UseList(Shape):
    """Uses, newest first."""

    items: list[UseView]
    next: str | None


class ReportGiven(Shape):
    """What is wrong with an app."""

    reason: Literal["broken", "misleading", "illegal", "privacy", "charges", "other"]
    note: Annotated[Text, Field(max_length=500)] = ""


class FormAsked(Shape):
    """In which opening."""

    token: Token


class FormView(Shape):
    """A form: JSON Schema of the data, how to ask for it, and what stands above it."""

    # `schema` is taken on pydantic's base class.
    model_config = ConfigDict(serialize_by_alias=True)

    schema_: dict[str, Any] = Field(alias="schema")
    ui: dict[str, Any]
    title: str
    note: str


class ServiceAsked(Shape):
    """What was filled in; `after` among it is where a list goes on."""

    token: Token
    params: Annotated[dict[str, Any], Field(max_length=40)] = {}


class LineView(Shape):
    """One line of a result."""

    label: str
    value: str


class EntryView(Shape):
    """One entry of a list."""

    title: str
    summary: str
    fields: list[LineView]


class ServiceView(Shape):
    """What a service answered: a record's lines, a list's entries, or a sentence."""

    kind: Literal["record", "list", "message"]
    title: str
    fields: list[LineView]
    items: list[EntryView]
    text: str
    next: str | None

"""Shapes of requests and replies of mini-apps."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from app_server.kernel.http import Query, Shape, Text


class ListQuery(Query):
    """Whose apps."""

    region: Annotated[str, Field(pattern=r"^[0-9]{6,9}$")] | None = None


class MiniAppView(Shape):
    """One app in a list."""

    appid: str
    name: str
    short_name: str
    summary: str
    icon_url: str
    owner_name: str
    region_name: str
    min_tier: int


class MiniAppList(Shape):
    """Apps for a region."""

    items: list[MiniAppView]


class PermissionView(Shape):
    """One permission; `granted` says it was given before and will not be asked again."""

    scope: str
    reason: str
    required: bool
    granted: bool


class LaunchedApp(Shape):
    """The app a launch opens."""

    appid: str
    name: str
    owner_name: str
    version: str
    icon_url: str
    hotline: str


class LaunchView(Shape):
    """How the shell opens an app in a frame."""

    launch_id: UUID
    origin: str
    url: str
    trial: bool
    sandbox: str
    allow: str
    permissions: list[PermissionView]
    app: LaunchedApp


class TicketView(Shape):
    """A single-use ticket."""

    ticket: str
    expires_in_s: int


class TicketExchange(Shape):
    """The ticket a back end was given."""

    ticket: Annotated[Text, Field(min_length=20, max_length=100)]


Acr = Literal["urn:wanshi:acr:t0", "urn:wanshi:acr:t1", "urn:wanshi:acr:t2", "urn:wanshi:acr:t3"]


class VisitorView(Shape):
    """Who is in the app; what its manifest does not ask for is null."""

    openid: str
    tier: int | None
    acr: Acr | None
    region: str | None


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


class FindingView(Shape):
    """What a machine check found; an `error` must be mended before review."""

    code: str
    level: Literal["error", "warning", "note"]
    path: str
    line: int | None
    message: str


class VersionView(Shape):
    """One version; `findings` is null until machines have looked at it."""

    appid: str
    code: int
    name: str
    state: str
    state_name: str
    digest: str
    uploaded_at: datetime
    scopes: list[str]
    findings: list[FindingView] | None


class VersionList(Shape):
    """Versions, newest first."""

    items: list[VersionView]


class TrialView(Shape):
    """A trial link for team and reviewers: good for this version and a week."""

    version: VersionView
    link: str


class Remark(Shape):
    """What the next one should know."""

    note: Annotated[Text, Field(max_length=500)] = ""


class Reason(Shape):
    """Why; residents may read it."""

    reason: Annotated[Text, Field(min_length=2, max_length=200)]


class Opinion(Shape):
    """What a reviewer decides, and why."""

    agree: bool
    note: Annotated[Text, Field(max_length=500)] = ""


class GreyAsked(Shape):
    """To whom a version goes (permille; empty lists: everybody), and how many failures stop it."""

    permille: Annotated[int, Field(ge=0, le=1000)]
    error_permille: Annotated[int, Field(ge=1, le=500)] = 50
    openids: Annotated[
        list[Annotated[str, Field(pattern=r"^[0-9a-f]{40}$")]], Field(max_length=500)
    ] = []
    regions: Annotated[
        list[Annotated[str, Field(pattern=r"^[0-9]{6,9}$")]], Field(max_length=200)
    ] = []
    systems: Annotated[
        list[Literal["android", "ios", "harmony", "desktop", "other"]], Field(max_length=5)
    ] = []
    starts_at: Annotated[datetime | None, Field(strict=False)] = None
    ends_at: Annotated[datetime | None, Field(strict=False)] = None


class GreyView(Shape):
    """The rollout under way, with the openings of the last quarter of an hour."""

    code: int
    state: str
    state_name: str
    permille: int
    error_permille: int
    openids: list[str]
    regions: list[str]
    systems: list[str]
    starts_at: datetime | None
    ends_at: datetime | None
    opened: int
    failed: int


class RollBackAsked(Shape):
    """Why, and to which version (else the one before)."""

    reason: Annotated[Text, Field(min_length=2, max_length=200)]
    to: Annotated[int, Field(ge=1, le=2_000_000_000)] | None = None


class FloorAsked(Shape):
    """The lowest version that may be opened from now on, and why."""

    floor: Annotated[int, Field(ge=1, le=2_000_000_000)]
    reason: Annotated[Text, Field(min_length=2, max_length=200)]


class AppQuery(Query):
    """Which apps: those after an app id, and only those whose newest version waits for review."""

    after: Annotated[str, Field(pattern=r"^[a-z0-9]{0,40}$")] = ""
    waiting: bool = False


class AppView(Shape):
    """One app as its team and reviewers see it; version 0 is none."""

    appid: str
    name: str
    owner_org: str
    owner_name: str
    region_name: str
    state: str
    state_name: str
    state_reason: str
    current: int
    floor: int
    newest: int
    newest_state: str
    newest_state_name: str


class AppList(Shape):
    """Apps by app id; `next` is where the list goes on."""

    items: list[AppView]
    next: str | None


class DeedView(Shape):
    """One line of an app's history."""

    code: int
    deed: str
    deed_name: str
    by_name: str
    note: str
    at: datetime


class UsageView(Shape):
    """Openings of a version in the last week; the median is in milliseconds."""

    code: int
    launches: int
    people: int
    failed: int
    median_ready_ms: float | None


class AppDetail(Shape):
    """An app with its versions, rollout, history and use."""

    app: AppView
    versions: list[VersionView]
    grey: GreyView | None
    history: list[DeedView]
    usage: list[UsageView]


class AppKey(Shape):
    """The key of an app for its command line and back end; the secret is shown once."""

    client_id: str
    secret: str

"""Shapes for teams and reviewers."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from app_server.kernel.http import Query, Shape, Text


class FindingView(Shape):
    """What a machine check found; an `error` must be mended before review."""

    code: str
    level: Literal["error", "warning", "note"]
    path: str
    line: int | None
    message: str


class AskedPermission(Shape):
    """A permission a version asks for; `withheld`: review did not give it."""

    scope: str
    title: str
    reason: str
    required: bool
    withheld: bool


class ShotView(Shape):
    """A picture a real browser made of a page."""

    n: int
    mode: Literal["normal", "elder"]
    path: str


class VersionView(Shape):
    """One version; `findings` is null until machines have looked at it, `shots` until a browser.

    `signed_by` is the id of the team key over the package, empty where it is not signed;
    `looking`: a browser is about to look at it.
    """

    appid: str
    code: int
    name: str
    state: str
    state_name: str
    digest: str
    uploaded_at: datetime
    scopes: list[str]
    permissions: list[AskedPermission]
    signed_by: str
    shots: list[ShotView] | None
    looking: bool
    findings: list[FindingView] | None


class CheckedView(Shape):
    """What machine checks find in a package that was only shown to them."""

    appid: str
    code: int
    name: str
    findings: list[FindingView]


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
    """What a reviewer decides, and why; the province may hold back optional permissions."""

    agree: bool
    note: Annotated[Text, Field(max_length=500)] = ""
    withheld: Annotated[
        list[Annotated[str, Field(pattern=r"^[a-z_.]{3,40}$")]], Field(max_length=20)
    ] = []


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


class NewTeamKey(Shape):
    """A public key in PEM, and what the team calls it."""

    name: Annotated[Text, Field(min_length=1, max_length=60)]
    public_key: Annotated[str, Field(max_length=1024)]


class TeamKeyView(Shape):
    """A registered public key; what it signed before its end stays good."""

    key_id: str
    alg: Literal["ed25519", "sm2"]
    name: str
    added_at: datetime
    ended_at: datetime | None


class TeamKeyList(Shape):
    """Keys of an organisation, newest first."""

    items: list[TeamKeyView]

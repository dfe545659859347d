"""Shapes of staff's requests and replies."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, StringConstraints

from app_server.kernel.http import Count, Query, Shape, Text
from auth.staff.rules import Level, Mode

Cursor = Annotated[str | None, Field(pattern=r"^[A-Za-z0-9_-]{22}$")]
Reason = Annotated[Text, StringConstraints(strip_whitespace=True, min_length=2, max_length=200)]
Id = Annotated[UUID, Field(strict=False)]
Region = Annotated[str, Field(pattern=r"^([0-9]{6}|[0-9]{9})$")]
Name = Annotated[Text, StringConstraints(strip_whitespace=True, min_length=2, max_length=40)]
LongName = Annotated[Text, StringConstraints(strip_whitespace=True, min_length=2, max_length=80)]
RoleCode = Annotated[str, Field(pattern=r"^[a-z_]{3,30}$")]
Url = Annotated[str, Field(pattern=r"^(https?://[^\s\"<>]{4,190})?$", max_length=200)]
StateName = Literal["active", "suspended", "cancelled"]
MoveName = Literal["open", "transfer", "suspend", "resume", "cancel"]


class RoleView(Shape):
    """A role; administrators' are held alone."""

    code: str
    name: str
    administrator: bool


class RoleList(Shape):
    """All roles."""

    items: list[RoleView]


class WindowView(Shape):
    """A service window."""

    id: str
    level: str
    level_name: str


class PostView(Shape):
    """What an officer is, where."""

    department_id: UUID
    department_name: str
    roles: list[RoleView]
    region: str
    region_name: str
    window: WindowView | None


class StaffLine(Shape):
    """One account in the list."""

    id: UUID
    login: str
    name: str
    state: StateName
    state_name: str
    org_name: str
    post: PostView
    since: datetime


class StaffPage(Shape):
    """One page of accounts."""

    items: list[StaffLine]
    next: str | None


class StaffQuery(Query):
    """Which accounts."""

    state: Literal["", "active", "suspended", "cancelled"] = ""
    q: Annotated[str, Field(max_length=40)] = ""
    department: UUID | None = None
    role: Annotated[str, Field(pattern=r"^[a-z_]{0,30}$")] = ""
    cursor: Cursor = None


class AccountThereView(Shape):
    """What an officer has in a department system."""

    system_id: UUID
    name: str
    mode: str
    mode_name: str
    local_account: str
    active: bool
    at: datetime


class ProposalView(Shape):
    """An administrator role that waits for the other administrator."""

    id: UUID
    staff_id: UUID
    login: str
    name: str
    post: PostView
    reason: str
    by_name: str
    by_role_name: str
    at: datetime
    expires_at: datetime
    mine: bool
    may_confirm: bool


class ProposalList(Shape):
    """All that waits."""

    items: list[ProposalView]


class StaffDetail(StaffLine):
    """One account, and what can be done with it."""

    version: Count
    created_at: datetime
    actions: list[Literal["transfer", "suspend", "resume", "cancel", "activation"]]
    activation_until: datetime | None
    proposal: ProposalView | None
    accounts: list[AccountThereView]


class HistoryView(Shape):
    """One move of an account."""

    id: UUID
    move: MoveName
    move_name: str
    effective_at: datetime
    before: PostView | None
    after: PostView | None
    reason: str
    by_name: str
    confirmed_by_name: str


class HistoryList(Shape):
    """All moves, newest first."""

    items: list[HistoryView]


class PostAsked(Shape):
    """A post as an administrator asks for it; without a region, the department's."""

    department_id: Id
    roles: Annotated[list[RoleCode], Field(min_length=1, max_length=8)]
    region: Region | Literal[""] = ""
    window_id: Annotated[str, Field(pattern=r"^[0-9A-Za-z-]{0,40}$")] = ""
    window_level: Level | Literal[""] = ""


class OpenAsked(Shape):
    """A new account."""

    login: Annotated[
        str, Field(pattern=r"^[a-z][a-z0-9]*([._-][a-z0-9]+)*$", min_length=3, max_length=40)
    ]
    name: Name
    post: PostAsked
    reason: Reason


class TransferAsked(Shape):
    """Another post."""

    post: PostAsked
    reason: Reason


class ReasonAsked(Shape):
    """Why."""

    reason: Reason


class CodeView(Shape):
    """A one-time code: said now, never again."""

    code: str
    expires_at: datetime


class StaffOpened(Shape):
    """A new account and the code its officer sets a password with."""

    staff: StaffDetail
    activation: CodeView


class DepartmentView(Shape):
    """One department of the tree."""

    id: UUID
    parent_id: UUID | None
    code: str | None
    name: str
    region: str
    region_name: str
    level: str
    level_name: str
    state: Literal["active", "retired"]
    version: Count
    people: Count


class DepartmentList(Shape):
    """The tree, parents before children."""

    items: list[DepartmentView]


class DepartmentAsked(Shape):
    """A new department; at the top it needs a code, below it takes the region above."""

    name: LongName
    code: Annotated[str, Field(pattern=r"^[0-9A-Za-z-]{0,20}$")] = ""
    region: Region | Literal[""] = ""
    parent_id: Id | None = None


class DepartmentRenamed(Shape):
    """Another name."""

    name: LongName


class PlaceView(Shape):
    """A region a post may lie in."""

    code: str
    name: str


class PlaceList(Shape):
    """The department's region and those right below."""

    items: list[PlaceView]


class SystemView(Shape):
    """One department system; its token is never shown."""

    id: UUID
    code: str
    name: str
    department_id: UUID
    department_name: str
    region: str
    level: str
    level_name: str
    authority_name: str
    mode: Mode
    mode_name: str
    client_id: str | None
    home_url: str
    bind_url: str
    scim_url: str
    state: Literal["active", "retired"]
    version: Count
    accounts: Count
    mappings: Count
    waiting: Count
    parked: Count


class SystemList(Shape):
    """The register."""

    items: list[SystemView]


class SystemChanged(Shape):
    """How a system attaches; an empty token keeps the one that is there."""

    name: LongName
    mode: Mode
    client_id: Annotated[str, Field(pattern=r"^[A-Za-z0-9._-]{0,60}$")] = ""
    home_url: Url = ""
    bind_url: Url = ""
    scim_url: Url = ""
    scim_token: Annotated[Text, Field(max_length=400)] = ""


class SystemAsked(SystemChanged):
    """A new system."""

    code: Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{2,39}$")]
    department_id: Id
    region: Region | Literal[""] = ""


class MappingView(Shape):
    """Whose local account it is."""

    id: UUID
    staff_id: UUID
    login: str
    name: str
    local_account: str
    bound_at: datetime


class MappingPage(Shape):
    """One page of a system's mappings."""

    items: list[MappingView]
    next: str | None


class CursorQuery(Query):
    """Where the list goes on."""

    cursor: Cursor = None


class MySystemView(Shape):
    """A system I can enter, or bind first."""

    id: UUID
    code: str
    name: str
    department_name: str
    mode: Mode
    mode_name: str
    home_url: str
    bound: bool
    local_account: str | None


class MySystemList(Shape):
    """My systems."""

    items: list[MySystemView]


class BindCodeView(CodeView):
    """A code to carry to the system's bind page."""

    bind_url: str


class BindingConfirmed(Shape):
    """A mapped system says whose local account the code's carrier proved."""

    code: Annotated[Text, Field(min_length=8, max_length=40)]
    local_account: Annotated[
        Text, StringConstraints(strip_whitespace=True, min_length=1, max_length=80)
    ]


class BindingView(Shape):
    """The binding stands."""

    login: str
    local_account: str

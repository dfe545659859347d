"""Shapes of grants' requests and replies."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from app_server.kernel.http import Shape, Text
from auth.grants.rules import MAX_PASSWORD
from auth.people.service import CODE, ETHNIC_GROUPS, ID_NUMBER, PHONE

Login = Annotated[Text, Field(min_length=3, max_length=30)]
Password = Annotated[Text, Field(min_length=1, max_length=MAX_PASSWORD)]


class SignUp(Shape):
    """What a resident registers with (R-ID-03, R-ID-05)."""

    name: Annotated[str, Field(pattern=r"^[\u4e00-\u9fff\u3400-\u4dbf·]{2,30}$")]
    ethnic_group: Annotated[
        Text, Field(max_length=10, json_schema_extra={"enum": list(ETHNIC_GROUPS)})
    ]
    sex: Literal["male", "female"]
    id_number: Annotated[str, Field(pattern=ID_NUMBER)]
    phone: Annotated[str, Field(pattern=PHONE)]
    code: Annotated[str, Field(pattern=CODE)]
    password: Password
    terms_version: Annotated[Text, Field(max_length=20)]
    username: Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9_]{3,29}$")] | None = None


class SignIn(Shape):
    """Phone, ID number or user name, and the password."""

    login: Login
    password: Password


class SessionPerson(Shape):
    """Who is signed in, as the screen may show it."""

    id: UUID
    display_name: str
    tier: int


class SessionView(Shape):
    """A session: the access token is for memory, the refresh token is a cookie."""

    access_token: str
    expires_in_s: int
    person: SessionPerson


class EvidenceView(Shape):
    """One live proof."""

    source: str
    source_name: str
    verified_at: datetime
    expires_at: datetime | None


class MeView(Shape):
    """A person about themselves, masked as it is shown."""

    id: UUID
    display_name: str
    tier: int
    tier_name: str
    name_masked: str
    id_number_masked: str
    phone_masked: str
    evidence: list[EvidenceView]


class ChannelSignIn(Shape):
    """A log-in code as the WeChat or Alipay client gave it."""

    channel: Literal["wechat", "alipay"]
    code: Annotated[Text, Field(min_length=8, max_length=128)]


class ChannelBinding(Shape):
    """Binding a channel account to an existing account."""

    binding_token: Annotated[Text, Field(min_length=20, max_length=64)]
    login: Login
    password: Password


class ChannelRefresh(Shape):
    """The refresh token a mini-program keeps (it has no cookies)."""

    refresh_token: Annotated[Text, Field(min_length=40, max_length=128)]


class ChannelSessionView(Shape):
    """Signed in, or known to the channel only: then the binding token leads on."""

    state: Literal["signed_in", "unbound"]
    session: SessionView | None = None
    refresh_token: str | None = None
    binding_token: str | None = None
    expires_in_s: int


class StaffSignIn(Shape):
    """A staff login name and password."""

    login: Login
    password: Password


class StaffView(Shape):
    """A signed-in staff member."""

    id: UUID
    name: str
    org_name: str
    region: str
    region_name: str
    roles: list[str]


class StaffSessionView(Shape):
    """A staff session."""

    access_token: str
    expires_in_s: int
    staff: StaffView


class ClientCredentials(Shape):
    """A client's id and secret."""

    client_id: Annotated[Text, Field(min_length=3, max_length=60)]
    client_secret: Annotated[Text, Field(min_length=16, max_length=128)]


class ClientTokenView(Shape):
    """A client's access token."""

    access_token: str
    token_type: Literal["Bearer"]
    expires_in_s: int
    scope: str


class CodeRequest(Shape):
    """The phone a code shall be sent to."""

    phone: Annotated[str, Field(pattern=PHONE)]


class CodeSent(Shape):
    """How long the code lives, and when another may be asked for (seconds)."""

    expires_in_s: int
    resend_after_s: int

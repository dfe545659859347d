"""Shapes of grants' requests and replies."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from app_server.kernel.http import Query, Shape, Text
from auth.grants.rules import MAX_PASSWORD
from auth.people.service import CODE, ETHNIC_GROUPS, ID_NUMBER, PHONE

Login = Annotated[Text, Field(min_length=3, max_length=30)]
Password = Annotated[Text, Field(min_length=1, max_length=MAX_PASSWORD)]

PersonName = Annotated[str, Field(pattern=r"^[\u4e00-\u9fff\u3400-\u4dbf·]{2,30}$")]
EthnicGroup = Annotated[Text, Field(max_length=10, json_schema_extra={"enum": list(ETHNIC_GROUPS)})]
USERNAME = r"^[A-Za-z][A-Za-z0-9_]{3,29}$"


class SignUp(Shape):
    """What a resident registers with (R-ID-03, R-ID-05)."""

    name: PersonName
    ethnic_group: EthnicGroup
    sex: Literal["male", "female"]
    id_number: Annotated[str, Field(pattern=ID_NUMBER)]
    phone: Annotated[str, Field(pattern=PHONE)]
    code: Annotated[str, Field(pattern=CODE)]
    password: Password
    terms_version: Annotated[Text, Field(max_length=20)]
    username: Annotated[str, Field(pattern=USERNAME)] | None = None


class SignIn(Shape):
    """Phone, ID number or user name, and the password."""

    login: Login
    password: Password


class SessionPerson(Shape):
    """Who is signed in, as the screen may show it."""

    id: UUID
    display_name: str
    tier: int


class ActingView(Shape):
    """Whom a session acts for; not `in_force` when the ground for it is gone."""

    organisation_id: UUID
    name: str
    credit_code: str
    level: int
    level_name: str
    as_representative: bool
    in_force: bool


class SessionView(Shape):
    """A session: the access token is for memory, the refresh token is a cookie."""

    access_token: str
    expires_in_s: int
    person: SessionPerson
    acting: ActingView | None = None


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
    org: str
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


class StaffActivation(Shape):
    """The code an administrator handed over, and the password its officer chooses."""

    login: Login
    code: Annotated[Text, Field(min_length=8, max_length=40)]
    password: Password


class PasswordAgain(Shape):
    """The password of the account that is signed in."""

    password: Password


class RegistrationState(Shape):
    """How a registration request stands; it tells nothing about whose it is."""

    state: Annotated[
        str,
        Field(
            json_schema_extra={
                "enum": [
                    "waiting",
                    "awaiting_password",
                    "finished",
                    "refused",
                    "expired",
                    "replaced",
                ]
            }
        ),
    ]
    expires_at: datetime


class CardSeen(Shape):
    """What a window officer reads from the card; no `valid_until` is 长期."""

    name: PersonName
    id_number: Annotated[str, Field(pattern=ID_NUMBER)]
    valid_from: Annotated[date, Field(strict=False)]
    valid_until: Annotated[date, Field(strict=False)] | None


class AssistedStart(CardSeen):
    """A resident at the window who wants an account."""

    sex: Literal["male", "female"]
    ethnic_group: EthnicGroup
    phone: Annotated[str, Field(pattern=PHONE)]
    username: Annotated[str, Field(pattern=USERNAME)] | None = None


class AssistedView(Shape):
    """A request an officer began; `page` is what the resident opens."""

    id: UUID
    state: Literal["awaiting_password"]
    name_masked: str
    phone_masked: str
    page: str
    expires_at: datetime


class AssistedFinish(Shape):
    """What the resident sets: the officer never sees it."""

    code: Annotated[str, Field(pattern=CODE)]
    password: Password
    terms_version: Annotated[Text, Field(max_length=20)]


class WaitingView(Shape):
    """A request that waits for the registry."""

    id: UUID
    name_masked: str
    id_number_masked: str
    phone_masked: str
    created_at: datetime
    expires_at: datetime


class WaitingPage(Shape):
    """Requests that wait for the registry, oldest first."""

    items: list[WaitingView]
    next: str | None


class WaitingQuery(Query):
    """Where the list goes on."""

    cursor: Annotated[str | None, Field(pattern=r"^[A-Za-z0-9_-]{22}$")] = None


class ActivatedView(Shape):
    """The account a request became."""

    person_id: UUID
    tier: int

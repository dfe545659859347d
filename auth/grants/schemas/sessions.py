"""Shapes of devices, passkeys, second factors, channels and passwords."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field, StringConstraints

from app_server.kernel.http import Query, Shape, Text
from auth.grants.schemas import Login, Password, SignUp
from auth.people.service import CODE, ID_NUMBER, PHONE

Id = Annotated[UUID, Field(strict=False)]
BindingToken = Annotated[Text, Field(min_length=20, max_length=64)]
Pending = Annotated[Text, Field(min_length=40, max_length=64)]
KeyName = Annotated[Text, StringConstraints(strip_whitespace=True, min_length=1, max_length=40)]
# As the browser's `PublicKeyCredential.toJSON()` writes it; read by the WebAuthn library.
Credential = Annotated[dict[Text, Any], Field(max_length=12)]
Mark = Annotated[Text, Field(max_length=128)]


class DeviceView(Shape):
    """A device I am signed in on."""

    id: UUID
    device: str
    channel: str
    channel_name: str
    created_at: datetime
    used_at: datetime
    expires_at: datetime
    current: bool


class DeviceList(Shape):
    """The devices I am signed in on, the last used first."""

    items: list[DeviceView]


class EndQuery(Query):
    """Which sessions to end: all others, or this one too."""

    which: Literal["others", "all"] = "others"


class EndedView(Shape):
    """How many sessions ended."""

    ended: int


class ActingChoice(Shape):
    """Whom to act for from now on; nobody is oneself."""

    organisation_id: Annotated[UUID | None, Field(strict=False)]


class ChannelSignUp(SignUp):
    """What a resident registers with inside a mini-program."""

    binding_token: BindingToken


class ChannelView(Shape):
    """A channel account bound to mine."""

    id: UUID
    channel: str
    channel_name: str
    bound_at: datetime


class ChannelList(Shape):
    """The channel accounts bound to mine."""

    items: list[ChannelView]


class PushMarks(Query):
    """What WeChat writes beside a pushed event."""

    timestamp: Mark
    nonce: Mark
    signature: Mark = ""
    msg_signature: Mark = ""
    encrypt_type: Mark = ""
    openid: Mark = ""
    echostr: Annotated[Text, Field(max_length=400)] = ""


class CeremonyView(Shape):
    """What goes into `navigator.credentials`, and the challenge its answer belongs to."""

    challenge_id: UUID
    options: dict[str, Any]


class PasskeyAnswer(Shape):
    """What an authenticator answered."""

    challenge_id: Id
    credential: Credential


class NewPasskey(PasskeyAnswer):
    """A new passkey, and what to call it."""

    name: KeyName


class PasskeyName(Shape):
    """What to call a passkey."""

    name: KeyName


class PasskeyView(Shape):
    """A passkey; a `suspect` one was copied and opens nothing."""

    id: UUID
    name: str
    synced: bool
    suspect: bool
    created_at: datetime
    used_at: datetime | None


class PasskeyList(Shape):
    """My passkeys, the newest first."""

    items: list[PasskeyView]


class PendingOnly(Shape):
    """The sign-in to go on with."""

    pending: Pending


class FactorPasskey(PasskeyAnswer):
    """The second step by passkey."""

    pending: Pending


class FactorCode(Shape):
    """The second step by one-time password."""

    pending: Pending
    code: Annotated[str, Field(pattern=CODE)]


class EnrolPasskey(NewPasskey):
    """A first passkey, enrolled in the sign-in."""

    pending: Pending


class TotpSecret(Shape):
    """What an authenticator app takes over; shown once."""

    secret: str
    uri: str


class RenewedPassword(Shape):
    """A new password where the old one is too old."""

    pending: Pending
    password: Password


class FactorList(Shape):
    """An officer's second factors, and whether one is required here."""

    passkeys: list[PasskeyView]
    totp: bool
    required: bool


class PasswordChange(Shape):
    """The present password, and the new one."""

    old_password: Password
    new_password: Password


class PasswordReset(Shape):
    """What proves who may set a new password, and that password."""

    phone: Annotated[str, Field(pattern=PHONE)]
    code: Annotated[str, Field(pattern=CODE)]
    id_number: Annotated[str, Field(pattern=ID_NUMBER)]
    password: Password


class LockRelease(Shape):
    """The login whose lock is ended."""

    kind: Literal["person", "staff"]
    login: Login

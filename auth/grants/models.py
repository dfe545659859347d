"""Tables of grants."""

from typing import Any

from tortoise import fields
from tortoise.contrib.postgres.fields import ArrayField
from tortoise.fields.db_defaults import SqlDefault
from tortoise.indexes import Index
from tortoise.models import Model

from app_server.kernel.columns import Encrypted
from app_server.kernel.ids import uuid7

# Columns that joined a table in use need a default the database itself knows.
EMPTY = SqlDefault("'[]'::jsonb")


class Password(Model):
    """The password of a person or staff member."""

    id = fields.UUIDField(primary_key=True, default=uuid7)
    subject_id = fields.UUIDField(unique=True)
    digest = fields.CharField(max_length=200)
    changed_at = fields.DatetimeField()

    class Meta:
        table = "grants_password"
        app = "grants"


class Lockout(Model):
    """Wrong proofs in a row against one account or one name typed as a login, keyed.

    Kept for names nobody has as well: a lock must not tell that an account exists.
    """

    key = fields.CharField(max_length=64, primary_key=True)
    wrong = fields.IntField(default=0)
    locks = fields.IntField(default=0)
    locked_until = fields.DatetimeField(null=True)
    touched_at = fields.DatetimeField()

    class Meta:
        table = "grants_lockout"
        app = "grants"
        indexes = [Index(fields=["touched_at"], name="grants_lockout_touched")]


class Tries(Model):
    """The moments of the last tries by one address, phone or account, keyed; a sliding window."""

    key = fields.CharField(max_length=64, primary_key=True)
    at: Any = ArrayField(element_type="timestamptz")
    expires_at = fields.DatetimeField()

    class Meta:
        table = "grants_tries"
        app = "grants"
        indexes = [Index(fields=["expires_at"], name="grants_tries_expiry")]


class Session(Model):
    """One sign-in on one channel; its refresh token rotates with each use."""

    id = fields.UUIDField(primary_key=True, default=uuid7)
    kind = fields.CharField(max_length=10)
    subject_id = fields.UUIDField()
    channel = fields.CharField(max_length=20)
    created_at = fields.DatetimeField()
    used_at = fields.DatetimeField()
    expires_at = fields.DatetimeField()
    refresh_digest = fields.CharField(max_length=64)
    previous_digest = fields.CharField(max_length=64, default="")
    revoked_at = fields.DatetimeField(null=True)
    revoked_for = fields.CharField(max_length=40, default="")
    # When and how the person last proved who they are: `auth_time` and `amr` of OpenID Connect.
    authenticated_at = fields.DatetimeField(null=True)
    amr = fields.JSONField[list[str]](default=list, db_default=EMPTY)
    # When the refresh token was last changed; `used_at` also moves with ordinary requests.
    rotated_at = fields.DatetimeField(null=True)
    device = fields.CharField(max_length=60, default="", db_default="")
    # Whom the person acts for until they choose otherwise (R-ID-20).
    organisation_id = fields.UUIDField(null=True)

    class Meta:
        table = "grants_session"
        app = "grants"
        indexes = [
            Index(fields=["subject_id", "created_at"], name="grants_session_subject"),
            Index(fields=["organisation_id"], name="grants_session_organisation"),
        ]


class Passkey(Model):
    """A WebAuthn credential of a resident or an officer."""

    id = fields.UUIDField(primary_key=True, default=uuid7)
    kind = fields.CharField(max_length=10)
    subject_id = fields.UUIDField()
    credential_digest = fields.CharField(max_length=64, unique=True)
    credential_id = fields.TextField()
    public_key = fields.TextField()
    sign_count = fields.BigIntField()
    transports = fields.JSONField[list[str]](default=list)
    aaguid = fields.CharField(max_length=36)
    # Noted, not judged: whether the key may leave its device, and whether it has.
    multi_device = fields.BooleanField()
    backed_up = fields.BooleanField()
    name = fields.CharField(max_length=40)
    created_at = fields.DatetimeField()
    used_at = fields.DatetimeField(null=True)
    # Set when its counter went backwards: a copy of the key is about, nothing opens with it.
    suspect_at = fields.DatetimeField(null=True)

    class Meta:
        table = "grants_passkey"
        app = "grants"
        indexes = [Index(fields=["subject_id"], name="grants_passkey_subject")]


class PasskeyChallenge(Model):
    """What an authenticator must sign, for one purpose and one party, once."""

    id = fields.UUIDField(primary_key=True, default=uuid7)
    purpose = fields.CharField(max_length=20)
    # The session or pending sign-in it was made for; none for signing in by a passkey alone.
    bound_to = fields.UUIDField(null=True)
    challenge = fields.CharField(max_length=90)
    expires_at = fields.DatetimeField()
    used_at = fields.DatetimeField(null=True)

    class Meta:
        table = "grants_passkey_challenge"
        app = "grants"
        indexes = [Index(fields=["expires_at"], name="grants_passkey_challenge_expiry")]


class Totp(Model):
    """An officer's one-time-password secret, for PCs without an authenticator (RFC 6238)."""

    id = fields.UUIDField(primary_key=True, default=uuid7)
    staff_id = fields.UUIDField(unique=True)
    secret = Encrypted(sensitivity="ordinary")
    # The last time step whose code was taken: no code is taken twice.
    last_step = fields.BigIntField()
    created_at = fields.DatetimeField()

    class Meta:
        table = "grants_totp"
        app = "grants"


class PendingSignIn(Model):
    """An officer whose password was right, and who has more to prove or to set."""

    id = fields.UUIDField(primary_key=True, default=uuid7)
    digest = fields.CharField(max_length=64, unique=True)
    staff_id = fields.UUIDField()
    created_at = fields.DatetimeField()
    expires_at = fields.DatetimeField()
    used_at = fields.DatetimeField(null=True)
    # What was proved so far in this sign-in (RFC 8176).
    amr = fields.JSONField[list[str]](default=list)
    # A secret offered in this sign-in, until a code proves that it was taken over.
    totp_secret = Encrypted(sensitivity="ordinary", null=True)

    class Meta:
        table = "grants_pending_sign_in"
        app = "grants"
        indexes = [Index(fields=["expires_at"], name="grants_pending_expiry")]


class ChannelIdentity(Model):
    """A WeChat or Alipay account that belongs to a person."""

    id = fields.UUIDField(primary_key=True, default=uuid7)
    channel = fields.CharField(max_length=20)
    app_id = fields.CharField(max_length=40)
    # Which of a channel's names for people this is: one person has several, and they may collide.
    id_kind = fields.CharField(max_length=10, default="openid", db_default="openid")
    openid_index = fields.CharField(max_length=64)
    openid = Encrypted(sensitivity="ordinary")
    # Keyed: what WeChat calls the same person in our other apps (the official account).
    union_index = fields.CharField(max_length=64, default="", db_default="")
    person_id = fields.UUIDField()
    bound_at = fields.DatetimeField()

    class Meta:
        table = "grants_channel_identity"
        app = "grants"
        unique_together = (("channel", "app_id", "id_kind", "openid_index"),)
        indexes = [Index(fields=["person_id"], name="grants_channel_person")]


class Binding(Model):
    """A channel account seen but not yet bound: a session without a user (R-ID-01)."""

    id = fields.UUIDField(primary_key=True, default=uuid7)
    digest = fields.CharField(max_length=64, unique=True)
    channel = fields.CharField(max_length=20)
    app_id = fields.CharField(max_length=40)
    id_kind = fields.CharField(max_length=10, default="openid", db_default="openid")
    openid = Encrypted(sensitivity="ordinary")
    union_index = fields.CharField(max_length=64, default="", db_default="")
    expires_at = fields.DatetimeField()
    used_at = fields.DatetimeField(null=True)

    class Meta:
        table = "grants_binding"
        app = "grants"


class Client(Model):
    """A city backend, department system or mini-app: a machine, a relying party, or both.

    `realm` is empty for a machine that only calls the partner surface. `scopes` are what it may do
    there; `login_scopes` what it may ask of people who sign in to it.
    """

    id = fields.UUIDField(primary_key=True, default=uuid7)
    client_id = fields.CharField(max_length=60, unique=True)
    secret_digest = fields.CharField(max_length=64)
    name = fields.CharField(max_length=80)
    org = fields.CharField(max_length=18, default="")
    region = fields.CharField(max_length=12, default="")
    scopes = fields.JSONField[list[str]](default=list)
    state = fields.CharField(max_length=12, default="active")
    old_secret_digest = fields.CharField(max_length=64, default="", db_default="")
    old_secret_until = fields.DatetimeField(null=True)
    realm = fields.CharField(max_length=12, default="", db_default="")
    auth_method = fields.CharField(
        max_length=24, default="client_secret_basic", db_default="client_secret_basic"
    )
    jwks = fields.JSONField[list[dict[str, str]]](default=list, db_default=EMPTY)
    redirect_uris = fields.JSONField[list[str]](default=list, db_default=EMPTY)
    post_logout_redirect_uris = fields.JSONField[list[str]](default=list, db_default=EMPTY)
    backchannel_logout_uri = fields.CharField(max_length=500, default="", db_default="")
    login_scopes = fields.JSONField[list[str]](default=list, db_default=EMPTY)
    sector = fields.CharField(max_length=60, default="", db_default="")
    min_tier = fields.SmallIntField(default=0, db_default=0)
    require_dpop = fields.BooleanField(default=False, db_default=False)
    require_par = fields.BooleanField(default=False, db_default=False)

    class Meta:
        table = "grants_client"
        app = "grants"


class AuthorizationRequest(Model):
    """What a relying party asked for, from its push or the browser's arrival to the decision."""

    id = fields.UUIDField(primary_key=True, default=uuid7)
    realm = fields.CharField(max_length=12)
    client = fields.UUIDField()
    asked = fields.JSONField[dict[str, object]](default=dict)
    reference_digest = fields.CharField(max_length=64, null=True, unique=True)
    browser_digest = fields.CharField(max_length=64, default="")
    state = fields.CharField(max_length=12)
    created_at = fields.DatetimeField()
    opened_at = fields.DatetimeField(null=True)
    expires_at = fields.DatetimeField()

    class Meta:
        table = "grants_authorization_request"
        app = "grants"
        indexes = [Index(fields=["expires_at"], name="grants_auth_request_expiry")]


class Authorization(Model):
    """What somebody granted a relying party in one session: the code, then a family of tokens."""

    id = fields.UUIDField(primary_key=True, default=uuid7)
    realm = fields.CharField(max_length=12)
    client = fields.UUIDField()
    subject_id = fields.UUIDField()
    session_id = fields.UUIDField()
    sid = fields.CharField(max_length=64)
    scopes = fields.JSONField[list[str]](default=list)
    userinfo_claims = fields.JSONField[list[str]](default=list)
    id_token_claims = fields.JSONField[list[str]](default=list)
    tier = fields.SmallIntField()
    min_tier = fields.SmallIntField(default=0)
    organisation_id = fields.UUIDField(null=True)
    level = fields.SmallIntField(default=0, db_default=0)
    min_level = fields.SmallIntField(default=0, db_default=0)
    amr = fields.JSONField[list[str]](default=list)
    auth_time = fields.DatetimeField()
    nonce = fields.CharField(max_length=400, default="")
    redirect_uri = fields.CharField(max_length=500)
    code_digest = fields.CharField(max_length=64, unique=True)
    code_challenge = fields.CharField(max_length=43)
    code_expires_at = fields.DatetimeField()
    code_used_at = fields.DatetimeField(null=True)
    dpop_jkt = fields.CharField(max_length=43, default="")
    created_at = fields.DatetimeField()
    revoked_at = fields.DatetimeField(null=True)
    revoked_for = fields.CharField(max_length=40, default="")

    class Meta:
        table = "grants_authorization"
        app = "grants"
        indexes = [
            Index(fields=["session_id"], name="grants_authorization_session"),
            Index(fields=["client", "sid"], name="grants_authorization_sid"),
        ]


class RefreshToken(Model):
    """One refresh token of a family; using it makes the next one."""

    id = fields.UUIDField(primary_key=True, default=uuid7)
    authorization_id = fields.UUIDField()
    digest = fields.CharField(max_length=64, unique=True)
    created_at = fields.DatetimeField()
    expires_at = fields.DatetimeField()
    used_at = fields.DatetimeField(null=True)

    class Meta:
        table = "grants_refresh_token"
        app = "grants"
        indexes = [Index(fields=["authorization_id"], name="grants_refresh_authorization")]


class SigningKey(Model):
    """A key that signs what relying parties read; published before and long after it signs."""

    id = fields.UUIDField(primary_key=True, default=uuid7)
    realm = fields.CharField(max_length=12)
    kid = fields.CharField(max_length=40, unique=True)
    private_key = Encrypted(sensitivity="ordinary")
    public_jwk = fields.JSONField[dict[str, str]](default=dict)
    active_from = fields.DatetimeField()
    retired_at = fields.DatetimeField(null=True)

    class Meta:
        table = "grants_signing_key"
        app = "grants"
        indexes = [Index(fields=["realm", "active_from"], name="grants_signing_key_realm")]


class UsedProof(Model):
    """The `jti` of a DPoP proof or client assertion that was taken: it is not taken again."""

    digest = fields.CharField(primary_key=True, max_length=64)
    expires_at = fields.DatetimeField()

    class Meta:
        table = "grants_used_proof"
        app = "grants"
        indexes = [Index(fields=["expires_at"], name="grants_used_proof_expiry")]

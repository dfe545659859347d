"""Tables of grants."""

from tortoise import fields
from tortoise.indexes import Index
from tortoise.models import Model

from app_server.kernel.columns import Encrypted
from app_server.kernel.ids import uuid7


class Password(Model):
    """The password of a person or staff member, with its count of wrong tries."""

    id = fields.UUIDField(primary_key=True, default=uuid7)
    subject_id = fields.UUIDField(unique=True)
    digest = fields.CharField(max_length=200)
    wrong = fields.IntField(default=0)
    locked_until = fields.DatetimeField(null=True)
    changed_at = fields.DatetimeField()

    class Meta:
        table = "grants_password"
        app = "grants"


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

    class Meta:
        table = "grants_session"
        app = "grants"
        indexes = [Index(fields=["subject_id", "created_at"], name="grants_session_subject")]


class ChannelIdentity(Model):
    """A WeChat or Alipay account that belongs to a person."""

    id = fields.UUIDField(primary_key=True, default=uuid7)
    channel = fields.CharField(max_length=20)
    app_id = fields.CharField(max_length=40)
    openid_index = fields.CharField(max_length=64)
    openid = Encrypted(sensitivity="ordinary")
    person_id = fields.UUIDField()
    bound_at = fields.DatetimeField()

    class Meta:
        table = "grants_channel_identity"
        app = "grants"
        unique_together = (("channel", "app_id", "openid_index"),)
        indexes = [Index(fields=["person_id"], name="grants_channel_person")]


class Binding(Model):
    """A channel account seen but not yet bound: a session without a user (R-ID-01)."""

    id = fields.UUIDField(primary_key=True, default=uuid7)
    digest = fields.CharField(max_length=64, unique=True)
    channel = fields.CharField(max_length=20)
    app_id = fields.CharField(max_length=40)
    openid = Encrypted(sensitivity="ordinary")
    expires_at = fields.DatetimeField()
    used_at = fields.DatetimeField(null=True)

    class Meta:
        table = "grants_binding"
        app = "grants"


class Client(Model):
    """A city backend or department system on the partner surface."""

    id = fields.UUIDField(primary_key=True, default=uuid7)
    client_id = fields.CharField(max_length=60, unique=True)
    secret_digest = fields.CharField(max_length=64)
    name = fields.CharField(max_length=80)
    org = fields.CharField(max_length=18, default="")
    region = fields.CharField(max_length=12, default="")
    scopes = fields.JSONField[list[str]](default=list)
    state = fields.CharField(max_length=12, default="active")

    class Meta:
        table = "grants_client"
        app = "grants"

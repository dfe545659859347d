"""Tables of notify; words are personal data and stored sealed."""

from tortoise import fields
from tortoise.fields.db_defaults import SqlDefault
from tortoise.indexes import Index
from tortoise.models import Model

from app_server.kernel.columns import Encrypted
from app_server.kernel.ids import uuid7

EMPTY = SqlDefault("'[]'::jsonb")


class Message(Model):
    """One message in a person's inbox, with the version of its words."""

    id = fields.UUIDField(primary_key=True, default=uuid7)
    person_id = fields.UUIDField()
    template = fields.CharField(max_length=60)
    template_version = fields.IntField(default=1, db_default=1)
    title = fields.CharField(max_length=60)
    body = Encrypted(sensitivity="ordinary")
    link = fields.CharField(max_length=200, default="")
    dedupe = fields.CharField(max_length=160, unique=True)
    created_at = fields.DatetimeField()
    read_at = fields.DatetimeField(null=True)

    class Meta:
        table = "notify_message"
        app = "notify"
        indexes = [Index(fields=["person_id", "id"], name="notify_message_person")]


class Delivery(Model):
    """One message on one channel outside the inbox.

    A person's phone and channel names are looked up when it goes out; `phone` is kept only where
    there is no account. `rank` is the place in the chain of its message.
    """

    id = fields.UUIDField(primary_key=True, default=uuid7)
    message_id = fields.UUIDField(null=True)
    person_id = fields.UUIDField(null=True)
    phone = Encrypted(sensitivity="contact", null=True)
    channel = fields.CharField(max_length=12)
    rank = fields.SmallIntField(default=0)
    state = fields.CharField(max_length=12, default="new")
    content = Encrypted(sensitivity="ordinary")
    template = fields.CharField(max_length=60)
    template_version = fields.IntField(default=1)
    dedupe = fields.CharField(max_length=180, unique=True)
    urgent = fields.BooleanField(default=False)
    deadline_s = fields.IntField(default=0)
    provider = fields.CharField(max_length=20, default="")
    provider_msg_id = fields.CharField(max_length=80, default="")
    attempts = fields.SmallIntField(default=0)
    cost_fen = fields.IntField(default=0)
    detail = fields.CharField(max_length=200, default="")
    # Of a department's own sending (/v2).
    service_id = fields.UUIDField(null=True)
    key_kind = fields.CharField(max_length=8, default="")
    reference = fields.CharField(max_length=120, default="")
    created_at = fields.DatetimeField()
    not_before = fields.DatetimeField()
    moved_at = fields.DatetimeField()

    class Meta:
        table = "notify_delivery"
        app = "notify"
        indexes = [
            Index(fields=["message_id", "rank"], name="notify_delivery_message"),
            Index(fields=["state", "id"], name="notify_delivery_state"),
            Index(fields=["service_id", "id"], name="notify_delivery_service"),
            Index(fields=["provider_msg_id"], name="notify_delivery_reference"),
        ]


class TemplateVersion(Model):
    """One version of a template's words on every channel."""

    id = fields.UUIDField(primary_key=True, default=uuid7)
    code = fields.CharField(max_length=60)
    version = fields.IntField()
    # `code`: as the program says it; `staff`: as two people changed it.
    origin = fields.CharField(max_length=8)
    state = fields.CharField(max_length=10)  # draft, published
    variants = fields.JSONField[dict[str, str | dict[str, str]]](default=dict)
    params = fields.JSONField[dict[str, str]](default=dict)
    digest = fields.CharField(max_length=64)
    service_id = fields.UUIDField(null=True)
    author = fields.UUIDField(null=True)
    publisher = fields.UUIDField(null=True)
    created_at = fields.DatetimeField()
    published_at = fields.DatetimeField(null=True)

    class Meta:
        table = "notify_template"
        app = "notify"
        unique_together = (("code", "version"),)


class Preference(Model):
    """Which channels a person switched off, and their quiet hours."""

    person_id = fields.UUIDField(primary_key=True)
    off = fields.JSONField[list[str]](default=list, db_default=EMPTY)
    quiet_begins = fields.SmallIntField(default=22)
    quiet_ends = fields.SmallIntField(default=7)

    class Meta:
        table = "notify_preference"
        app = "notify"


class Carrier(Model):
    """How far a carrier is trusted at the moment, and what it did."""

    name = fields.CharField(max_length=20, primary_key=True)
    weight = fields.FloatField(default=100.0)
    changed_at = fields.DatetimeField()
    successes = fields.BigIntField(default=0)
    failures = fields.BigIntField(default=0)
    last_failure = fields.CharField(max_length=120, default="")

    class Meta:
        table = "notify_carrier"
        app = "notify"


class Quota(Model):
    """How many subscribe messages of one vendor template an openid (keyed) still allows."""

    id = fields.UUIDField(primary_key=True, default=uuid7)
    holder = fields.CharField(max_length=64)
    vendor_template = fields.CharField(max_length=64)
    remaining = fields.IntField(default=0)
    changed_at = fields.DatetimeField()

    class Meta:
        table = "notify_quota"
        app = "notify"
        unique_together = (("holder", "vendor_template"),)


class QuotaFact(Model):
    """One consent, refusal or use that was counted: the same event twice counts once."""

    digest = fields.CharField(max_length=64, primary_key=True)
    kind = fields.CharField(max_length=10)
    at = fields.DatetimeField()

    class Meta:
        table = "notify_quota_fact"
        app = "notify"


class Follower(Model):
    """Somebody who follows the official account: its name for them, and all our apps' (keyed)."""

    id = fields.UUIDField(primary_key=True, default=uuid7)
    openid_index = fields.CharField(max_length=64, unique=True)
    openid = Encrypted(sensitivity="ordinary")
    union_index = fields.CharField(max_length=64, default="")
    changed_at = fields.DatetimeField()

    class Meta:
        table = "notify_follower"
        app = "notify"
        indexes = [Index(fields=["union_index"], name="notify_follower_union")]


class PushDevice(Model):
    """A browser that wants to be woken (RFC 8030); where and with what keys is sealed."""

    id = fields.UUIDField(primary_key=True, default=uuid7)
    person_id = fields.UUIDField()
    endpoint_index = fields.CharField(max_length=64, unique=True)
    subscription = Encrypted(sensitivity="contact")
    vendor = fields.CharField(max_length=12, default="web")
    created_at = fields.DatetimeField()

    class Meta:
        table = "notify_push_device"
        app = "notify"
        indexes = [Index(fields=["person_id"], name="notify_push_person")]


class DepartmentService(Model):
    """A department's service that sends through /v2."""

    id = fields.UUIDField(primary_key=True, default=uuid7)
    name = fields.CharField(max_length=60)
    org = fields.CharField(max_length=18, default="")
    team = Encrypted(sensitivity="contact", default="[]")
    created_at = fields.DatetimeField()

    class Meta:
        table = "notify_service"
        app = "notify"


class DepartmentKey(Model):
    """A key of a service: `normal`, `team` or `test`; the secret is sealed, for HS256 needs it."""

    id = fields.UUIDField(primary_key=True, default=uuid7)
    service_id = fields.UUIDField()
    kind = fields.CharField(max_length=8)
    name = fields.CharField(max_length=60)
    secret = Encrypted(sensitivity="ordinary")
    created_at = fields.DatetimeField()
    created_by = fields.UUIDField()
    revoked_at = fields.DatetimeField(null=True)

    class Meta:
        table = "notify_key"
        app = "notify"
        indexes = [Index(fields=["service_id"], name="notify_key_service")]


class CallbackNonce(Model):
    """A callback of a vendor that was taken: it is not taken again."""

    digest = fields.CharField(max_length=64, primary_key=True)
    expires_at = fields.DatetimeField()

    class Meta:
        table = "notify_callback_nonce"
        app = "notify"

"""Tables of notify; words are personal data and stored sealed."""

from tortoise import fields
from tortoise.indexes import Index
from tortoise.models import Model

from app_server.kernel.columns import Encrypted
from app_server.kernel.ids import uuid7


class Message(Model):
    """One message in a person's inbox."""

    id = fields.UUIDField(primary_key=True, default=uuid7)
    person_id = fields.UUIDField()
    template = fields.CharField(max_length=60)
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


class Sms(Model):
    """One short message on its way to a phone."""

    id = fields.UUIDField(primary_key=True, default=uuid7)
    phone = Encrypted(sensitivity="contact")
    body = Encrypted(sensitivity="ordinary")
    template = fields.CharField(max_length=60)
    dedupe = fields.CharField(max_length=160, unique=True)
    state = fields.CharField(max_length=12, default="queued")
    provider_id = fields.CharField(max_length=80, default="")
    created_at = fields.DatetimeField()
    expires_at = fields.DatetimeField(null=True)

    class Meta:
        table = "notify_sms"
        app = "notify"

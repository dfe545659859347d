"""Tables of sharing."""

from tortoise import fields
from tortoise.indexes import Index
from tortoise.models import Model

from app_server.kernel.ids import uuid7


class Call(Model):
    """One question to a registry: who, about whom, why, on what ground; digests, no content."""

    id = fields.UUIDField(primary_key=True, default=uuid7)
    owner = fields.UUIDField()
    actor = fields.CharField(max_length=60)
    service = fields.CharField(max_length=60)
    purpose = fields.CharField(max_length=200)
    basis = fields.CharField(max_length=120)
    about = fields.CharField(max_length=120, default="")
    outcome = fields.CharField(max_length=12)
    request_digest = fields.CharField(max_length=64)
    answer_digest = fields.CharField(max_length=64, default="")
    # The exchange's own signature over its answer: what it said cannot be denied later.
    nonce = fields.CharField(max_length=40, default="")
    mark = fields.CharField(max_length=80, default="")
    seal = fields.CharField(max_length=160)
    at = fields.DatetimeField()

    class Meta:
        table = "sharing_call"
        app = "sharing"
        indexes = [Index(fields=["owner", "id"], name="sharing_call_owner")]


class Refusal(Model):
    """A person who does not want registries asked for prefilling."""

    id = fields.UUIDField(primary_key=True)
    at = fields.DatetimeField()

    class Meta:
        table = "sharing_refusal"
        app = "sharing"

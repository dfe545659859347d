"""Tables of licences."""

from tortoise import fields
from tortoise.indexes import Index
from tortoise.models import Model

from app_server.kernel.columns import Encrypted
from app_server.kernel.ids import uuid7


class Licence(Model):
    """One licence of one holder; its content is personal data and stored sealed."""

    id = fields.UUIDField(primary_key=True, default=uuid7)
    identifier = fields.CharField(max_length=120, unique=True)
    type_code = fields.CharField(max_length=21)
    holder_id = fields.UUIDField()
    holder_name = Encrypted(sensitivity="identity")
    holder_number = Encrypted(sensitivity="identity")
    issuer_code = fields.CharField(max_length=18)
    issuer_name = fields.CharField(max_length=80)
    region = fields.CharField(max_length=12)
    content = Encrypted(sensitivity="identity")
    digest = fields.CharField(max_length=64)
    case_no = fields.CharField(max_length=50)
    authorisation_id = fields.UUIDField()
    signature = fields.CharField(max_length=128, default="")
    public_key = fields.CharField(max_length=130, default="")
    state = fields.CharField(max_length=12, default="making")
    issued_on = fields.DateField()
    expires_on = fields.DateField(null=True)
    created_at = fields.DatetimeField(auto_now_add=True)
    version = fields.IntField(default=1)

    class Meta:
        table = "licences_licence"
        app = "licences"
        indexes = [Index(fields=["holder_id", "id"], name="licences_holder")]


class ShowCode(Model):
    """A one-time code that shows one licence to one verifier."""

    id = fields.UUIDField(primary_key=True, default=uuid7)
    licence_id = fields.UUIDField()
    digest = fields.CharField(max_length=64, unique=True)
    created_at = fields.DatetimeField()
    expires_at = fields.DatetimeField()
    used_at = fields.DatetimeField(null=True)

    class Meta:
        table = "licences_show_code"
        app = "licences"

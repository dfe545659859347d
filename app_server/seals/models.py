"""Tables of seals."""

from tortoise import fields
from tortoise.indexes import Index
from tortoise.models import Model

from app_server.kernel.columns import Encrypted
from app_server.kernel.ids import uuid7


class Seal(Model):
    """One seal of one organisation; its private key is stored sealed (HSM port later)."""

    id = fields.UUIDField(primary_key=True, default=uuid7)
    org = fields.CharField(max_length=18)
    org_name = fields.CharField(max_length=80)
    name = fields.CharField(max_length=80)
    private_key = Encrypted(sensitivity="ordinary")
    public_key = fields.CharField(max_length=130)
    state = fields.CharField(max_length=12, default="active")
    created_at = fields.DatetimeField(auto_now_add=True)

    class Meta:
        table = "seals_seal"
        app = "seals"
        indexes = [Index(fields=["org", "state"], name="seals_seal_org")]


class Authorisation(Model):
    """Leave to use a seal once, for one digest; the record of use stays with it."""

    id = fields.UUIDField(primary_key=True, default=uuid7)
    seal_id = fields.UUIDField()
    digest = fields.CharField(max_length=64)
    purpose = fields.CharField(max_length=200)
    by = fields.CharField(max_length=60)
    granted_at = fields.DatetimeField()
    used_at = fields.DatetimeField(null=True)
    signature = fields.CharField(max_length=128, default="")

    class Meta:
        table = "seals_authorisation"
        app = "seals"
        indexes = [Index(fields=["seal_id", "granted_at"], name="seals_authorisation_seal")]

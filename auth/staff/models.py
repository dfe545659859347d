"""Tables of staff."""

from tortoise import fields
from tortoise.models import Model

from app_server.kernel.ids import uuid7


class StaffMember(Model):
    """One officer of one organisation, answering for one region."""

    id = fields.UUIDField(primary_key=True, default=uuid7)
    login = fields.CharField(max_length=40, unique=True)
    name = fields.CharField(max_length=40)
    org = fields.CharField(max_length=18)
    org_name = fields.CharField(max_length=80)
    region = fields.CharField(max_length=12)
    roles = fields.JSONField[list[str]](default=list)
    state = fields.CharField(max_length=12, default="active")
    created_at = fields.DatetimeField(auto_now_add=True)

    class Meta:
        table = "staff_member"
        app = "staff"

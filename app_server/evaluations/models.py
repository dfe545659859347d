"""Tables of evaluations."""

from tortoise import fields
from tortoise.models import Model

from app_server.kernel.ids import uuid7


class Evaluation(Model):
    """An invitation, and the rating once it is given; `gb_code` is 1 非常满意 … 5 非常不满意."""

    id = fields.UUIDField(primary_key=True, default=uuid7)
    case_no = fields.CharField(max_length=50, unique=True)
    person_id = fields.UUIDField()
    item_code = fields.CharField(max_length=33, db_index=True)
    item_name = fields.CharField(max_length=120)
    region = fields.CharField(max_length=12)
    state = fields.CharField(max_length=12, default="invited")
    invited_at = fields.DatetimeField()
    gb_code = fields.SmallIntField(null=True)
    tags = fields.JSONField[list[str]](default=list)
    comment = fields.TextField(default="")
    channel = fields.CharField(max_length=20, default="")
    rated_at = fields.DatetimeField(null=True)

    class Meta:
        table = "evaluations_evaluation"
        app = "evaluations"

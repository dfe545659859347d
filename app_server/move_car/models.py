"""Tables of move-car."""

from tortoise import fields
from tortoise.indexes import Index
from tortoise.models import Model

from app_server.kernel.columns import Encrypted
from app_server.kernel.ids import uuid7


class Code(Model):
    """A code on a windscreen; at most one per plate is live (a partial unique index)."""

    id = fields.UUIDField(primary_key=True, default=uuid7)
    owner_id = fields.UUIDField()
    plate = Encrypted(sensitivity="identity")
    plate_index = fields.CharField(max_length=64)
    # Sealed, since the owner may print the sticker again.
    token = Encrypted(sensitivity="identity")
    token_index = fields.CharField(max_length=64, unique=True)
    number = fields.CharField(max_length=10, unique=True)
    region = fields.CharField(max_length=12)
    state = fields.CharField(max_length=10, default="live")
    created_at = fields.DatetimeField()
    ended_at = fields.DatetimeField(null=True)

    class Meta:
        table = "move_car_code"
        app = "move_car"
        indexes = [Index(fields=["owner_id", "id"], name="move_car_code_owner")]


class Request(Model):
    """One wish to have a car moved, and how far its ladder is."""

    id = fields.UUIDField(primary_key=True, default=uuid7)
    code_id = fields.UUIDField()
    owner_id = fields.UUIDField()
    plate_index = fields.CharField(max_length=64)
    caller_index = fields.CharField(max_length=64)
    caller_phone = Encrypted(sensitivity="contact", null=True)
    caller_key = fields.CharField(max_length=64, unique=True)
    answer_key = fields.CharField(max_length=64, null=True)
    reason = fields.CharField(max_length=16)
    region = fields.CharField(max_length=12)
    state = fields.CharField(max_length=12, default="waiting")
    step = fields.CharField(max_length=12, default="message")
    answer = fields.CharField(max_length=16, default="")
    # The number to call and what it is bound as; both go when the call can no longer be made.
    call_number = Encrypted(sensitivity="contact", null=True)
    bind_id = fields.CharField(max_length=80, default="")
    call_until = fields.DatetimeField(null=True)
    created_at = fields.DatetimeField()
    answered_at = fields.DatetimeField(null=True)
    moved_at = fields.DatetimeField(null=True)

    class Meta:
        table = "move_car_request"
        app = "move_car"
        indexes = [
            Index(fields=["plate_index", "created_at"], name="move_car_request_plate"),
            Index(fields=["caller_index", "created_at"], name="move_car_request_caller"),
            Index(fields=["owner_id", "id"], name="move_car_request_owner"),
            Index(fields=["answer_key"], name="move_car_request_answer"),
            Index(fields=["created_at"], name="move_car_request_at"),
        ]


class CallRecord(Model):
    """One call through a number pair, without numbers."""

    id = fields.UUIDField(primary_key=True, default=uuid7)
    request_id = fields.UUIDField()
    call_id = fields.CharField(max_length=80, unique=True)
    started_at = fields.DatetimeField(null=True)
    seconds = fields.IntField(default=0)
    created_at = fields.DatetimeField()

    class Meta:
        table = "move_car_call_record"
        app = "move_car"
        indexes = [Index(fields=["request_id"], name="move_car_call_request")]


class Block(Model):
    """A caller whom the owner of a plate reported."""

    id = fields.UUIDField(primary_key=True, default=uuid7)
    plate_index = fields.CharField(max_length=64)
    caller_index = fields.CharField(max_length=64)
    request_id = fields.UUIDField()
    created_at = fields.DatetimeField()

    class Meta:
        table = "move_car_block"
        app = "move_car"
        unique_together = (("plate_index", "caller_index"),)

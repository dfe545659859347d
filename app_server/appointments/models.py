"""Tables of appointments."""

from tortoise import fields
from tortoise.indexes import Index
from tortoise.models import Model

from app_server.kernel.ids import uuid7


class Slot(Model):
    """Seats at a hall for an item at a time."""

    id = fields.UUIDField(primary_key=True, default=uuid7)
    item_code = fields.CharField(max_length=60)
    item_name = fields.CharField(max_length=120)
    region = fields.CharField(max_length=12)
    hall = fields.CharField(max_length=80)
    begins_at = fields.DatetimeField()
    ends_at = fields.DatetimeField()
    seats = fields.IntField()
    taken = fields.IntField(default=0)

    class Meta:
        table = "appointments_slot"
        app = "appointments"
        unique_together = (("item_code", "hall", "begins_at"),)
        indexes = [Index(fields=["item_code", "begins_at"], name="appointments_slot_item")]


class Booking(Model):
    """A seat taken by a person."""

    id = fields.UUIDField(primary_key=True, default=uuid7)
    slot_id = fields.UUIDField()
    person_id = fields.UUIDField()
    item_code = fields.CharField(max_length=60)
    state = fields.CharField(max_length=12, default="booked")
    booked_at = fields.DatetimeField()
    ends_at = fields.DatetimeField()
    version = fields.IntField(default=1)

    class Meta:
        table = "appointments_booking"
        app = "appointments"
        indexes = [
            Index(fields=["person_id", "id"], name="appointments_person"),
            Index(fields=["slot_id"], name="appointments_slot_bookings"),
        ]

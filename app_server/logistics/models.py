"""Tables of logistics."""

from tortoise import fields
from tortoise.indexes import Index
from tortoise.models import Model

from app_server.kernel.columns import Encrypted
from app_server.kernel.ids import uuid7


class Parcel(Model):
    """One parcel; who gets it where is sealed."""

    id = fields.UUIDField(primary_key=True, default=uuid7)
    person_id = fields.UUIDField()
    about = fields.CharField(max_length=80)
    direction = fields.CharField(max_length=4)
    recipient = Encrypted(sensitivity="contact")
    contents = fields.JSONField[list[dict[str, str]]]()
    contents_digest = fields.CharField(max_length=64)
    pick_up_from = fields.DatetimeField(null=True)
    state = fields.CharField(max_length=16, default="ordering")
    waybill = fields.CharField(max_length=40, default="")
    intact = fields.BooleanField(null=True)
    created_at = fields.DatetimeField()
    moved_at = fields.DatetimeField()

    class Meta:
        table = "logistics_parcel"
        app = "logistics"
        unique_together = (("about", "contents_digest", "direction"),)
        indexes = [
            Index(fields=["person_id", "id"], name="logistics_parcel_person"),
            Index(fields=["waybill"], name="logistics_parcel_waybill"),
        ]


class Track(Model):
    """One notice of the courier; the same one again changes nothing."""

    id = fields.UUIDField(primary_key=True, default=uuid7)
    parcel_id = fields.UUIDField()
    notice = fields.CharField(max_length=60)
    state = fields.CharField(max_length=16)
    place = fields.CharField(max_length=80, default="")
    at = fields.DatetimeField()

    class Meta:
        table = "logistics_track"
        app = "logistics"
        unique_together = (("parcel_id", "notice"),)

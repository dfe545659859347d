"""Tables of logistics."""

from tortoise import fields
from tortoise.indexes import Index
from tortoise.models import Model

from app_server.kernel.columns import Encrypted
from app_server.kernel.ids import uuid7


class Parcel(Model):
    """One parcel; the person's end of it (who gets it where, or who gives it) is sealed."""

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
    region = fields.CharField(max_length=12, default="", db_default="")
    org = fields.CharField(max_length=18, default="", db_default="")
    carrier = fields.CharField(max_length=8, default="", db_default="")
    payer = fields.CharField(max_length=8, default="agency", db_default="agency")
    postage_fen = fields.BigIntField(default=0, db_default=0)
    # At which account of which carrier it counts, and the bill of its postage.
    account = fields.CharField(max_length=50, default="", db_default="")
    bill_no = fields.CharField(max_length=40, default="", db_default="")
    paid_at = fields.DatetimeField(null=True)
    agreed_at = fields.DatetimeField(null=True)
    picked_up_at = fields.DatetimeField(null=True)
    returned_at = fields.DatetimeField(null=True)
    version = fields.IntField(default=1, db_default=1)

    class Meta:
        table = "logistics_parcel"
        app = "logistics"
        unique_together = (("about", "contents_digest", "direction"),)
        indexes = [
            Index(fields=["person_id", "id"], name="logistics_parcel_person"),
            Index(fields=["waybill"], name="logistics_parcel_waybill"),
            Index(fields=["picked_up_at"], name="logistics_parcel_picked_up"),
        ]


class CarrierOrder(Model):
    """One order at one carrier; at most one of a parcel is open (a unique index says so).

    new → sent (committed before the first byte leaves) → placed | refused | unsent (nobody took
    the call) | denied (the carrier never saw it; → stray when it did) | cancelled. `postage_fen` is
    what the contract agrees for it.
    """

    id = fields.UUIDField(primary_key=True, default=uuid7)
    parcel_id = fields.UUIDField()
    order_no = fields.CharField(max_length=40, unique=True)
    contract_id = fields.UUIDField()
    carrier = fields.CharField(max_length=8)
    customer_code = fields.CharField(max_length=40)
    postage_fen = fields.BigIntField()
    state = fields.CharField(max_length=12, default="new")
    waybill = fields.CharField(max_length=40, default="")
    why = fields.CharField(max_length=120, default="")
    created_at = fields.DatetimeField()
    sent_at = fields.DatetimeField(null=True)
    answered_at = fields.DatetimeField(null=True)

    class Meta:
        table = "logistics_order"
        app = "logistics"
        indexes = [
            Index(fields=["parcel_id", "id"], name="logistics_order_parcel"),
            Index(fields=["contract_id", "id"], name="logistics_order_contract"),
            Index(fields=["waybill"], name="logistics_order_waybill"),
        ]


class Track(Model):
    """One notice of the carrier, append-only; the same one again changes nothing."""

    id = fields.UUIDField(primary_key=True, default=uuid7)
    parcel_id = fields.UUIDField()
    notice = fields.CharField(max_length=60)
    state = fields.CharField(max_length=16)
    place = fields.CharField(max_length=80, default="")
    at = fields.DatetimeField()
    arrived_at = fields.DatetimeField(null=True)

    class Meta:
        table = "logistics_track"
        app = "logistics"
        unique_together = (("parcel_id", "notice"),)


class Contract(Model):
    """A tenant's contract with a carrier; the monthly account is sealed."""

    id = fields.UUIDField(primary_key=True, default=uuid7)
    region = fields.CharField(max_length=12)
    org = fields.CharField(max_length=18, default="")
    carrier = fields.CharField(max_length=8)
    customer_code = fields.CharField(max_length=40)
    monthly_account = Encrypted(sensitivity="ordinary")
    payer = fields.CharField(max_length=8)
    fee_code = fields.CharField(max_length=20, default="")
    postage_fen = fields.BigIntField()
    priority = fields.IntField()
    valid_from = fields.DateField()
    valid_to = fields.DateField(null=True)
    # Where parcels of this tenant come from and where papers for it go: an office, no person.
    office_name = fields.CharField(max_length=80)
    office_phone = fields.CharField(max_length=20)
    office_address = fields.CharField(max_length=200)
    version = fields.IntField(default=1)

    class Meta:
        table = "logistics_contract"
        app = "logistics"
        unique_together = (("region", "org", "carrier", "customer_code"),)


class ReconDay(Model):
    """A day of one carrier account with its figures; `file_sha256` names the bill it rests on."""

    id = fields.UUIDField(primary_key=True, default=uuid7)
    day = fields.DateField()
    carrier = fields.CharField(max_length=8)
    customer_code = fields.CharField(max_length=40)
    file_sha256 = fields.CharField(max_length=64)
    parcels = fields.IntField()
    lines = fields.IntField()
    expected_fen = fields.BigIntField()
    billed_fen = fields.BigIntField()
    paid_fen = fields.BigIntField()
    explained_fen = fields.BigIntField()
    compared_at = fields.DatetimeField()

    class Meta:
        table = "logistics_recon_day"
        app = "logistics"
        unique_together = (("day", "carrier", "customer_code"),)


class Difference(Model):
    """One thing that payment, parcel and carrier bill say differently, until it is resolved."""

    id = fields.UUIDField(primary_key=True, default=uuid7)
    recon_day_id = fields.UUIDField()
    day = fields.DateField()
    kind = fields.CharField(max_length=24)
    subject = fields.CharField(max_length=60)
    ours_fen = fields.BigIntField()
    theirs_fen = fields.BigIntField()
    effect_fen = fields.BigIntField()
    state = fields.CharField(max_length=10, default="open")
    resolution = fields.CharField(max_length=24, default="")
    evidence = fields.CharField(max_length=500, default="")
    actor = fields.CharField(max_length=60, default="")
    resolved_at = fields.DatetimeField(null=True)
    version = fields.IntField(default=1)

    class Meta:
        table = "logistics_difference"
        app = "logistics"
        unique_together = (("recon_day_id", "kind", "subject"),)
        indexes = [Index(fields=["state", "id"], name="logistics_difference_state")]

"""Tables of payments; amounts are fen in BIGINT, rows of money are never edited to correct them."""

from tortoise import fields
from tortoise.indexes import Index
from tortoise.models import Model

from app_server.kernel.ids import uuid7


class FeeItem(Model):
    """What an executing unit may charge, as the finance department lists it (R-PAY-06)."""

    id = fields.UUIDField(primary_key=True, default=uuid7)
    agency_code = fields.CharField(max_length=18)
    code = fields.CharField(max_length=20)
    name = fields.CharField(max_length=120)
    fee_class = fields.CharField(max_length=10)
    # The most one line may ask; null where the basis names no figure.
    most_fen = fields.BigIntField(null=True)
    late_per_mille = fields.IntField(default=0)
    is_fine = fields.BooleanField(default=False)
    basis = fields.CharField(max_length=200)
    valid_from = fields.DateField()
    valid_to = fields.DateField(null=True)
    version = fields.IntField(default=1)

    class Meta:
        table = "payments_fee_item"
        app = "payments"
        unique_together = (("agency_code", "code"),)


class Bill(Model):
    """What somebody owes an agency, with where it came from."""

    id = fields.UUIDField(primary_key=True, default=uuid7)
    bill_no = fields.CharField(max_length=32, unique=True)
    pay_code = fields.CharField(max_length=20, unique=True)
    person_id = fields.UUIDField()
    title = fields.CharField(max_length=120)
    items = fields.JSONField[list[dict[str, object]]]()
    total_fen = fields.BigIntField()
    agency_code = fields.CharField(max_length=18)
    agency_name = fields.CharField(max_length=80)
    region = fields.CharField(max_length=12)
    source = fields.CharField(max_length=20)
    source_ref = fields.CharField(max_length=60)
    fee_class = fields.CharField(max_length=10, default="treasury", db_default="treasury")
    due_on = fields.DateField(null=True)
    state = fields.CharField(max_length=12, default="unpaid")
    created_at = fields.DatetimeField()
    paid_at = fields.DatetimeField(null=True)
    # How it was paid, for people and for the standard record (GB/T 39046).
    channel = fields.CharField(max_length=20, default="", db_default="")
    receipt_no = fields.CharField(max_length=40, default="")
    refunded_fen = fields.BigIntField(default=0, db_default=0)
    version = fields.IntField(default=1)

    class Meta:
        table = "payments_bill"
        app = "payments"
        unique_together = (("source", "source_ref", "title"),)
        indexes = [
            Index(fields=["person_id", "id"], name="payments_bill_person"),
            Index(fields=["agency_code", "id"], name="payments_bill_agency"),
        ]


class Order(Model):
    """One wish to pay a bill; at most one per bill is open."""

    id = fields.UUIDField(primary_key=True, default=uuid7)
    order_no = fields.CharField(max_length=32, unique=True)
    bill_id = fields.UUIDField()
    person_id = fields.UUIDField()
    amount_fen = fields.BigIntField()
    state = fields.CharField(max_length=14, default="created")
    created_at = fields.DatetimeField()
    expires_at = fields.DatetimeField()
    version = fields.IntField(default=1)

    class Meta:
        table = "payments_order"
        app = "payments"
        indexes = [Index(fields=["bill_id"], name="payments_order_bill")]


class Attempt(Model):
    """One try at a gateway; its number was committed before the first byte left."""

    id = fields.UUIDField(primary_key=True, default=uuid7)
    order_id = fields.UUIDField(db_index=True)
    out_trade_no = fields.CharField(max_length=32, unique=True)
    channel = fields.CharField(max_length=20)
    product = fields.CharField(max_length=10, default="h5", db_default="h5")
    fee_class = fields.CharField(max_length=10, default="treasury", db_default="treasury")
    merchant = fields.CharField(max_length=40, default="", db_default="")
    app_id = fields.CharField(max_length=40, default="", db_default="")
    amount_fen = fields.BigIntField()
    state = fields.CharField(max_length=14, default="new")
    # How the payer goes on: {kind, told} of `Created`.
    go = fields.JSONField[dict[str, object]](default=dict, db_default={})
    channel_trade_no = fields.CharField(max_length=64, default="")
    # The payer left it for another channel: it is closed at the gateway, not only here.
    abandoned = fields.BooleanField(default=False, db_default=False)
    created_at = fields.DatetimeField()
    paid_at = fields.DatetimeField(null=True)

    class Meta:
        table = "payments_attempt"
        app = "payments"


class Refund(Model):
    """Money that goes back out of one attempt; who asked and who agreed are two people."""

    id = fields.UUIDField(primary_key=True, default=uuid7)
    out_refund_no = fields.CharField(max_length=32, unique=True)
    attempt_id = fields.UUIDField(db_index=True)
    bill_id = fields.UUIDField(db_index=True)
    amount_fen = fields.BigIntField()
    state = fields.CharField(max_length=14)
    reason = fields.CharField(max_length=80)
    auto = fields.BooleanField(default=False)
    asked_by = fields.CharField(max_length=60, default="")
    decided_by = fields.CharField(max_length=60, default="")
    channel_refund_no = fields.CharField(max_length=64, default="")
    refused_why = fields.CharField(max_length=60, default="")
    created_at = fields.DatetimeField()
    refunded_at = fields.DatetimeField(null=True)
    version = fields.IntField(default=1)

    class Meta:
        table = "payments_refund"
        app = "payments"


class ChannelFact(Model):
    """What a gateway told us, as it was told; append-only."""

    id = fields.UUIDField(primary_key=True, default=uuid7)
    channel = fields.CharField(max_length=20)
    source = fields.CharField(max_length=12)
    external_id = fields.CharField(max_length=120)
    # Our own number of the attempt it is about, also where it tells of a refund.
    out_trade_no = fields.CharField(max_length=64, default="", db_default="", db_index=True)
    told = fields.TextField()
    verdict = fields.CharField(max_length=20)
    at = fields.DatetimeField()

    class Meta:
        table = "payments_channel_fact"
        app = "payments"
        unique_together = (("channel", "source", "external_id"),)


class LedgerTransaction(Model):
    """One event of money; its key makes it once."""

    id = fields.UUIDField(primary_key=True, default=uuid7)
    key = fields.CharField(max_length=80, unique=True)
    at = fields.DatetimeField()

    class Meta:
        table = "payments_ledger_transaction"
        app = "payments"


class LedgerEntry(Model):
    """One side of a transaction: debits positive, credits negative; each transaction sums to 0."""

    id = fields.UUIDField(primary_key=True, default=uuid7)
    transaction_id = fields.UUIDField(db_index=True)
    account = fields.CharField(max_length=60)
    amount_fen = fields.BigIntField()

    class Meta:
        table = "payments_ledger_entry"
        app = "payments"
        indexes = [Index(fields=["account", "id"], name="payments_entry_account")]


class Receipt(Model):
    """An electronic receipt (电子票据): the finance department's for fees, ours for charges."""

    id = fields.UUIDField(primary_key=True, default=uuid7)
    bill_id = fields.UUIDField(unique=True)
    code = fields.CharField(max_length=20)
    number = fields.CharField(max_length=20)
    check_code = fields.CharField(max_length=20)
    amount_fen = fields.BigIntField()
    issued_on = fields.DateField()
    state = fields.CharField(max_length=10, default="valid")
    file_key = fields.CharField(max_length=200)
    sha256 = fields.CharField(max_length=64)

    class Meta:
        table = "payments_receipt"
        app = "payments"
        unique_together = (("code", "number"),)


class ReconBatch(Model):
    """A channel's file of one day for one merchant, and how far we are with it."""

    id = fields.UUIDField(primary_key=True, default=uuid7)
    channel = fields.CharField(max_length=20)
    fee_class = fields.CharField(max_length=10)
    merchant = fields.CharField(max_length=40)
    day = fields.DateField()
    state = fields.CharField(max_length=10, default="waiting")
    sha256 = fields.CharField(max_length=64, default="")
    file_key = fields.CharField(max_length=200, default="")
    rows = fields.IntField(default=0)
    trade_fen = fields.BigIntField(default=0)
    refund_fen = fields.BigIntField(default=0)
    fee_fen = fields.BigIntField(default=0)
    booked_fen = fields.BigIntField(default=0)
    differences = fields.IntField(default=0)
    matched_at = fields.DatetimeField(null=True)
    closed_by = fields.CharField(max_length=60, default="")
    version = fields.IntField(default=1)

    class Meta:
        table = "payments_recon_batch"
        app = "payments"
        unique_together = (("channel", "merchant", "day"),)


class ReconDifference(Model):
    """One thing their file and our books say differently; who resolved it, and with what."""

    id = fields.UUIDField(primary_key=True, default=uuid7)
    batch_id = fields.UUIDField(db_index=True)
    kind = fields.CharField(max_length=16)
    subject = fields.CharField(max_length=8)
    number = fields.CharField(max_length=64)
    ours_fen = fields.BigIntField(null=True)
    theirs_fen = fields.BigIntField(null=True)
    ours_state = fields.CharField(max_length=14, default="")
    theirs_state = fields.CharField(max_length=20, default="")
    state = fields.CharField(max_length=10, default="open")
    resolution = fields.CharField(max_length=20, default="")
    evidence = fields.CharField(max_length=300, default="")
    actor = fields.CharField(max_length=60, default="")
    resolved_at = fields.DatetimeField(null=True)
    version = fields.IntField(default=1)

    class Meta:
        table = "payments_recon_difference"
        app = "payments"
        indexes = [Index(fields=["state", "id"], name="payments_difference_state")]


class PaymentSystem(Model):
    """A department's business system that raises bills for one executing unit (R-PAY-02)."""

    id = fields.UUIDField(primary_key=True, default=uuid7)
    code = fields.CharField(max_length=16, unique=True)
    client_id = fields.CharField(max_length=60, unique=True)
    name = fields.CharField(max_length=80)
    agency_code = fields.CharField(max_length=18)
    agency_name = fields.CharField(max_length=80)
    region = fields.CharField(max_length=12)
    state = fields.CharField(max_length=10, default="active")
    version = fields.IntField(default=1)

    class Meta:
        table = "payments_system"
        app = "payments"

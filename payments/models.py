"""Tables of payments; amounts are fen in BIGINT."""

from tortoise import fields
from tortoise.indexes import Index
from tortoise.models import Model

from app_server.kernel.ids import uuid7


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
    state = fields.CharField(max_length=12, default="unpaid")
    created_at = fields.DatetimeField()
    paid_at = fields.DatetimeField(null=True)
    receipt_no = fields.CharField(max_length=40, default="")
    version = fields.IntField(default=1)

    class Meta:
        table = "payments_bill"
        app = "payments"
        unique_together = (("source", "source_ref", "title"),)
        indexes = [Index(fields=["person_id", "id"], name="payments_bill_person")]


class Order(Model):
    """One wish to pay a bill; at most one per bill is open."""

    id = fields.UUIDField(primary_key=True, default=uuid7)
    order_no = fields.CharField(max_length=32, unique=True)
    bill_id = fields.UUIDField()
    person_id = fields.UUIDField()
    amount_fen = fields.BigIntField()
    state = fields.CharField(max_length=12, default="created")
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
    amount_fen = fields.BigIntField()
    state = fields.CharField(max_length=12, default="new")
    cashier_url = fields.CharField(max_length=300, default="")
    channel_trade_no = fields.CharField(max_length=64, default="")
    created_at = fields.DatetimeField()
    paid_at = fields.DatetimeField(null=True)

    class Meta:
        table = "payments_attempt"
        app = "payments"


class ChannelFact(Model):
    """What a gateway told us, as it was told; append-only."""

    id = fields.UUIDField(primary_key=True, default=uuid7)
    channel = fields.CharField(max_length=20)
    source = fields.CharField(max_length=12)
    external_id = fields.CharField(max_length=120)
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

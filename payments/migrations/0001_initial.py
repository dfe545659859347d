from tortoise import migrations
from tortoise.migrations import operations as ops
from app_server.kernel.ids import uuid7
from orjson import loads
from tortoise.fields.data import JSON_DUMPS
from tortoise import fields
from tortoise.indexes import Index

class Migration(migrations.Migration):
    initial = True

    operations = [
        ops.CreateModel(
            name='Attempt',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
                ('order_id', fields.UUIDField(db_index=True)),
                ('out_trade_no', fields.CharField(unique=True, max_length=32)),
                ('channel', fields.CharField(max_length=20)),
                ('amount_fen', fields.BigIntField()),
                ('state', fields.CharField(default='new', max_length=12)),
                ('cashier_url', fields.CharField(default='', max_length=300)),
                ('channel_trade_no', fields.CharField(default='', max_length=64)),
                ('created_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('paid_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'payments_attempt', 'app': 'payments', 'pk_attr': 'id', 'table_description': 'One try at a gateway; its number was committed before the first byte left.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Bill',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
                ('bill_no', fields.CharField(unique=True, max_length=32)),
                ('pay_code', fields.CharField(unique=True, max_length=20)),
                ('person_id', fields.UUIDField()),
                ('title', fields.CharField(max_length=120)),
                ('items', fields.JSONField(encoder=JSON_DUMPS, decoder=loads)),
                ('total_fen', fields.BigIntField()),
                ('agency_code', fields.CharField(max_length=18)),
                ('agency_name', fields.CharField(max_length=80)),
                ('region', fields.CharField(max_length=12)),
                ('source', fields.CharField(max_length=20)),
                ('source_ref', fields.CharField(max_length=60)),
                ('state', fields.CharField(default='unpaid', max_length=12)),
                ('created_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('paid_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('receipt_no', fields.CharField(default='', max_length=40)),
                ('version', fields.IntField(default=1)),
            ],
            options={'table': 'payments_bill', 'app': 'payments', 'unique_together': (('source', 'source_ref', 'title'),), 'indexes': [Index(fields=['person_id', 'id'], name='payments_bill_person')], 'pk_attr': 'id', 'table_description': 'What somebody owes an agency, with where it came from.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='ChannelFact',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
                ('channel', fields.CharField(max_length=20)),
                ('source', fields.CharField(max_length=12)),
                ('external_id', fields.CharField(max_length=120)),
                ('told', fields.TextField(unique=False)),
                ('verdict', fields.CharField(max_length=20)),
                ('at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'payments_channel_fact', 'app': 'payments', 'unique_together': (('channel', 'source', 'external_id'),), 'pk_attr': 'id', 'table_description': 'What a gateway told us, as it was told; append-only.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='LedgerEntry',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
                ('transaction_id', fields.UUIDField(db_index=True)),
                ('account', fields.CharField(max_length=60)),
                ('amount_fen', fields.BigIntField()),
            ],
            options={'table': 'payments_ledger_entry', 'app': 'payments', 'pk_attr': 'id', 'table_description': 'One side of a transaction: debits positive, credits negative; each transaction sums to 0.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='LedgerTransaction',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
                ('key', fields.CharField(unique=True, max_length=80)),
                ('at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'payments_ledger_transaction', 'app': 'payments', 'pk_attr': 'id', 'table_description': 'One event of money; its key makes it once.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Order',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
                ('order_no', fields.CharField(unique=True, max_length=32)),
                ('bill_id', fields.UUIDField()),
                ('person_id', fields.UUIDField()),
                ('amount_fen', fields.BigIntField()),
                ('state', fields.CharField(default='created', max_length=12)),
                ('created_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('expires_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('version', fields.IntField(default=1)),
            ],
            options={'table': 'payments_order', 'app': 'payments', 'indexes': [Index(fields=['bill_id'], name='payments_order_bill')], 'pk_attr': 'id', 'table_description': 'One wish to pay a bill; at most one per bill is open.'},
            bases=['Model'],
        ),
    ]

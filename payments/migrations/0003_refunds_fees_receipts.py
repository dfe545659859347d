from tortoise import migrations
from tortoise.migrations import operations as ops
from app_server.kernel.ids import uuid7
from orjson import loads
from tortoise.fields.data import JSON_DUMPS
from tortoise import fields
from tortoise.indexes import Index

class Migration(migrations.Migration):
    dependencies = [('payments', '0002_turns_and_ledger')]

    initial = False

    operations = [
        ops.CreateModel(
            name='FeeItem',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
                ('agency_code', fields.CharField(max_length=18)),
                ('code', fields.CharField(max_length=20)),
                ('name', fields.CharField(max_length=120)),
                ('fee_class', fields.CharField(max_length=10)),
                ('most_fen', fields.BigIntField(null=True)),
                ('late_per_mille', fields.IntField(default=0)),
                ('is_fine', fields.BooleanField(default=False)),
                ('basis', fields.CharField(max_length=200)),
                ('valid_from', fields.DateField()),
                ('valid_to', fields.DateField(null=True)),
                ('version', fields.IntField(default=1)),
            ],
            options={'table': 'payments_fee_item', 'app': 'payments', 'unique_together': (('agency_code', 'code'),), 'pk_attr': 'id', 'table_description': 'What an executing unit may charge, as the finance department lists it (R-PAY-06).'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Receipt',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
                ('bill_id', fields.UUIDField(unique=True)),
                ('code', fields.CharField(max_length=20)),
                ('number', fields.CharField(max_length=20)),
                ('check_code', fields.CharField(max_length=20)),
                ('amount_fen', fields.BigIntField()),
                ('issued_on', fields.DateField()),
                ('state', fields.CharField(default='valid', max_length=10)),
                ('file_key', fields.CharField(max_length=200)),
                ('sha256', fields.CharField(max_length=64)),
            ],
            options={'table': 'payments_receipt', 'app': 'payments', 'unique_together': (('code', 'number'),), 'pk_attr': 'id', 'table_description': "An electronic receipt (电子票据): the finance department's for fees, ours for charges."},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Refund',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
                ('out_refund_no', fields.CharField(unique=True, max_length=32)),
                ('attempt_id', fields.UUIDField(db_index=True)),
                ('bill_id', fields.UUIDField(db_index=True)),
                ('amount_fen', fields.BigIntField()),
                ('state', fields.CharField(max_length=14)),
                ('reason', fields.CharField(max_length=80)),
                ('auto', fields.BooleanField(default=False)),
                ('asked_by', fields.CharField(default='', max_length=60)),
                ('decided_by', fields.CharField(default='', max_length=60)),
                ('channel_refund_no', fields.CharField(default='', max_length=64)),
                ('refused_why', fields.CharField(default='', max_length=60)),
                ('created_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('refunded_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('version', fields.IntField(default=1)),
            ],
            options={'table': 'payments_refund', 'app': 'payments', 'pk_attr': 'id', 'table_description': 'Money that goes back out of one attempt; who asked and who agreed are two people.'},
            bases=['Model'],
        ),
        ops.AlterField(
            model_name='Attempt',
            name='state',
            field=fields.CharField(default='new', max_length=14),
        ),
        ops.AddField(
            model_name='Attempt',
            name='abandoned',
            field=fields.BooleanField(default=False, db_default=False),
        ),
        ops.AddField(
            model_name='Attempt',
            name='app_id',
            field=fields.CharField(default='', db_default='', max_length=40),
        ),
        ops.AddField(
            model_name='Attempt',
            name='fee_class',
            field=fields.CharField(default='treasury', db_default='treasury', max_length=10),
        ),
        ops.AddField(
            model_name='Attempt',
            name='go',
            field=fields.JSONField(default=dict, db_default={}, encoder=JSON_DUMPS, decoder=loads),
        ),
        ops.AddField(
            model_name='Attempt',
            name='merchant',
            field=fields.CharField(default='', db_default='', max_length=40),
        ),
        ops.AddField(
            model_name='Attempt',
            name='product',
            field=fields.CharField(default='h5', db_default='h5', max_length=10),
        ),
        ops.RemoveField(model_name='Attempt', name='cashier_url'),
        ops.AddField(
            model_name='Bill',
            name='channel',
            field=fields.CharField(default='', db_default='', max_length=20),
        ),
        ops.AddField(
            model_name='Bill',
            name='due_on',
            field=fields.DateField(null=True),
        ),
        ops.AddField(
            model_name='Bill',
            name='fee_class',
            field=fields.CharField(default='treasury', db_default='treasury', max_length=10),
        ),
        ops.AddField(
            model_name='Bill',
            name='refunded_fen',
            field=fields.BigIntField(default=0, db_default=0),
        ),
        ops.AddIndex(
            model_name='Bill',
            index=Index(fields=['agency_code', 'id'], name='payments_bill_agency'),
        ),
        ops.AddIndex(
            model_name='LedgerEntry',
            index=Index(fields=['account', 'id'], name='payments_entry_account'),
        ),
        ops.AlterField(
            model_name='Order',
            name='state',
            field=fields.CharField(default='created', max_length=14),
        ),
        ops.RunSQL(
            """
            ALTER TABLE payments_refund ADD CHECK (amount_fen > 0);
            CREATE UNIQUE INDEX payments_order_open ON payments_order (bill_id)
              WHERE state IN ('created', 'paying', 'closing');
            CREATE INDEX payments_attempt_open ON payments_attempt (id)
              WHERE state IN ('new', 'sent', 'waiting');
            CREATE INDEX payments_bill_due ON payments_bill (due_on) WHERE state = 'unpaid';
            CREATE TRIGGER payments_transaction_append_only BEFORE UPDATE OR DELETE
              ON payments_ledger_transaction FOR EACH ROW EXECUTE FUNCTION payments_append_only();
            """,
            """
            DROP TRIGGER payments_transaction_append_only ON payments_ledger_transaction;
            DROP INDEX payments_bill_due;
            DROP INDEX payments_attempt_open;
            DROP INDEX payments_order_open;
            """,
        ),
    ]

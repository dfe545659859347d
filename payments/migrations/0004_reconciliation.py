from tortoise import migrations
from tortoise.migrations import operations as ops
from app_server.kernel.ids import uuid7
from tortoise import fields
from tortoise.indexes import Index

class Migration(migrations.Migration):
    dependencies = [('payments', '0003_refunds_fees_receipts')]

    initial = False

    operations = [
        ops.CreateModel(
            name='ReconBatch',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
                ('channel', fields.CharField(max_length=20)),
                ('fee_class', fields.CharField(max_length=10)),
                ('merchant', fields.CharField(max_length=40)),
                ('day', fields.DateField()),
                ('state', fields.CharField(default='waiting', max_length=10)),
                ('sha256', fields.CharField(default='', max_length=64)),
                ('file_key', fields.CharField(default='', max_length=200)),
                ('rows', fields.IntField(default=0)),
                ('trade_fen', fields.BigIntField(default=0)),
                ('refund_fen', fields.BigIntField(default=0)),
                ('fee_fen', fields.BigIntField(default=0)),
                ('booked_fen', fields.BigIntField(default=0)),
                ('differences', fields.IntField(default=0)),
                ('matched_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('closed_by', fields.CharField(default='', max_length=60)),
                ('version', fields.IntField(default=1)),
            ],
            options={'table': 'payments_recon_batch', 'app': 'payments', 'unique_together': (('channel', 'merchant', 'day'),), 'pk_attr': 'id', 'table_description': "A channel's file of one day for one merchant, and how far we are with it."},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='ReconDifference',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
                ('batch_id', fields.UUIDField(db_index=True)),
                ('kind', fields.CharField(max_length=16)),
                ('subject', fields.CharField(max_length=8)),
                ('number', fields.CharField(max_length=64)),
                ('ours_fen', fields.BigIntField(null=True)),
                ('theirs_fen', fields.BigIntField(null=True)),
                ('ours_state', fields.CharField(default='', max_length=14)),
                ('theirs_state', fields.CharField(default='', max_length=20)),
                ('state', fields.CharField(default='open', max_length=10)),
                ('resolution', fields.CharField(default='', max_length=20)),
                ('evidence', fields.CharField(default='', max_length=300)),
                ('actor', fields.CharField(default='', max_length=60)),
                ('resolved_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('version', fields.IntField(default=1)),
            ],
            options={'table': 'payments_recon_difference', 'app': 'payments', 'indexes': [Index(fields=['state', 'id'], name='payments_difference_state')], 'pk_attr': 'id', 'table_description': 'One thing their file and our books say differently; who resolved it, and with what.'},
            bases=['Model'],
        ),
        ops.RunSQL(
            """
            CREATE UNLOGGED TABLE payments_recon_line (
              batch_id uuid NOT NULL, kind text NOT NULL, merchant text NOT NULL,
              out_trade_no text NOT NULL, out_refund_no text NOT NULL, amount_fen bigint NOT NULL,
              fee_fen bigint NOT NULL, at timestamptz NOT NULL, state text NOT NULL,
              CHECK (kind IN ('trade', 'refund'))
            );
            CREATE INDEX payments_recon_line_batch ON payments_recon_line (batch_id);
            CREATE INDEX payments_attempt_paid ON payments_attempt (channel, paid_at)
              WHERE paid_at IS NOT NULL;
            CREATE INDEX payments_refund_done ON payments_refund (refunded_at)
              WHERE refunded_at IS NOT NULL;
            """,
            """
            DROP INDEX payments_refund_done;
            DROP INDEX payments_attempt_paid;
            DROP TABLE payments_recon_line;
            """,
        ),
    ]

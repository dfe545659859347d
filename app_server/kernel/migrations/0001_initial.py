from tortoise import migrations
from tortoise.migrations import operations as ops
from app_server.kernel.ids import uuid7
from orjson import loads
from tortoise.fields.data import JSON_DUMPS
from tortoise import fields
from tortoise.indexes import Index, PartialIndex

class Migration(migrations.Migration):
    initial = True

    operations = [
        ops.CreateModel(
            name='AttemptRow',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('delivery_id', fields.UUIDField(db_index=True)),
                ('number', fields.IntField()),
                ('started_at', fields.DatetimeField(auto_now=False, auto_now_add=True)),
                ('ended_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('outcome', fields.CharField(null=True, max_length=12)),
                ('detail', fields.TextField(null=True, unique=False)),
            ],
            options={'table': 'kernel_attempt', 'app': 'kernel', 'unique_together': (('delivery_id', 'number'),), 'pk_attr': 'id', 'table_description': 'One try at telling the outside world, written before the first byte leaves.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='AuditRow',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
                ('at', fields.DatetimeField(auto_now=False, auto_now_add=True)),
                ('actor', fields.CharField(max_length=60)),
                ('actor_name', fields.CharField(default='', max_length=60)),
                ('action', fields.CharField(max_length=80)),
                ('object', fields.CharField(max_length=120)),
                ('owner', fields.UUIDField(null=True)),
                ('purpose', fields.CharField(default='', max_length=200)),
                ('channel', fields.CharField(default='', max_length=20)),
                ('trace', fields.CharField(default='', max_length=32)),
                ('facts', fields.JSONField(default=dict, encoder=JSON_DUMPS, decoder=loads)),
            ],
            options={'table': 'kernel_audit', 'app': 'kernel', 'indexes': [Index(fields=['owner', 'id'], name='kernel_audit_owner'), Index(fields=['object', 'id'], name='kernel_audit_object')], 'pk_attr': 'id', 'table_description': 'Who did or saw what; append-only (a trigger refuses changes).'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='CalendarDay',
            fields=[
                ('day', fields.DateField(primary_key=True, unique=True, db_index=True)),
                ('working', fields.BooleanField()),
                ('name', fields.CharField(default='', max_length=40)),
            ],
            options={'table': 'kernel_calendar_day', 'app': 'kernel', 'pk_attr': 'day', 'table_description': 'A day whose being a working day was announced (holiday or make-up day).'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='CalendarYear',
            fields=[
                ('year', fields.CharField(primary_key=True, unique=True, db_index=True, max_length=4)),
            ],
            options={'table': 'kernel_calendar_year', 'app': 'kernel', 'pk_attr': 'year', 'table_description': 'A year whose calendar the State Council has announced.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='DeliveryRow',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
                ('event_seq', fields.BigIntField(null=True)),
                ('handler', fields.CharField(max_length=120)),
                ('aggregate', fields.CharField(max_length=160)),
                ('payload', fields.JSONField(encoder=JSON_DUMPS, decoder=loads)),
                ('state', fields.CharField(default='ready', max_length=12)),
                ('attempts', fields.IntField(default=0)),
                ('run_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('lease_until', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('error', fields.TextField(null=True, unique=False)),
                ('done_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'kernel_delivery', 'app': 'kernel', 'unique_together': (('handler', 'event_seq'),), 'indexes': [PartialIndex(fields=['run_at'], name='kernel_delivery_due', condition={'state': 'ready'}), Index(fields=['handler', 'aggregate', 'event_seq'], name='kernel_delivery_order')], 'pk_attr': 'id', 'table_description': 'One event (or timed job) on its way to one listener.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='EventRow',
            fields=[
                ('seq', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('id', fields.UUIDField(default=uuid7, unique=True)),
                ('name', fields.CharField(max_length=80)),
                ('aggregate', fields.CharField(max_length=120)),
                ('payload', fields.JSONField(encoder=JSON_DUMPS, decoder=loads)),
                ('at', fields.DatetimeField(auto_now=False, auto_now_add=True)),
                ('relayed', fields.BooleanField(default=False)),
            ],
            options={'table': 'kernel_event', 'app': 'kernel', 'indexes': [PartialIndex(fields=['seq'], name='kernel_event_new', condition={'relayed': False})], 'pk_attr': 'seq', 'table_description': 'What was announced, in order; the outbox relay turns rows into deliveries.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='IdempotencyRow',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('scope', fields.CharField(max_length=120)),
                ('key', fields.CharField(max_length=80)),
                ('request', fields.CharField(max_length=64)),
                ('status', fields.IntField(null=True)),
                ('reply', fields.TextField(null=True, unique=False)),
                ('at', fields.DatetimeField(auto_now=False, auto_now_add=True)),
            ],
            options={'table': 'kernel_idempotency', 'app': 'kernel', 'unique_together': (('scope', 'key'),), 'pk_attr': 'id', 'table_description': 'A command that carried an Idempotency-Key, and the reply it was given.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='SlotRow',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('name', fields.CharField(max_length=120)),
                ('slot', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('ran_at', fields.DatetimeField(auto_now=False, auto_now_add=True)),
            ],
            options={'table': 'kernel_slot', 'app': 'kernel', 'unique_together': (('name', 'slot'),), 'pk_attr': 'id', 'table_description': 'A run of a recurring job; the unique pair makes it run once whoever gets there first.'},
            bases=['Model'],
        ),
    ]

from tortoise import migrations
from tortoise.migrations import operations as ops
from app_server.kernel.columns import Encrypted
from app_server.kernel.ids import uuid7
from tortoise import fields
from tortoise.indexes import Index

class Migration(migrations.Migration):
    initial = True

    operations = [
        ops.CreateModel(
            name='Block',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
                ('plate_index', fields.CharField(max_length=64)),
                ('caller_index', fields.CharField(max_length=64)),
                ('request_id', fields.UUIDField()),
                ('created_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'move_car_block', 'app': 'move_car', 'unique_together': (('plate_index', 'caller_index'),), 'pk_attr': 'id', 'table_description': 'A caller whom the owner of a plate reported.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='CallRecord',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
                ('request_id', fields.UUIDField()),
                ('call_id', fields.CharField(unique=True, max_length=80)),
                ('started_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('seconds', fields.IntField(default=0)),
                ('created_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'move_car_call_record', 'app': 'move_car', 'indexes': [Index(fields=['request_id'], name='move_car_call_request')], 'pk_attr': 'id', 'table_description': 'One call through a number pair, without numbers.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Code',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
                ('owner_id', fields.UUIDField()),
                ('plate', Encrypted(sensitivity='identity')),
                ('plate_index', fields.CharField(max_length=64)),
                ('token', Encrypted(sensitivity='identity')),
                ('token_index', fields.CharField(unique=True, max_length=64)),
                ('number', fields.CharField(unique=True, max_length=10)),
                ('region', fields.CharField(max_length=12)),
                ('state', fields.CharField(default='live', max_length=10)),
                ('created_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('ended_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'move_car_code', 'app': 'move_car', 'indexes': [Index(fields=['owner_id', 'id'], name='move_car_code_owner')], 'pk_attr': 'id', 'table_description': 'A code on a windscreen; at most one per plate is live (a partial unique index).'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Request',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
                ('code_id', fields.UUIDField()),
                ('owner_id', fields.UUIDField()),
                ('plate_index', fields.CharField(max_length=64)),
                ('caller_index', fields.CharField(max_length=64)),
                ('caller_phone', Encrypted(null=True, sensitivity='contact')),
                ('caller_key', fields.CharField(unique=True, max_length=64)),
                ('answer_key', fields.CharField(null=True, max_length=64)),
                ('reason', fields.CharField(max_length=16)),
                ('region', fields.CharField(max_length=12)),
                ('state', fields.CharField(default='waiting', max_length=12)),
                ('step', fields.CharField(default='message', max_length=12)),
                ('answer', fields.CharField(default='', max_length=16)),
                ('call_number', Encrypted(null=True, sensitivity='contact')),
                ('bind_id', fields.CharField(default='', max_length=80)),
                ('call_until', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('created_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('answered_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('moved_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'move_car_request', 'app': 'move_car', 'indexes': [Index(fields=['plate_index', 'created_at'], name='move_car_request_plate'), Index(fields=['caller_index', 'created_at'], name='move_car_request_caller'), Index(fields=['owner_id', 'id'], name='move_car_request_owner'), Index(fields=['answer_key'], name='move_car_request_answer'), Index(fields=['created_at'], name='move_car_request_at')], 'pk_attr': 'id', 'table_description': 'One wish to have a car moved, and how far its ladder is.'},
            bases=['Model'],
        ),
        # One live code per plate and one open request of a caller per code, whatever runs at once.
        ops.RunSQL(
            "CREATE UNIQUE INDEX move_car_code_live ON move_car_code (plate_index) "
            "WHERE state = 'live'",
            "DROP INDEX move_car_code_live",
        ),
        ops.RunSQL(
            "CREATE UNIQUE INDEX move_car_request_open ON move_car_request "
            "(code_id, caller_index) WHERE state IN ('waiting', 'answered')",
            "DROP INDEX move_car_request_open",
        ),
    ]

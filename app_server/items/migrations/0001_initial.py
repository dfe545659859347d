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
            name='Item',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
                ('code', fields.CharField(unique=True, max_length=33)),
                ('region', fields.CharField(max_length=12)),
                ('org', fields.CharField(max_length=18)),
                ('current', fields.IntField()),
            ],
            options={'table': 'items_item', 'app': 'items', 'indexes': [Index(fields=['region'], name='items_item_region')], 'pk_attr': 'id', 'table_description': 'An item in force and which of its versions counts.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='ItemVersion',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
                ('code', fields.CharField(max_length=33)),
                ('version', fields.IntField()),
                ('facts', fields.JSONField(encoder=JSON_DUMPS, decoder=loads)),
                ('published_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('published_by', fields.CharField(max_length=60)),
            ],
            options={'table': 'items_version', 'app': 'items', 'unique_together': (('code', 'version'),), 'pk_attr': 'id', 'table_description': 'One published version; a trigger refuses every change.'},
            bases=['Model'],
        ),
    ]

from tortoise import migrations
from tortoise.migrations import operations as ops
from app_server.kernel.ids import uuid7
from orjson import loads
from tortoise.fields.data import JSON_DUMPS
from tortoise import fields
from tortoise.indexes import Index

class Migration(migrations.Migration):
    dependencies = [('miniapps', '0007_known_visitors')]

    initial = False

    operations = [
        ops.CreateModel(
            name='Trace',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
                ('appid', fields.CharField(max_length=40)),
                ('code', fields.IntField()),
                ('kind', fields.CharField(max_length=8)),
                ('page', fields.CharField(max_length=200)),
                ('name', fields.CharField(max_length=200)),
                ('data', fields.JSONField(encoder=JSON_DUMPS, decoder=loads)),
                ('duration_ms', fields.IntField(null=True)),
                ('at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'miniapps_trace', 'app': 'miniapps', 'indexes': [Index(fields=['appid', 'id'], name='miniapps_trace_app'), Index(fields=['at'], name='miniapps_trace_at')], 'pk_attr': 'id', 'table_description': "What a page of an app reported; nobody's, and kept for days."},
            bases=['Model'],
        ),
    ]

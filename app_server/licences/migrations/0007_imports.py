from tortoise import migrations
from tortoise.migrations import operations as ops
from app_server.kernel.columns import Encrypted
from app_server.kernel.ids import uuid7
from orjson import loads
from tortoise.fields.data import JSON_DUMPS
from tortoise import fields
from tortoise.indexes import Index

class Migration(migrations.Migration):
    dependencies = [('licences', '0006_files')]

    initial = False

    operations = [
        ops.CreateModel(
            name='Import',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
                ('org', fields.CharField(max_length=18)),
                ('by', fields.CharField(max_length=60)),
                ('digest', fields.CharField(max_length=64)),
                ('type_code', fields.CharField(max_length=21)),
                ('data', Encrypted(sensitivity='identity')),
                ('findings', fields.JSONField(default=list, encoder=JSON_DUMPS, decoder=loads)),
                ('state', fields.CharField(max_length=12)),
                ('licence_id', fields.UUIDField(null=True)),
                ('note', fields.CharField(default='', max_length=200)),
                ('received_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('compared_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('version', fields.IntField(default=1)),
            ],
            options={'table': 'licences_import', 'app': 'licences', 'unique_together': (('org', 'digest'),), 'indexes': [Index(fields=['org', 'state', 'id'], name='licences_import_queue')], 'pk_attr': 'id', 'table_description': "A licence that came from an office's own store: taken in, or waiting to be looked at."},
            bases=['Model'],
        ),
    ]

from tortoise import migrations
from tortoise.migrations import operations as ops
from app_server.kernel.ids import uuid7
from orjson import loads
from tortoise.fields.data import JSON_DUMPS
from tortoise import fields
from tortoise.indexes import Index

class Migration(migrations.Migration):
    dependencies = [('forms', '0001_initial')]

    initial = False

    operations = [
        ops.CreateModel(
            name='Paper',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
                ('person_id', fields.UUIDField()),
                ('library', fields.CharField(max_length=60)),
                ('files', fields.JSONField(encoder=JSON_DUMPS, decoder=loads)),
                ('kept_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('valid_until', fields.DateField(null=True)),
            ],
            options={'table': 'forms_paper', 'app': 'forms', 'unique_together': (('person_id', 'library'),), 'pk_attr': 'id', 'table_description': 'A paper handed in once, so that it need not be asked for again (R-ITM-23).'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Precheck',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
                ('draft_id', fields.UUIDField()),
                ('person_id', fields.UUIDField()),
                ('material', fields.CharField(max_length=60)),
                ('file_id', fields.UUIDField()),
                ('key', fields.CharField(max_length=120)),
                ('kind', fields.CharField(max_length=40)),
                ('wanted', fields.JSONField(encoder=JSON_DUMPS, decoder=loads)),
                ('state', fields.CharField(default='waiting', max_length=10)),
                ('findings', fields.JSONField(default=list, encoder=JSON_DUMPS, decoder=loads)),
                ('attempts', fields.IntField(default=0)),
                ('lease_until', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('created_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'forms_precheck', 'app': 'forms', 'indexes': [Index(fields=['draft_id'], name='forms_precheck_draft'), Index(fields=['state', 'id'], name='forms_precheck_queue')], 'pk_attr': 'id', 'table_description': 'One file waiting to be read by machine, and what was noticed; never what was read.'},
            bases=['Model'],
        ),
        ops.AddField(
            model_name='Draft',
            name='channel',
            field=fields.CharField(default='', db_default='', max_length=20),
        ),
        ops.AddField(
            model_name='Draft',
            name='warned_at',
            field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
        ),
    ]

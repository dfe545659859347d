from tortoise import migrations
from tortoise.migrations import operations as ops
from app_server.kernel.columns import Encrypted
from app_server.kernel.ids import uuid7
from orjson import loads
from tortoise.fields.data import JSON_DUMPS
from tortoise import fields
from tortoise.indexes import Index

class Migration(migrations.Migration):
    initial = True

    operations = [
        ops.CreateModel(
            name='Draft',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
                ('person_id', fields.UUIDField()),
                ('form_code', fields.CharField(max_length=60)),
                ('form_version', fields.IntField()),
                ('subject', fields.CharField(max_length=60)),
                ('subject_name', fields.CharField(max_length=120)),
                ('data', Encrypted(sensitivity='identity')),
                ('sources', fields.JSONField(default=dict, encoder=JSON_DUMPS, decoder=loads)),
                ('missing', fields.JSONField(default=dict, encoder=JSON_DUMPS, decoder=loads)),
                ('materials', fields.JSONField(default=list, encoder=JSON_DUMPS, decoder=loads)),
                ('state', fields.CharField(default='open', max_length=12)),
                ('version', fields.IntField(default=1)),
                ('created_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('updated_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'forms_draft', 'app': 'forms', 'indexes': [Index(fields=['person_id', 'subject'], name='forms_draft_person')], 'pk_attr': 'id', 'table_description': 'What a person has filled in so far; the data is personal, so it is sealed as a whole.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='FormDefinition',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
                ('code', fields.CharField(max_length=60)),
                ('version', fields.IntField()),
                ('title', fields.CharField(max_length=100)),
                ('schema', fields.JSONField(encoder=JSON_DUMPS, decoder=loads)),
                ('ui_schema', fields.JSONField(encoder=JSON_DUMPS, decoder=loads)),
                ('sources', fields.JSONField(encoder=JSON_DUMPS, decoder=loads)),
                ('published_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'forms_definition', 'app': 'forms', 'unique_together': (('code', 'version'),), 'pk_attr': 'id', 'table_description': 'One published version of a form; a change is a new version.'},
            bases=['Model'],
        ),
    ]

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
            name='Case',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
                ('case_no', fields.CharField(unique=True, max_length=50)),
                ('draft_id', fields.UUIDField(unique=True)),
                ('person_id', fields.UUIDField()),
                ('applicant', fields.CharField(max_length=60)),
                ('item_code', fields.CharField(max_length=33)),
                ('item_version', fields.IntField()),
                ('item_name', fields.CharField(max_length=120)),
                ('region', fields.CharField(max_length=12)),
                ('city_code', fields.CharField(max_length=6)),
                ('org', fields.CharField(max_length=18)),
                ('department', fields.CharField(max_length=80)),
                ('form_code', fields.CharField(max_length=60)),
                ('form_version', fields.IntField()),
                ('data', Encrypted(sensitivity='identity')),
                ('sources', fields.JSONField(default=dict, encoder=JSON_DUMPS, decoder=loads)),
                ('materials', fields.JSONField(default=list, encoder=JSON_DUMPS, decoder=loads)),
                ('state', fields.CharField(max_length=20)),
                ('outcome', fields.CharField(null=True, max_length=20)),
                ('timeline', fields.JSONField(default=list, encoder=JSON_DUMPS, decoder=loads)),
                ('correction', fields.JSONField(null=True, encoder=JSON_DUMPS, decoder=loads)),
                ('corrections', fields.IntField(default=0)),
                ('bill', fields.JSONField(null=True, encoder=JSON_DUMPS, decoder=loads)),
                ('fee_fen', fields.BigIntField(default=0)),
                ('licence_id', fields.UUIDField(null=True)),
                ('limit_days', fields.IntField(null=True)),
                ('limit_unit', fields.CharField(default='workday', max_length=8)),
                ('submitted_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('received_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('accepted_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('due_on', fields.DateField(null=True)),
                ('due_provisional', fields.BooleanField(default=False)),
                ('decided_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('closed_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('version', fields.IntField(default=1)),
            ],
            options={'table': 'cases_case', 'app': 'cases', 'indexes': [Index(fields=['person_id', 'id'], name='cases_case_person'), Index(fields=['org', 'state', 'id'], name='cases_case_desk')], 'pk_attr': 'id', 'table_description': 'One application and everything its reader needs in one row.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Step',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
                ('case_id', fields.UUIDField()),
                ('move', fields.CharField(max_length=20)),
                ('from_state', fields.CharField(max_length=20)),
                ('to_state', fields.CharField(max_length=20)),
                ('actor', fields.CharField(max_length=60)),
                ('note', fields.TextField(default='', unique=False)),
                ('at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'cases_step', 'app': 'cases', 'indexes': [Index(fields=['case_id', 'id'], name='cases_step_case')], 'pk_attr': 'id', 'table_description': "One deed in a case's life; append-only, what supervision counts by."},
            bases=['Model'],
        ),
    ]

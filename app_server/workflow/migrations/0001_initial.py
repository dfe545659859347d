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
                ('kind', fields.CharField(max_length=8)),
                ('code', fields.CharField(max_length=60)),
                ('title', fields.CharField(max_length=100)),
                ('text', fields.TextField(unique=False)),
                ('updated_by', fields.CharField(max_length=60)),
                ('updated_ref', fields.CharField(default='', max_length=60)),
                ('updated_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('version', fields.IntField(default=1)),
            ],
            options={'table': 'workflow_draft', 'app': 'workflow', 'unique_together': (('kind', 'code'),), 'pk_attr': 'id', 'table_description': 'A diagram or table that somebody is drawing.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Instance',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
                ('flow_code', fields.CharField(max_length=60)),
                ('flow_version', fields.IntField()),
                ('subject', fields.CharField(max_length=80)),
                ('facts', Encrypted(sensitivity='identity')),
                ('state', fields.CharField(default='running', max_length=8)),
                ('started_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('ended_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'workflow_instance', 'app': 'workflow', 'indexes': [Index(fields=['subject'], name='workflow_instance_subject'), Index(fields=['flow_code', 'id'], name='workflow_instance_flow')], 'pk_attr': 'id', 'table_description': 'A flow under way for a subject; where it stands follows from its work done.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Published',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
                ('kind', fields.CharField(max_length=8)),
                ('code', fields.CharField(max_length=60)),
                ('version', fields.IntField()),
                ('title', fields.CharField(max_length=100)),
                ('text', fields.TextField(unique=False)),
                ('sha256', fields.CharField(max_length=64)),
                ('tables', fields.JSONField(default=dict, encoder=JSON_DUMPS, decoder=loads)),
                ('facts', fields.JSONField(default=list, encoder=JSON_DUMPS, decoder=loads)),
                ('reason', fields.CharField(default='', max_length=300)),
                ('published_by', fields.CharField(max_length=60)),
                ('published_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'workflow_published', 'app': 'workflow', 'unique_together': (('kind', 'code', 'version'),), 'pk_attr': 'id', 'table_description': 'One published version of a flow or table; a trigger refuses every change.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Work',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
                ('instance_id', fields.UUIDField()),
                ('element', fields.CharField(max_length=80)),
                ('visit', fields.IntField()),
                ('name', fields.CharField(max_length=60)),
                ('kind', fields.CharField(max_length=8)),
                ('action', fields.CharField(default='', max_length=40)),
                ('deeds', fields.JSONField(default=list, encoder=JSON_DUMPS, decoder=loads)),
                ('role', fields.CharField(default='', max_length=40)),
                ('org', fields.CharField(default='', max_length=18)),
                ('days', fields.IntField(default=0)),
                ('state', fields.CharField(default='open', max_length=8)),
                ('seq', fields.IntField(null=True)),
                ('outcome', fields.JSONField(null=True, encoder=JSON_DUMPS, decoder=loads)),
                ('actor', fields.CharField(default='', max_length=60)),
                ('opened_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('done_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'workflow_work', 'app': 'workflow', 'unique_together': (('instance_id', 'element', 'visit'), ('instance_id', 'seq')), 'pk_attr': 'id', 'table_description': 'One piece of work of an instance; done ones, in the order of `seq`, are its history.'},
            bases=['Model'],
        ),
    ]

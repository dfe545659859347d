from tortoise import migrations
from tortoise.migrations import operations as ops
from app_server.kernel.ids import uuid7
from orjson import loads
from tortoise.fields.data import JSON_DUMPS
from tortoise import fields
from tortoise.indexes import Index

class Migration(migrations.Migration):
    dependencies = [('sharing', '0002_catalogue')]

    initial = False

    operations = [
        ops.CreateModel(
            name='Grant',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
                ('service_id', fields.UUIDField()),
                ('resource_id', fields.UUIDField()),
                ('provider_org', fields.CharField(max_length=18)),
                ('org', fields.CharField(max_length=18)),
                ('org_name', fields.CharField(max_length=80)),
                ('region', fields.CharField(max_length=12)),
                ('applicant', fields.CharField(max_length=60)),
                ('purposes', fields.JSONField(default=list, encoder=JSON_DUMPS, decoder=loads)),
                ('legal_basis', fields.CharField(max_length=300)),
                ('fields_granted', fields.JSONField(default=list, encoder=JSON_DUMPS, decoder=loads)),
                ('quota', fields.IntField()),
                ('expires_on', fields.DateField()),
                ('system_code', fields.CharField(default='', max_length=40)),
                ('state', fields.CharField(default='asked', max_length=12)),
                ('due_on', fields.DateField()),
                ('decided_by', fields.CharField(default='', max_length=60)),
                ('decided_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('note', fields.CharField(default='', max_length=200)),
                ('client_id', fields.CharField(null=True, unique=True, max_length=60)),
                ('version', fields.IntField(default=1)),
                ('at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'sharing_grant', 'app': 'sharing', 'indexes': [Index(fields=['provider_org', 'id'], name='sharing_grant_provider'), Index(fields=['org', 'id'], name='sharing_grant_org'), Index(fields=['resource_id'], name='sharing_grant_resource')], 'pk_attr': 'id', 'table_description': 'An application to use a data service and what became of it (共享申请, 共享授权).'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Traffic',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
                ('service', fields.CharField(max_length=60)),
                ('caller', fields.CharField(max_length=60)),
                ('grant_id', fields.UUIDField(null=True)),
                ('via', fields.CharField(default='', max_length=60)),
                ('outcome', fields.CharField(max_length=12)),
                ('code', fields.CharField(default='', max_length=60)),
                ('fault', fields.CharField(default='', max_length=10)),
                ('latency_ms', fields.IntField()),
                ('receipt_id', fields.UUIDField(null=True)),
                ('at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'sharing_traffic', 'app': 'sharing', 'indexes': [Index(fields=['service', 'at'], name='sharing_traffic_service'), Index(fields=['caller', 'at'], name='sharing_traffic_caller')], 'pk_attr': 'id', 'table_description': 'One call, answered, refused or failed; no content.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Usage',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
                ('grant_id', fields.UUIDField()),
                ('day', fields.DateField()),
                ('used', fields.IntField()),
            ],
            options={'table': 'sharing_usage', 'app': 'sharing', 'unique_together': (('grant_id', 'day'),), 'pk_attr': 'id', 'table_description': 'How many calls of a grant a day (in China) has seen.'},
            bases=['Model'],
        ),
        ops.AlterField(
            model_name='Call',
            name='owner',
            field=fields.UUIDField(null=True),
        ),
        ops.AddField(
            model_name='Call',
            name='subject_index',
            field=fields.CharField(default='', db_default='', max_length=64),
        ),
        ops.AddIndex(
            model_name='Call',
            index=Index(fields=['subject_index', 'id'], name='sharing_call_subject'),
        ),
    ]

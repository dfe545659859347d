from tortoise import migrations
from tortoise.migrations import operations as ops
from app_server.kernel.columns import Encrypted
from app_server.kernel.ids import uuid7
from orjson import loads
from tortoise.fields.data import JSON_DUMPS
from tortoise import fields
from tortoise.indexes import Index

class Migration(migrations.Migration):
    dependencies = [('sharing', '0003_grants')]

    initial = False

    operations = [
        ops.CreateModel(
            name='ErrorReport',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
                ('resource_id', fields.UUIDField()),
                ('provider_org', fields.CharField(max_length=18)),
                ('org', fields.CharField(max_length=18)),
                ('org_name', fields.CharField(max_length=80)),
                ('reporter', fields.CharField(max_length=60)),
                ('record', Encrypted(sensitivity='identity')),
                ('field', fields.CharField(max_length=160)),
                ('held', Encrypted(sensitivity='identity')),
                ('claimed', Encrypted(sensitivity='identity')),
                ('evidence', Encrypted(sensitivity='identity')),
                ('state', fields.CharField(default='open', max_length=10)),
                ('due_on', fields.DateField()),
                ('answer', fields.CharField(default='', max_length=300)),
                ('corrected', Encrypted(null=True, sensitivity='identity')),
                ('answered_by', fields.CharField(default='', max_length=60)),
                ('answered_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'sharing_error_report', 'app': 'sharing', 'indexes': [Index(fields=['resource_id', 'state'], name='sharing_report_resource'), Index(fields=['provider_org', 'id'], name='sharing_report_provider'), Index(fields=['org', 'id'], name='sharing_report_org')], 'pk_attr': 'id', 'table_description': "A user organisation's word that a value is wrong (共享校核), and the provider's answer."},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Inventoried',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
                ('code', fields.CharField(unique=True, max_length=40)),
                ('name', fields.CharField(max_length=80)),
                ('org', fields.CharField(max_length=18)),
                ('org_name', fields.CharField(max_length=80)),
                ('region', fields.CharField(max_length=12)),
                ('purpose', fields.CharField(max_length=300)),
                ('launched_on', fields.DateField()),
                ('integrated', fields.BooleanField(default=False)),
                ('plan', fields.CharField(default='', max_length=300)),
                ('used_on', fields.DateField(null=True)),
            ],
            options={'table': 'sharing_inventoried', 'app': 'sharing', 'indexes': [Index(fields=['org'], name='sharing_inventoried_org')], 'pk_attr': 'id', 'table_description': 'An information system as its organisation lists it (信息系统清单).'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='QualityReport',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
                ('resource_id', fields.UUIDField()),
                ('number', fields.IntField()),
                ('edition', fields.IntField()),
                ('key', fields.JSONField(default=list, encoder=JSON_DUMPS, decoder=loads)),
                ('findings', fields.JSONField(default=dict, encoder=JSON_DUMPS, decoder=loads)),
                ('by_name', fields.CharField(max_length=60)),
                ('at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'sharing_quality', 'app': 'sharing', 'unique_together': (('resource_id', 'number'),), 'pk_attr': 'id', 'table_description': "What a batch of an entry's records came to; counts, no content."},
            bases=['Model'],
        ),
    ]

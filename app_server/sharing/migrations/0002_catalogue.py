from tortoise import migrations
from tortoise.migrations import operations as ops
from app_server.kernel.ids import uuid7
from orjson import loads
from tortoise.fields.data import JSON_DUMPS
from tortoise import fields
from tortoise.indexes import Index, PartialIndex

class Migration(migrations.Migration):
    dependencies = [('sharing', '0001_calls')]

    initial = False

    operations = [
        ops.CreateModel(
            name='DataService',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
                ('code', fields.CharField(unique=True, max_length=60)),
                ('name', fields.CharField(max_length=80)),
                ('resource_id', fields.UUIDField()),
                ('org', fields.CharField(max_length=18)),
                ('kind', fields.CharField(max_length=10)),
                ('target', fields.CharField(default='', max_length=200)),
                ('health_target', fields.CharField(default='', max_length=200)),
                ('probe', fields.JSONField(default=dict, encoder=JSON_DUMPS, decoder=loads)),
                ('needs', fields.JSONField(default=list, encoder=JSON_DUMPS, decoder=loads)),
                ('gives', fields.JSONField(default=list, encoder=JSON_DUMPS, decoder=loads)),
                ('flow', fields.JSONField(null=True, encoder=JSON_DUMPS, decoder=loads)),
                ('timeout_ms', fields.IntField(default=5000)),
                ('approve_days', fields.SmallIntField(default=5)),
                ('most_per_day', fields.IntField(default=10000)),
                ('state', fields.CharField(default='registered', max_length=12)),
                ('health', fields.CharField(default='unknown', max_length=10)),
                ('health_note', fields.CharField(default='', max_length=120)),
                ('health_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('version', fields.IntField(default=1)),
                ('created_at', fields.DatetimeField(auto_now=False, auto_now_add=True)),
            ],
            options={'table': 'sharing_service', 'app': 'sharing', 'indexes': [Index(fields=['resource_id'], name='sharing_service_resource')], 'pk_attr': 'id', 'table_description': 'A data service (数据服务): where it is asked, what it needs and gives, how it fares.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Duty',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
                ('resource_id', fields.UUIDField()),
                ('org', fields.CharField(max_length=18)),
                ('reason', fields.CharField(max_length=20)),
                ('basis', fields.CharField(max_length=300)),
                ('happened_on', fields.DateField()),
                ('due_on', fields.DateField()),
                ('provisional', fields.BooleanField(default=False)),
                ('state', fields.CharField(default='open', max_length=10)),
                ('overdue_told', fields.BooleanField(default=False)),
                ('outcome', fields.CharField(default='', max_length=200)),
                ('done_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('opened_by', fields.CharField(max_length=60)),
                ('at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'sharing_duty', 'app': 'sharing', 'indexes': [Index(fields=['org', 'id'], name='sharing_duty_org'), PartialIndex(fields=['due_on'], name='sharing_duty_open', condition={'state': 'open'})], 'pk_attr': 'id', 'table_description': 'An update of an entry that a change of law or function demands (更新任务).'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Edition',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
                ('resource_id', fields.UUIDField()),
                ('number', fields.IntField()),
                ('content', fields.JSONField(default=dict, encoder=JSON_DUMPS, decoder=loads)),
                ('note', fields.CharField(default='', max_length=200)),
                ('by_name', fields.CharField(max_length=60)),
                ('at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'sharing_edition', 'app': 'sharing', 'unique_together': (('resource_id', 'number'),), 'pk_attr': 'id', 'table_description': 'One published version of an entry.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Follow',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
                ('resource_id', fields.UUIDField()),
                ('org', fields.CharField(max_length=18)),
                ('at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'sharing_follow', 'app': 'sharing', 'unique_together': (('resource_id', 'org'),), 'pk_attr': 'id', 'table_description': 'An organisation that wants to know of changes to an entry (目录订阅).'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Node',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
                ('code', fields.CharField(unique=True, max_length=20)),
                ('kind', fields.CharField(max_length=12)),
                ('name', fields.CharField(max_length=60)),
                ('parent_id', fields.UUIDField(null=True)),
                ('lead_org', fields.CharField(max_length=18)),
                ('lead_name', fields.CharField(max_length=80)),
                ('library', fields.CharField(default='', max_length=20)),
                ('fixed', fields.BooleanField(default=False)),
                ('entries', fields.IntField(default=0)),
                ('version', fields.IntField(default=1)),
                ('created_at', fields.DatetimeField(auto_now=False, auto_now_add=True)),
            ],
            options={'table': 'sharing_node', 'app': 'sharing', 'indexes': [Index(fields=['kind', 'code'], name='sharing_node_kind')], 'pk_attr': 'id', 'table_description': 'A class (目录分类) of one of the three trees; a root has a lead organisation.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Notice',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
                ('org', fields.CharField(max_length=18)),
                ('resource_id', fields.UUIDField()),
                ('about', fields.CharField(max_length=80)),
                ('text', fields.CharField(max_length=200)),
                ('at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'sharing_notice', 'app': 'sharing', 'unique_together': (('org', 'about'),), 'pk_attr': 'id', 'table_description': 'What an organisation was told; `about` keeps one happening from being told twice.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Resource',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
                ('code', fields.CharField(unique=True, max_length=40)),
                ('node_id', fields.UUIDField()),
                ('kind', fields.CharField(max_length=12)),
                ('org', fields.CharField(max_length=18)),
                ('org_name', fields.CharField(max_length=80)),
                ('region', fields.CharField(max_length=12)),
                ('name', fields.CharField(max_length=80)),
                ('share_type', fields.CharField(max_length=14)),
                ('open', fields.BooleanField(default=False)),
                ('content', fields.JSONField(default=dict, encoder=JSON_DUMPS, decoder=loads)),
                ('draft', fields.JSONField(null=True, encoder=JSON_DUMPS, decoder=loads)),
                ('state', fields.CharField(default='draft', max_length=12)),
                ('edition', fields.IntField(default=0)),
                ('edited_by', fields.CharField(max_length=60)),
                ('version', fields.IntField(default=1)),
                ('created_at', fields.DatetimeField(auto_now=False, auto_now_add=True)),
                ('updated_at', fields.DatetimeField(auto_now=True, auto_now_add=False)),
            ],
            options={'table': 'sharing_resource', 'app': 'sharing', 'indexes': [Index(fields=['node_id'], name='sharing_resource_node'), Index(fields=['org'], name='sharing_resource_org')], 'pk_attr': 'id', 'table_description': 'A catalogue entry (信息资源); `draft` is what a published one is to become.'},
            bases=['Model'],
        ),
    ]

from tortoise import migrations
from tortoise.migrations import operations as ops
from app_server.kernel.ids import uuid7
from orjson import loads
from tortoise.fields.data import JSON_DUMPS
from tortoise import fields
from tortoise.indexes import Index

class Migration(migrations.Migration):
    dependencies = [('miniapps', '0002_immutable_versions')]

    initial = False

    operations = [
        ops.CreateModel(
            name='Rollout',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
                ('appid', fields.CharField(max_length=40)),
                ('code', fields.IntField()),
                ('permille', fields.IntField()),
                ('salt', fields.CharField(max_length=32)),
                ('openids', fields.JSONField(default=list, encoder=JSON_DUMPS, decoder=loads)),
                ('regions', fields.JSONField(default=list, encoder=JSON_DUMPS, decoder=loads)),
                ('systems', fields.JSONField(default=list, encoder=JSON_DUMPS, decoder=loads)),
                ('starts_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('ends_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('error_permille', fields.IntField()),
                ('since', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('version', fields.IntField(default=1)),
            ],
            options={'table': 'miniapps_rollout', 'app': 'miniapps', 'unique_together': (('appid', 'code'),), 'pk_attr': 'id', 'table_description': 'A version that only some residents get, and what stops it (rules/grey.py).'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Step',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
                ('appid', fields.CharField(max_length=40)),
                ('code', fields.IntField(default=0)),
                ('deed', fields.CharField(max_length=20)),
                ('by', fields.CharField(max_length=60)),
                ('by_name', fields.CharField(default='', max_length=80)),
                ('note', fields.CharField(default='', max_length=500)),
                ('at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'miniapps_step', 'app': 'miniapps', 'indexes': [Index(fields=['appid', 'id'], name='miniapps_step_app')], 'pk_attr': 'id', 'table_description': 'What happened to a version or an app, by whom and why; only ever added.'},
            bases=['Model'],
        ),
        ops.AddField(
            model_name='App',
            name='floor',
            field=fields.IntField(default=0, db_default=0),
        ),
        ops.AddField(
            model_name='App',
            name='state',
            field=fields.CharField(default='active', db_default='active', max_length=12),
        ),
        ops.AddField(
            model_name='App',
            name='state_reason',
            field=fields.CharField(default='', db_default='', max_length=200),
        ),
        ops.AddField(
            model_name='Launch',
            name='outcome',
            field=fields.CharField(default='', db_default='', max_length=8),
        ),
        ops.AddField(
            model_name='Launch',
            name='ready_ms',
            field=fields.IntField(null=True),
        ),
        ops.AddField(
            model_name='Launch',
            name='trial',
            field=fields.BooleanField(default=False, db_default=False),
        ),
        ops.AddIndex(
            model_name='Launch',
            index=Index(fields=['appid', 'code', 'created_at'], name='miniapps_launch_version'),
        ),
        ops.AlterField(
            model_name='Version',
            name='state',
            field=fields.CharField(default='draft', max_length=16),
        ),
        ops.AddField(
            model_name='Version',
            name='city_by',
            field=fields.CharField(default='', db_default='', max_length=60),
        ),
        ops.AddField(
            model_name='Version',
            name='findings',
            field=fields.JSONField(null=True, encoder=JSON_DUMPS, decoder=loads),
        ),
    ]

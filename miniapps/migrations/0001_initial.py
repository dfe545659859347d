from tortoise import migrations
from tortoise.migrations import operations as ops
from app_server.kernel.ids import uuid7
from orjson import loads
from tortoise.fields.data import JSON_DUMPS
from tortoise import fields
from tortoise.indexes import Index

class Migration(migrations.Migration):
    initial = True

    operations = [
        ops.CreateModel(
            name='App',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
                ('appid', fields.CharField(unique=True, max_length=40)),
                ('owner_org', fields.CharField(max_length=18)),
                ('current', fields.IntField(default=0)),
                ('name', fields.CharField(default='', max_length=40)),
                ('short_name', fields.CharField(default='', max_length=12)),
                ('summary', fields.CharField(default='', max_length=80)),
                ('owner_name', fields.CharField(default='', max_length=80)),
                ('region_codes', fields.JSONField(default=list, encoder=JSON_DUMPS, decoder=loads)),
                ('min_tier', fields.IntField(default=0)),
            ],
            options={'table': 'miniapps_app', 'app': 'miniapps', 'pk_attr': 'id', 'table_description': 'One app, whose it is, and which of its versions residents get (0: none yet).'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='File',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
                ('version_id', fields.UUIDField()),
                ('path', fields.CharField(max_length=200)),
                ('sha256', fields.CharField(max_length=64)),
                ('size', fields.IntField()),
            ],
            options={'table': 'miniapps_file', 'app': 'miniapps', 'unique_together': (('version_id', 'path'),), 'pk_attr': 'id', 'table_description': 'One file of a version; the bytes are stored once per content (`miniapps/<sha256>`).'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Launch',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
                ('appid', fields.CharField(max_length=40)),
                ('code', fields.IntField()),
                ('person_id', fields.UUIDField(null=True)),
                ('created_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('expires_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'miniapps_launch', 'app': 'miniapps', 'indexes': [Index(fields=['expires_at'], name='miniapps_launch_expiry')], 'pk_attr': 'id', 'table_description': 'One opening of an app by somebody; the person is unknown until they are needed.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Ticket',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
                ('digest', fields.CharField(unique=True, max_length=64)),
                ('launch_id', fields.UUIDField()),
                ('appid', fields.CharField(max_length=40)),
                ('person_id', fields.UUIDField()),
                ('tier', fields.IntField()),
                ('created_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('expires_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('used_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'miniapps_ticket', 'app': 'miniapps', 'indexes': [Index(fields=['expires_at'], name='miniapps_ticket_expiry')], 'pk_attr': 'id', 'table_description': 'A single-use proof that a person is in an app; only its keyed digest is kept.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Version',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
                ('appid', fields.CharField(max_length=40)),
                ('code', fields.IntField()),
                ('name', fields.CharField(max_length=30)),
                ('digest', fields.CharField(max_length=64)),
                ('manifest', fields.JSONField(encoder=JSON_DUMPS, decoder=loads)),
                ('uploaded_by', fields.CharField(max_length=60)),
                ('uploaded_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('state', fields.CharField(default='draft', max_length=12)),
                ('approved_by', fields.CharField(default='', max_length=60)),
                ('approved_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('released_by', fields.CharField(default='', max_length=60)),
                ('released_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'miniapps_version', 'app': 'miniapps', 'unique_together': (('appid', 'code'),), 'pk_attr': 'id', 'table_description': 'One uploaded version; a trigger lets only its state and who moved it change.'},
            bases=['Model'],
        ),
    ]

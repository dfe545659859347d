from tortoise import migrations
from tortoise.migrations import operations as ops
from app_server.kernel.columns import Encrypted
from app_server.kernel.ids import uuid7
from orjson import loads
from tortoise.fields.data import JSON_DUMPS
from tortoise import fields
from tortoise.indexes import Index

class Migration(migrations.Migration):
    dependencies = [('people', '0001_initial')]

    initial = False

    operations = [
        ops.CreateModel(
            name='Registration',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
                ('state', fields.CharField(max_length=20)),
                ('name', Encrypted(sensitivity='identity')),
                ('id_number', Encrypted(sensitivity='identity')),
                ('id_index', fields.CharField(max_length=64)),
                ('sex', fields.CharField(max_length=6)),
                ('ethnic_group', fields.CharField(max_length=20)),
                ('phone', Encrypted(sensitivity='contact')),
                ('phone_index', fields.CharField(max_length=64)),
                ('username', fields.CharField(null=True, max_length=30)),
                ('password_digest', fields.CharField(default='', max_length=200)),
                ('terms_version', fields.CharField(default='', max_length=20)),
                ('channel', fields.CharField(default='web', max_length=20)),
                ('officer', fields.CharField(default='', max_length=60)),
                ('window', fields.CharField(default='', max_length=60)),
                ('region', fields.CharField(default='', max_length=12)),
                ('valid_from', fields.DateField(null=True)),
                ('valid_until', fields.DateField(null=True)),
                ('facts', fields.JSONField(default=dict, encoder=JSON_DUMPS, decoder=loads)),
                ('reason', fields.CharField(default='', max_length=60)),
                ('person_id', fields.UUIDField(null=True)),
                ('tries', fields.IntField(default=0)),
                ('next_try_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('created_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('expires_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('ended_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'people_registration', 'app': 'people', 'indexes': [Index(fields=['state', 'next_try_at'], name='people_registration_due'), Index(fields=['phone_index'], name='people_registration_phone')], 'pk_attr': 'id', 'table_description': 'A wish to be registered that is not an account yet (R-ID-01, R-ID-39).'},
            bases=['Model'],
        ),
    ]

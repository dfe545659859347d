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
            name='Binding',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
                ('digest', fields.CharField(unique=True, max_length=64)),
                ('channel', fields.CharField(max_length=20)),
                ('app_id', fields.CharField(max_length=40)),
                ('openid', Encrypted(sensitivity='ordinary')),
                ('expires_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('used_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'grants_binding', 'app': 'grants', 'pk_attr': 'id', 'table_description': 'A channel account seen but not yet bound: a session without a user (R-ID-01).'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='ChannelIdentity',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
                ('channel', fields.CharField(max_length=20)),
                ('app_id', fields.CharField(max_length=40)),
                ('openid_index', fields.CharField(max_length=64)),
                ('openid', Encrypted(sensitivity='ordinary')),
                ('person_id', fields.UUIDField()),
                ('bound_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'grants_channel_identity', 'app': 'grants', 'unique_together': (('channel', 'app_id', 'openid_index'),), 'indexes': [Index(fields=['person_id'], name='grants_channel_person')], 'pk_attr': 'id', 'table_description': 'A WeChat or Alipay account that belongs to a person.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Client',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
                ('client_id', fields.CharField(unique=True, max_length=60)),
                ('secret_digest', fields.CharField(max_length=64)),
                ('name', fields.CharField(max_length=80)),
                ('org', fields.CharField(default='', max_length=18)),
                ('region', fields.CharField(default='', max_length=12)),
                ('scopes', fields.JSONField(default=list, encoder=JSON_DUMPS, decoder=loads)),
                ('state', fields.CharField(default='active', max_length=12)),
            ],
            options={'table': 'grants_client', 'app': 'grants', 'pk_attr': 'id', 'table_description': 'A city backend or department system on the partner surface.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Password',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
                ('subject_id', fields.UUIDField(unique=True)),
                ('digest', fields.CharField(max_length=200)),
                ('wrong', fields.IntField(default=0)),
                ('locked_until', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('changed_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'grants_password', 'app': 'grants', 'pk_attr': 'id', 'table_description': 'The password of a person or staff member, with its count of wrong tries.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Session',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
                ('kind', fields.CharField(max_length=10)),
                ('subject_id', fields.UUIDField()),
                ('channel', fields.CharField(max_length=20)),
                ('created_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('used_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('expires_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('refresh_digest', fields.CharField(max_length=64)),
                ('previous_digest', fields.CharField(default='', max_length=64)),
                ('revoked_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('revoked_for', fields.CharField(default='', max_length=40)),
            ],
            options={'table': 'grants_session', 'app': 'grants', 'indexes': [Index(fields=['subject_id', 'created_at'], name='grants_session_subject')], 'pk_attr': 'id', 'table_description': 'One sign-in on one channel; its refresh token rotates with each use.'},
            bases=['Model'],
        ),
    ]

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
            name='Evidence',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
                ('person_id', fields.UUIDField()),
                ('source', fields.CharField(max_length=40)),
                ('verified_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('expires_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('revoked_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('by', fields.CharField(max_length=60)),
                ('digest', fields.CharField(max_length=64)),
                ('facts', fields.JSONField(default=dict, encoder=JSON_DUMPS, decoder=loads)),
            ],
            options={'table': 'identity_evidence', 'app': 'identity', 'indexes': [Index(fields=['person_id'], name='identity_evidence_person')], 'pk_attr': 'id', 'table_description': 'One proof of who a person is; revoked or expired evidence stays for the record.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='FaceCheck',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
                ('person_id', fields.UUIDField()),
                ('consent_id', fields.UUIDField()),
                ('state', fields.CharField(default='open', max_length=12)),
                ('tries', fields.IntField(default=0)),
                ('score', fields.FloatField(null=True)),
                ('second_score', fields.FloatField(null=True)),
                ('engine', fields.CharField(default='', max_length=80)),
                ('reasons', fields.JSONField(default=list, encoder=JSON_DUMPS, decoder=loads)),
                ('probe_sha256', fields.CharField(default='', max_length=64)),
                ('created_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('expires_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('version', fields.IntField(default=1)),
            ],
            options={'table': 'identity_face_check', 'app': 'identity', 'indexes': [Index(fields=['person_id', 'created_at'], name='identity_face_person')], 'pk_attr': 'id', 'table_description': 'One try to prove oneself by face and code; holds scores, never pictures.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='FaceTry',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
                ('person_id', fields.UUIDField()),
                ('check_id', fields.UUIDField()),
                ('at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('passed', fields.BooleanField()),
            ],
            options={'table': 'identity_face_try', 'app': 'identity', 'indexes': [Index(fields=['person_id', 'at'], name='identity_face_try_person')], 'pk_attr': 'id', 'table_description': 'One picture compared; what the six-hour limit counts, whatever happens to Redis.'},
            bases=['Model'],
        ),
    ]

from tortoise import migrations
from tortoise.migrations import operations as ops
from app_server.kernel.columns import Encrypted
from app_server.kernel.ids import uuid7
from orjson import loads
from tortoise.fields.data import JSON_DUMPS
from tortoise import fields
from tortoise.indexes import Index

class Migration(migrations.Migration):
    dependencies = [('identity', '0002_means_and_acts')]

    initial = False

    operations = [
        ops.CreateModel(
            name='Liveness',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
                ('person_id', fields.UUIDField()),
                ('check_id', fields.UUIDField()),
                ('try_id', fields.UUIDField()),
                ('key', Encrypted(sensitivity='ordinary')),
                ('steps', fields.JSONField(encoder=JSON_DUMPS, decoder=loads)),
                ('at_step', fields.IntField(default=0)),
                ('step_began_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('state', fields.CharField(default='open', max_length=12)),
                ('reason', fields.CharField(default='', max_length=40)),
                ('created_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('expires_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'identity_liveness', 'app': 'identity', 'indexes': [Index(fields=['person_id', 'created_at'], name='identity_liveness_person')], 'pk_attr': 'id', 'table_description': 'One film of a face in the making: steps drawn here, handed out one at a time (R-ID-10).'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='LivenessFrame',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
                ('liveness_id', fields.UUIDField()),
                ('step', fields.IntField()),
                ('number', fields.IntField()),
                ('sha256', fields.CharField(unique=True, max_length=64)),
                ('seen', fields.JSONField(null=True, encoder=JSON_DUMPS, decoder=loads)),
                ('template', Encrypted(null=True, sensitivity='biometric')),
                ('received_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'identity_liveness_frame', 'app': 'identity', 'unique_together': (('liveness_id', 'step', 'number'),), 'indexes': [Index(fields=['received_at'], name='identity_liveness_frame_at')], 'pk_attr': 'id', 'table_description': 'What one frame showed; emptied when the film ends, its digest stays against replay.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='VoiceCheck',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
                ('person_id', fields.UUIDField()),
                ('purpose', fields.CharField(max_length=16)),
                ('face_check_id', fields.UUIDField(null=True)),
                ('digits', Encrypted(sensitivity='ordinary')),
                ('state', fields.CharField(default='open', max_length=12)),
                ('tries', fields.IntField(default=0)),
                ('likeness', fields.FloatField(null=True)),
                ('recording_sha256', fields.CharField(default='', max_length=64)),
                ('created_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('expires_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'identity_voice_check', 'app': 'identity', 'indexes': [Index(fields=['person_id', 'created_at'], name='identity_voice_person')], 'pk_attr': 'id', 'table_description': "Digits to be spoken; holds the recording's digest, never the recording."},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Voiceprint',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
                ('person_id', fields.UUIDField(unique=True)),
                ('enrolled_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('removed_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'identity_voiceprint', 'app': 'identity', 'pk_attr': 'id', 'table_description': "That a person's voice is enrolled with the speech service."},
            bases=['Model'],
        ),
    ]

from tortoise import migrations
from tortoise.migrations import operations as ops
from app_server.kernel.columns import Encrypted
from app_server.kernel.ids import uuid7
from tortoise import fields

class Migration(migrations.Migration):
    dependencies = [('identity', '0003_liveness_and_voice')]

    initial = False

    operations = [
        ops.CreateModel(
            name='FaceTemplate',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
                ('person_id', fields.UUIDField(unique=True)),
                ('engine_id', fields.CharField(max_length=60)),
                ('model_sha', fields.CharField(max_length=64)),
                ('vector', Encrypted(sensitivity='biometric')),
                ('consent_id', fields.UUIDField()),
                ('created_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'identity_face_template', 'app': 'identity', 'pk_attr': 'id', 'table_description': "The template of a person's registry photo, under a consent of its own."},
            bases=['Model'],
        ),
    ]

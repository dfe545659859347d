from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise import fields

class Migration(migrations.Migration):
    dependencies = [('identity', '0004_face_templates')]

    initial = False

    operations = [
        ops.AddField(
            model_name='FaceCheck',
            name='act_proof_id',
            field=fields.UUIDField(null=True),
        ),
        ops.AddField(
            model_name='VoiceCheck',
            name='act_proof_id',
            field=fields.UUIDField(null=True),
        ),
    ]

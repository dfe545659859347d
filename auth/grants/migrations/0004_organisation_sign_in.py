from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise import fields

class Migration(migrations.Migration):
    dependencies = [('grants', '0003_sessions_and_factors')]

    initial = False

    operations = [
        ops.AddField(
            model_name='Authorization',
            name='level',
            field=fields.SmallIntField(default=0, db_default=0),
        ),
        ops.AddField(
            model_name='Authorization',
            name='min_level',
            field=fields.SmallIntField(default=0, db_default=0),
        ),
        ops.AddField(
            model_name='Authorization',
            name='organisation_id',
            field=fields.UUIDField(null=True),
        ),
    ]

from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise import fields

class Migration(migrations.Migration):
    dependencies = [('identity', '0005_checks_of_an_act')]

    initial = False

    operations = [
        ops.AddField(
            model_name='Review',
            name='proposed_by_name',
            field=fields.CharField(default='', db_default='', max_length=50),
        ),
    ]

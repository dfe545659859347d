from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise import fields

class Migration(migrations.Migration):
    dependencies = [('forms', '0002_papers')]

    initial = False

    operations = [
        ops.AddField(
            model_name='Draft',
            name='held_for',
            field=fields.CharField(default='', db_default='', max_length=60),
        ),
    ]

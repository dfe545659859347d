from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise import fields

class Migration(migrations.Migration):
    dependencies = [('grants', '0004_organisation_sign_in')]

    initial = False

    operations = [
        ops.AddField(
            model_name='Binding',
            name='union_index',
            field=fields.CharField(default='', db_default='', max_length=64),
        ),
        ops.AddField(
            model_name='ChannelIdentity',
            name='union_index',
            field=fields.CharField(default='', db_default='', max_length=64),
        ),
    ]

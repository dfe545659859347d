from tortoise import migrations
from tortoise.migrations import operations as ops
from app_server.kernel.columns import Encrypted

class Migration(migrations.Migration):
    dependencies = [('sharing', '0005_spatial')]

    initial = False

    operations = [
        ops.AddField(
            model_name='DataService',
            name='sample',
            field=Encrypted(null=True, sensitivity='identity'),
        ),
        ops.RemoveField(model_name='DataService', name='probe'),
    ]

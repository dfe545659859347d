from tortoise import migrations
from tortoise.migrations import operations as ops
from app_server.kernel.columns import Encrypted
from app_server.kernel.ids import uuid7
from tortoise import fields
from tortoise.indexes import Index

class Migration(migrations.Migration):
    dependencies = [('notify', '0002_message_centre')]

    initial = False

    operations = [
        ops.CreateModel(
            name='Follower',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
                ('openid_index', fields.CharField(unique=True, max_length=64)),
                ('openid', Encrypted(sensitivity='ordinary')),
                ('union_index', fields.CharField(default='', max_length=64)),
                ('changed_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'notify_follower', 'app': 'notify', 'indexes': [Index(fields=['union_index'], name='notify_follower_union')], 'pk_attr': 'id', 'table_description': "Somebody who follows the official account: its name for them, and all our apps' (keyed)."},
            bases=['Model'],
        ),
    ]

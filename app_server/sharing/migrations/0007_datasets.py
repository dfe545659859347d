from tortoise import migrations
from tortoise.migrations import operations as ops
from app_server.kernel.ids import uuid7
from tortoise import fields

class Migration(migrations.Migration):
    dependencies = [('sharing', '0006_sample')]

    initial = False

    operations = [
        ops.CreateModel(
            name='Dataset',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
                ('resource_id', fields.UUIDField()),
                ('number', fields.IntField()),
                ('rows', fields.IntField()),
                ('content', fields.TextField(unique=False)),
                ('at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'sharing_dataset', 'app': 'sharing', 'unique_together': (('resource_id', 'number'),), 'pk_attr': 'id', 'table_description': 'A table that is open to everybody: open fields alone (开放数据集).'},
            bases=['Model'],
        ),
    ]

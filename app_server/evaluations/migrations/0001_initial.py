from tortoise import migrations
from tortoise.migrations import operations as ops
from app_server.kernel.ids import uuid7
from orjson import loads
from tortoise.fields.data import JSON_DUMPS
from tortoise import fields

class Migration(migrations.Migration):
    initial = True

    operations = [
        ops.CreateModel(
            name='Evaluation',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
                ('case_no', fields.CharField(unique=True, max_length=50)),
                ('person_id', fields.UUIDField()),
                ('item_code', fields.CharField(db_index=True, max_length=33)),
                ('item_name', fields.CharField(max_length=120)),
                ('region', fields.CharField(max_length=12)),
                ('state', fields.CharField(default='invited', max_length=12)),
                ('invited_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('gb_code', fields.SmallIntField(null=True)),
                ('tags', fields.JSONField(default=list, encoder=JSON_DUMPS, decoder=loads)),
                ('comment', fields.TextField(default='', unique=False)),
                ('channel', fields.CharField(default='', max_length=20)),
                ('rated_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'evaluations_evaluation', 'app': 'evaluations', 'pk_attr': 'id', 'table_description': 'An invitation, and the rating once it is given; `gb_code` is 1 非常满意 … 5 非常不满意.'},
            bases=['Model'],
        ),
    ]

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
            name='StaffMember',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
                ('login', fields.CharField(unique=True, max_length=40)),
                ('name', fields.CharField(max_length=40)),
                ('org', fields.CharField(max_length=18)),
                ('org_name', fields.CharField(max_length=80)),
                ('region', fields.CharField(max_length=12)),
                ('roles', fields.JSONField(default=list, encoder=JSON_DUMPS, decoder=loads)),
                ('state', fields.CharField(default='active', max_length=12)),
                ('created_at', fields.DatetimeField(auto_now=False, auto_now_add=True)),
            ],
            options={'table': 'staff_member', 'app': 'staff', 'pk_attr': 'id', 'table_description': 'One officer of one organisation, answering for one region.'},
            bases=['Model'],
        ),
    ]

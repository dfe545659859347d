from tortoise import migrations
from tortoise.migrations import operations as ops
from orjson import loads
from tortoise.fields.data import JSON_DUMPS
from tortoise import fields
from tortoise.indexes import Index

class Migration(migrations.Migration):
    dependencies = [('sharing', '0004_checking')]

    initial = False

    operations = [
        ops.CreateModel(
            name='Boundary',
            fields=[
                ('region', fields.CharField(primary_key=True, unique=True, db_index=True, max_length=12)),
                ('ring', fields.JSONField(default=list, encoder=JSON_DUMPS, decoder=loads)),
                ('west', fields.IntField()),
                ('east', fields.IntField()),
                ('south', fields.IntField()),
                ('north', fields.IntField()),
                ('version', fields.IntField(default=1)),
                ('at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'sharing_boundary', 'app': 'sharing', 'pk_attr': 'region', 'table_description': "A division's boundary; the four ends make most look-ups one comparison."},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='ServicePoint',
            fields=[
                ('code', fields.CharField(primary_key=True, unique=True, db_index=True, max_length=40)),
                ('name', fields.CharField(max_length=80)),
                ('org', fields.CharField(max_length=18)),
                ('region', fields.CharField(max_length=12)),
                ('address', fields.CharField(max_length=200)),
                ('lon', fields.IntField()),
                ('lat', fields.IntField()),
                ('open', fields.BooleanField(default=True)),
                ('at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'sharing_service_point', 'app': 'sharing', 'indexes': [Index(fields=['lat', 'lon'], name='sharing_point_place')], 'pk_attr': 'code', 'table_description': 'A place where the public is served (办事大厅、服务点).'},
            bases=['Model'],
        ),
    ]

from tortoise import migrations
from tortoise.migrations import operations as ops
from app_server.kernel.ids import uuid7
from orjson import loads
from tortoise.fields.data import JSON_DUMPS
from tortoise import fields
from tortoise.indexes import Index

class Migration(migrations.Migration):
    dependencies = [('kernel', '0003_audit_chain')]

    initial = False

    operations = [
        ops.CreateModel(
            name='CalendarImport',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
                ('year', fields.IntField()),
                ('announced', fields.BooleanField()),
                ('source', fields.CharField(max_length=200)),
                ('days', fields.JSONField(encoder=JSON_DUMPS, decoder=loads)),
                ('previous', fields.JSONField(encoder=JSON_DUMPS, decoder=loads)),
                ('actor', fields.CharField(max_length=60)),
                ('at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'kernel_calendar_import', 'app': 'kernel', 'indexes': [Index(fields=['year', 'id'], name='kernel_calendar_import_year')], 'pk_attr': 'id', 'table_description': 'What an operator imported, and what was there before; kept for good.'},
            bases=['Model'],
        ),
        ops.AlterModelOptions(
            name='CalendarYear',
            options={'table': 'kernel_calendar_year', 'app': 'kernel', 'pk_attr': 'year', 'table_description': 'A year with a calendar: announced by the State Council, or entered ahead and provisional.'},
        ),
        ops.AddField(
            model_name='CalendarYear',
            name='announced',
            field=fields.BooleanField(default=True, db_default=True),
        ),
    ]

from tortoise import migrations
from tortoise.migrations import operations as ops
from uuid import uuid4
from tortoise import fields

class Migration(migrations.Migration):
    dependencies = [('licences', '0003_types_and_steps')]

    initial = False

    operations = [
        ops.CreateModel(
            name='Status',
            fields=[
                ('licence_id', fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ('list_no', fields.IntField()),
                ('index', fields.IntField()),
                ('invalid', fields.BooleanField(default=False)),
            ],
            options={'table': 'licences_status', 'app': 'licences', 'unique_together': (('list_no', 'index'),), 'pk_attr': 'licence_id', 'table_description': "A licence's place in a status list: given once, at random, and never again to another."},
            bases=['Model'],
        ),
        ops.RunSQL(
            """
            CREATE SEQUENCE licences_status_serial;
            CREATE INDEX licences_status_invalid ON licences_status (list_no) WHERE invalid;
            """,
            "DROP SEQUENCE licences_status_serial; DROP INDEX licences_status_invalid;",
        ),
    ]

from tortoise import migrations
from tortoise.migrations import operations as ops
from app_server.kernel.ids import uuid7
from tortoise import fields

class Migration(migrations.Migration):
    dependencies = [('payments', '0006_fact_number')]

    initial = False

    operations = [
        ops.CreateModel(
            name='PaymentSystem',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
                ('code', fields.CharField(unique=True, max_length=16)),
                ('client_id', fields.CharField(unique=True, max_length=60)),
                ('name', fields.CharField(max_length=80)),
                ('agency_code', fields.CharField(max_length=18)),
                ('agency_name', fields.CharField(max_length=80)),
                ('region', fields.CharField(max_length=12)),
                ('state', fields.CharField(default='active', max_length=10)),
                ('version', fields.IntField(default=1)),
            ],
            options={'table': 'payments_system', 'app': 'payments', 'pk_attr': 'id', 'table_description': "A department's business system that raises bills for one executing unit (R-PAY-02)."},
            bases=['Model'],
        ),
    ]

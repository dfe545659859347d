from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise.indexes import PartialIndex

class Migration(migrations.Migration):
    dependencies = [('kernel', '0004_calendar')]

    initial = False

    operations = [
        ops.AddIndex(
            model_name='DeliveryRow',
            index=PartialIndex(fields=['handler', 'id'], name='kernel_delivery_parked', condition={'state': 'parked'}),
        ),
    ]

from tortoise import migrations
from tortoise.migrations import operations as ops
from app_server.kernel.ids import uuid7
from tortoise import fields
from tortoise.indexes import Index

class Migration(migrations.Migration):
    initial = True

    operations = [
        ops.CreateModel(
            name='Booking',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
                ('slot_id', fields.UUIDField()),
                ('person_id', fields.UUIDField()),
                ('item_code', fields.CharField(max_length=60)),
                ('state', fields.CharField(default='booked', max_length=12)),
                ('booked_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('ends_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('version', fields.IntField(default=1)),
            ],
            options={'table': 'appointments_booking', 'app': 'appointments', 'indexes': [Index(fields=['person_id', 'id'], name='appointments_person'), Index(fields=['slot_id'], name='appointments_slot_bookings')], 'pk_attr': 'id', 'table_description': 'A seat taken by a person.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Slot',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
                ('item_code', fields.CharField(max_length=60)),
                ('item_name', fields.CharField(max_length=120)),
                ('region', fields.CharField(max_length=12)),
                ('hall', fields.CharField(max_length=80)),
                ('begins_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('ends_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('seats', fields.IntField()),
                ('taken', fields.IntField(default=0)),
            ],
            options={'table': 'appointments_slot', 'app': 'appointments', 'unique_together': (('item_code', 'hall', 'begins_at'),), 'indexes': [Index(fields=['item_code', 'begins_at'], name='appointments_slot_item')], 'pk_attr': 'id', 'table_description': 'Seats at a hall for an item at a time.'},
            bases=['Model'],
        ),
        # One live booking of a person per item, whatever runs at once.
        ops.RunSQL(
            "CREATE UNIQUE INDEX appointments_booking_live ON appointments_booking "
            "(person_id, item_code) WHERE state = 'booked'",
            "DROP INDEX appointments_booking_live",
        ),
    ]

from tortoise import migrations
from tortoise.migrations import operations as ops
from app_server.kernel.columns import Encrypted
from app_server.kernel.ids import uuid7
from orjson import loads
from tortoise.fields.data import JSON_DUMPS
from tortoise import fields
from tortoise.indexes import Index

class Migration(migrations.Migration):
    initial = True

    operations = [
        ops.CreateModel(
            name='Parcel',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
                ('person_id', fields.UUIDField()),
                ('about', fields.CharField(max_length=80)),
                ('direction', fields.CharField(max_length=4)),
                ('recipient', Encrypted(sensitivity='contact')),
                ('contents', fields.JSONField(encoder=JSON_DUMPS, decoder=loads)),
                ('contents_digest', fields.CharField(max_length=64)),
                ('pick_up_from', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('state', fields.CharField(default='ordering', max_length=16)),
                ('waybill', fields.CharField(default='', max_length=40)),
                ('intact', fields.BooleanField(null=True)),
                ('created_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('moved_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'logistics_parcel', 'app': 'logistics', 'unique_together': (('about', 'contents_digest', 'direction'),), 'indexes': [Index(fields=['person_id', 'id'], name='logistics_parcel_person'), Index(fields=['waybill'], name='logistics_parcel_waybill')], 'pk_attr': 'id', 'table_description': 'One parcel; who gets it where is sealed.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Track',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
                ('parcel_id', fields.UUIDField()),
                ('notice', fields.CharField(max_length=60)),
                ('state', fields.CharField(max_length=16)),
                ('place', fields.CharField(default='', max_length=80)),
                ('at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'logistics_track', 'app': 'logistics', 'unique_together': (('parcel_id', 'notice'),), 'pk_attr': 'id', 'table_description': 'One notice of the courier; the same one again changes nothing.'},
            bases=['Model'],
        ),
    ]

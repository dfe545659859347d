from tortoise import migrations
from tortoise.migrations import operations as ops
from app_server.kernel.columns import Encrypted
from app_server.kernel.ids import uuid7
from tortoise import fields
from tortoise.indexes import Index

class Migration(migrations.Migration):
    dependencies = [('logistics', '0001_initial')]

    initial = False

    operations = [
        ops.CreateModel(
            name='CarrierOrder',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
                ('parcel_id', fields.UUIDField()),
                ('order_no', fields.CharField(unique=True, max_length=40)),
                ('contract_id', fields.UUIDField()),
                ('carrier', fields.CharField(max_length=8)),
                ('customer_code', fields.CharField(max_length=40)),
                ('postage_fen', fields.BigIntField()),
                ('state', fields.CharField(default='new', max_length=12)),
                ('waybill', fields.CharField(default='', max_length=40)),
                ('why', fields.CharField(default='', max_length=120)),
                ('created_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('sent_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('answered_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'logistics_order', 'app': 'logistics', 'indexes': [Index(fields=['parcel_id', 'id'], name='logistics_order_parcel'), Index(fields=['contract_id', 'id'], name='logistics_order_contract'), Index(fields=['waybill'], name='logistics_order_waybill')], 'pk_attr': 'id', 'table_description': 'One order at one carrier; at most one of a parcel is open (a unique index says so).'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Contract',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
                ('region', fields.CharField(max_length=12)),
                ('org', fields.CharField(default='', max_length=18)),
                ('carrier', fields.CharField(max_length=8)),
                ('customer_code', fields.CharField(max_length=40)),
                ('monthly_account', Encrypted(sensitivity='ordinary')),
                ('payer', fields.CharField(max_length=8)),
                ('fee_code', fields.CharField(default='', max_length=20)),
                ('postage_fen', fields.BigIntField()),
                ('priority', fields.IntField()),
                ('valid_from', fields.DateField()),
                ('valid_to', fields.DateField(null=True)),
                ('office_name', fields.CharField(max_length=80)),
                ('office_phone', fields.CharField(max_length=20)),
                ('office_address', fields.CharField(max_length=200)),
                ('version', fields.IntField(default=1)),
            ],
            options={'table': 'logistics_contract', 'app': 'logistics', 'unique_together': (('region', 'org', 'carrier', 'customer_code'),), 'pk_attr': 'id', 'table_description': "A tenant's contract with a carrier; the monthly account is sealed."},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Difference',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
                ('recon_day_id', fields.UUIDField()),
                ('day', fields.DateField()),
                ('kind', fields.CharField(max_length=24)),
                ('subject', fields.CharField(max_length=60)),
                ('ours_fen', fields.BigIntField()),
                ('theirs_fen', fields.BigIntField()),
                ('effect_fen', fields.BigIntField()),
                ('state', fields.CharField(default='open', max_length=10)),
                ('resolution', fields.CharField(default='', max_length=24)),
                ('evidence', fields.CharField(default='', max_length=500)),
                ('actor', fields.CharField(default='', max_length=60)),
                ('resolved_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('version', fields.IntField(default=1)),
            ],
            options={'table': 'logistics_difference', 'app': 'logistics', 'unique_together': (('recon_day_id', 'kind', 'subject'),), 'indexes': [Index(fields=['state', 'id'], name='logistics_difference_state')], 'pk_attr': 'id', 'table_description': 'One thing that payment, parcel and carrier bill say differently, until it is resolved.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='ReconDay',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
                ('day', fields.DateField()),
                ('carrier', fields.CharField(max_length=8)),
                ('customer_code', fields.CharField(max_length=40)),
                ('file_sha256', fields.CharField(max_length=64)),
                ('parcels', fields.IntField()),
                ('lines', fields.IntField()),
                ('expected_fen', fields.BigIntField()),
                ('billed_fen', fields.BigIntField()),
                ('paid_fen', fields.BigIntField()),
                ('explained_fen', fields.BigIntField()),
                ('compared_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'logistics_recon_day', 'app': 'logistics', 'unique_together': (('day', 'carrier', 'customer_code'),), 'pk_attr': 'id', 'table_description': 'A day of one carrier account with its figures; `file_sha256` names the bill it rests on.'},
            bases=['Model'],
        ),
        ops.AlterModelOptions(
            name='Parcel',
            options={'table': 'logistics_parcel', 'app': 'logistics', 'unique_together': (('about', 'contents_digest', 'direction'),), 'indexes': [Index(fields=['person_id', 'id'], name='logistics_parcel_person'), Index(fields=['waybill'], name='logistics_parcel_waybill'), Index(fields=['picked_up_at'], name='logistics_parcel_picked_up')], 'pk_attr': 'id', 'table_description': "One parcel; the person's end of it (who gets it where, or who gives it) is sealed."},
        ),
        ops.AddField(
            model_name='Parcel',
            name='account',
            field=fields.CharField(default='', db_default='', max_length=50),
        ),
        ops.AddField(
            model_name='Parcel',
            name='agreed_at',
            field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
        ),
        ops.AddField(
            model_name='Parcel',
            name='bill_no',
            field=fields.CharField(default='', db_default='', max_length=40),
        ),
        ops.AddField(
            model_name='Parcel',
            name='carrier',
            field=fields.CharField(default='', db_default='', max_length=8),
        ),
        ops.AddField(
            model_name='Parcel',
            name='org',
            field=fields.CharField(default='', db_default='', max_length=18),
        ),
        ops.AddField(
            model_name='Parcel',
            name='paid_at',
            field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
        ),
        ops.AddField(
            model_name='Parcel',
            name='payer',
            field=fields.CharField(default='agency', db_default='agency', max_length=8),
        ),
        ops.AddField(
            model_name='Parcel',
            name='picked_up_at',
            field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
        ),
        ops.AddField(
            model_name='Parcel',
            name='postage_fen',
            field=fields.BigIntField(default=0, db_default=0),
        ),
        ops.AddField(
            model_name='Parcel',
            name='region',
            field=fields.CharField(default='', db_default='', max_length=12),
        ),
        ops.AddField(
            model_name='Parcel',
            name='returned_at',
            field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
        ),
        ops.AddField(
            model_name='Parcel',
            name='version',
            field=fields.IntField(default=1, db_default=1),
        ),
        ops.AddIndex(
            model_name='Parcel',
            index=Index(fields=['picked_up_at'], name='logistics_parcel_picked_up'),
        ),
        ops.AlterModelOptions(
            name='Track',
            options={'table': 'logistics_track', 'app': 'logistics', 'unique_together': (('parcel_id', 'notice'),), 'pk_attr': 'id', 'table_description': 'One notice of the carrier, append-only; the same one again changes nothing.'},
        ),
        ops.AddField(
            model_name='Track',
            name='arrived_at',
            field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
        ),
    ]

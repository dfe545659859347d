from tortoise import migrations
from tortoise.migrations import operations as ops
from app_server.kernel.columns import Encrypted
from app_server.kernel.ids import uuid7
from tortoise import fields
from tortoise.indexes import Index

class Migration(migrations.Migration):
    initial = True

    operations = [
        ops.CreateModel(
            name='Authorisation',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
                ('seal_id', fields.UUIDField()),
                ('digest', fields.CharField(max_length=64)),
                ('purpose', fields.CharField(max_length=200)),
                ('by', fields.CharField(max_length=60)),
                ('granted_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('used_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('signature', fields.CharField(default='', max_length=128)),
            ],
            options={'table': 'seals_authorisation', 'app': 'seals', 'indexes': [Index(fields=['seal_id', 'granted_at'], name='seals_authorisation_seal')], 'pk_attr': 'id', 'table_description': 'Leave to use a seal once, for one digest; the record of use stays with it.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Seal',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
                ('org', fields.CharField(max_length=18)),
                ('org_name', fields.CharField(max_length=80)),
                ('name', fields.CharField(max_length=80)),
                ('private_key', Encrypted(sensitivity='ordinary')),
                ('public_key', fields.CharField(max_length=130)),
                ('state', fields.CharField(default='active', max_length=12)),
                ('created_at', fields.DatetimeField(auto_now=False, auto_now_add=True)),
            ],
            options={'table': 'seals_seal', 'app': 'seals', 'indexes': [Index(fields=['org', 'state'], name='seals_seal_org')], 'pk_attr': 'id', 'table_description': 'One seal of one organisation; its private key is stored sealed (HSM port later).'},
            bases=['Model'],
        ),
    ]

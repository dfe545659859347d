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
            name='Licence',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
                ('identifier', fields.CharField(unique=True, max_length=120)),
                ('type_code', fields.CharField(max_length=21)),
                ('holder_id', fields.UUIDField()),
                ('holder_name', Encrypted(sensitivity='identity')),
                ('holder_number', Encrypted(sensitivity='identity')),
                ('issuer_code', fields.CharField(max_length=18)),
                ('issuer_name', fields.CharField(max_length=80)),
                ('region', fields.CharField(max_length=12)),
                ('content', Encrypted(sensitivity='identity')),
                ('digest', fields.CharField(max_length=64)),
                ('case_no', fields.CharField(max_length=50)),
                ('authorisation_id', fields.UUIDField()),
                ('signature', fields.CharField(default='', max_length=128)),
                ('public_key', fields.CharField(default='', max_length=130)),
                ('state', fields.CharField(default='making', max_length=12)),
                ('issued_on', fields.DateField()),
                ('expires_on', fields.DateField(null=True)),
                ('created_at', fields.DatetimeField(auto_now=False, auto_now_add=True)),
                ('version', fields.IntField(default=1)),
            ],
            options={'table': 'licences_licence', 'app': 'licences', 'indexes': [Index(fields=['holder_id', 'id'], name='licences_holder')], 'pk_attr': 'id', 'table_description': 'One licence of one holder; its content is personal data and stored sealed.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='ShowCode',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
                ('licence_id', fields.UUIDField()),
                ('digest', fields.CharField(unique=True, max_length=64)),
                ('created_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('expires_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('used_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'licences_show_code', 'app': 'licences', 'pk_attr': 'id', 'table_description': 'A one-time code that shows one licence to one verifier.'},
            bases=['Model'],
        ),
    ]

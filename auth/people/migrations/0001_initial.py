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
            name='Consent',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
                ('person_id', fields.UUIDField()),
                ('purpose', fields.CharField(max_length=40)),
                ('text_version', fields.CharField(max_length=20)),
                ('granted_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('withdrawn_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'people_consent', 'app': 'people', 'indexes': [Index(fields=['person_id', 'purpose'], name='people_consent_person')], 'pk_attr': 'id', 'table_description': "A separate, withdrawable agreement to one purpose, with the text's version."},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='OneTimeCode',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
                ('purpose', fields.CharField(max_length=40)),
                ('phone_index', fields.CharField(max_length=64)),
                ('digest', fields.CharField(max_length=64)),
                ('created_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('expires_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('tries', fields.IntField(default=0)),
                ('used_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'people_one_time_code', 'app': 'people', 'indexes': [Index(fields=['phone_index', 'created_at'], name='people_code_phone')], 'pk_attr': 'id', 'table_description': 'A code sent to a phone: hashed, five minutes, five tries, one use.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Person',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
                ('name', Encrypted(sensitivity='identity')),
                ('id_number', Encrypted(sensitivity='identity')),
                ('id_index', fields.CharField(unique=True, max_length=64)),
                ('sex', fields.CharField(max_length=6)),
                ('ethnic_group', fields.CharField(max_length=20)),
                ('phone', Encrypted(sensitivity='contact')),
                ('phone_index', fields.CharField(unique=True, max_length=64)),
                ('username', fields.CharField(null=True, unique=True, max_length=30)),
                ('state', fields.CharField(default='active', max_length=12)),
                ('created_at', fields.DatetimeField(auto_now=False, auto_now_add=True)),
                ('version', fields.IntField(default=1)),
            ],
            options={'table': 'people_person', 'app': 'people', 'pk_attr': 'id', 'table_description': 'One human being; unique by the keyed index of the ID number.'},
            bases=['Model'],
        ),
    ]

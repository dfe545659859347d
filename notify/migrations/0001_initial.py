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
            name='Message',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
                ('person_id', fields.UUIDField()),
                ('template', fields.CharField(max_length=60)),
                ('title', fields.CharField(max_length=60)),
                ('body', Encrypted(sensitivity='ordinary')),
                ('link', fields.CharField(default='', max_length=200)),
                ('dedupe', fields.CharField(unique=True, max_length=160)),
                ('created_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('read_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'notify_message', 'app': 'notify', 'indexes': [Index(fields=['person_id', 'id'], name='notify_message_person')], 'pk_attr': 'id', 'table_description': "One message in a person's inbox."},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Sms',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
                ('phone', Encrypted(sensitivity='contact')),
                ('body', Encrypted(sensitivity='ordinary')),
                ('template', fields.CharField(max_length=60)),
                ('dedupe', fields.CharField(unique=True, max_length=160)),
                ('state', fields.CharField(default='queued', max_length=12)),
                ('provider_id', fields.CharField(default='', max_length=80)),
                ('created_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('expires_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'notify_sms', 'app': 'notify', 'pk_attr': 'id', 'table_description': 'One short message on its way to a phone.'},
            bases=['Model'],
        ),
    ]

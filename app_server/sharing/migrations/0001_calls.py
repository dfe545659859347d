from tortoise import migrations
from tortoise.migrations import operations as ops
from app_server.kernel.ids import uuid7
from uuid import uuid4
from tortoise import fields
from tortoise.indexes import Index

class Migration(migrations.Migration):
    initial = True

    operations = [
        ops.CreateModel(
            name='Call',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
                ('owner', fields.UUIDField()),
                ('actor', fields.CharField(max_length=60)),
                ('service', fields.CharField(max_length=60)),
                ('purpose', fields.CharField(max_length=200)),
                ('basis', fields.CharField(max_length=120)),
                ('about', fields.CharField(default='', max_length=120)),
                ('outcome', fields.CharField(max_length=12)),
                ('request_digest', fields.CharField(max_length=64)),
                ('answer_digest', fields.CharField(default='', max_length=64)),
                ('nonce', fields.CharField(default='', max_length=40)),
                ('mark', fields.CharField(default='', max_length=80)),
                ('seal', fields.CharField(max_length=160)),
                ('at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'sharing_call', 'app': 'sharing', 'indexes': [Index(fields=['owner', 'id'], name='sharing_call_owner')], 'pk_attr': 'id', 'table_description': 'One question to a registry: who, about whom, why, on what ground; digests, no content.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Refusal',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ('at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'sharing_refusal', 'app': 'sharing', 'pk_attr': 'id', 'table_description': 'A person who does not want registries asked for prefilling.'},
            bases=['Model'],
        ),
    ]

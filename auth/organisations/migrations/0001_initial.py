from tortoise import migrations
from tortoise.migrations import operations as ops
from app_server.kernel.ids import uuid7
from orjson import loads
from tortoise.fields.data import JSON_DUMPS
from tortoise import fields
from tortoise.indexes import Index

class Migration(migrations.Migration):
    initial = True

    operations = [
        ops.CreateModel(
            name='Challenge',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
                ('organisation_id', fields.UUIDField()),
                ('person_id', fields.UUIDField()),
                ('nonce', fields.CharField(max_length=64)),
                ('expires_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('used_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'organisations_challenge', 'app': 'organisations', 'pk_attr': 'id', 'table_description': "What an enterprise certificate's key must sign, once (R-ID-21)."},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Delegation',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
                ('organisation_id', fields.UUIDField()),
                ('delegate_id', fields.UUIDField()),
                ('granted_by', fields.UUIDField()),
                ('items', fields.JSONField(encoder=JSON_DUMPS, decoder=loads)),
                ('begins_on', fields.DateField()),
                ('ends_on', fields.DateField()),
                ('state', fields.CharField(default='active', max_length=12)),
                ('granted_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('revoked_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('version', fields.IntField(default=1)),
            ],
            options={'table': 'organisations_delegation', 'app': 'organisations', 'indexes': [Index(fields=['organisation_id', 'state'], name='organisations_delegation_org'), Index(fields=['delegate_id', 'state'], name='organisations_delegation_to')], 'pk_attr': 'id', 'table_description': 'A representative lets a person act for the organisation, within a scope and dates.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Organisation',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
                ('credit_code', fields.CharField(unique=True, max_length=18)),
                ('name', fields.CharField(max_length=120)),
                ('kind', fields.CharField(max_length=30)),
                ('registration_no', fields.CharField(default='', max_length=30)),
                ('representative_id', fields.UUIDField()),
                ('registered_by', fields.UUIDField()),
                ('state', fields.CharField(max_length=24)),
                ('checked_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('created_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('version', fields.IntField(default=1)),
            ],
            options={'table': 'organisations_organisation', 'app': 'organisations', 'indexes': [Index(fields=['representative_id'], name='organisations_representative'), Index(fields=['checked_at'], name='organisations_checked')], 'pk_attr': 'id', 'table_description': 'One company, institution or social organisation; its credit code and name are public.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Refusal',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
                ('organisation_id', fields.UUIDField()),
                ('means', fields.CharField(max_length=40)),
                ('at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'organisations_refusal', 'app': 'organisations', 'indexes': [Index(fields=['organisation_id', 'at'], name='organisations_refusal_at')], 'pk_attr': 'id', 'table_description': "A refused try to raise an organisation's level; what the six-hour limit counts."},
            bases=['Model'],
        ),
    ]

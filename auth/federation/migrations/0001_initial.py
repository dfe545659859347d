from tortoise import migrations
from tortoise.migrations import operations as ops
from app_server.kernel.columns import Encrypted
from app_server.kernel.ids import uuid7
from orjson import loads
from tortoise.fields.data import JSON_DUMPS
from uuid import uuid4
from tortoise import fields
from tortoise.indexes import Index

class Migration(migrations.Migration):
    initial = True

    operations = [
        ops.CreateModel(
            name='Attempt',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
                ('home', fields.CharField(max_length=6)),
                ('authority', fields.CharField(max_length=6)),
                ('browser_digest', fields.CharField(max_length=64)),
                ('expires_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('used_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'federation_attempt', 'app': 'federation', 'indexes': [Index(fields=['expires_at'], name='federation_attempt_expiry')], 'pk_attr': 'id', 'table_description': 'Somebody wants to sign in here by another platform; bound to their browser.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Home',
            fields=[
                ('person_id', fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ('city', fields.CharField(max_length=6)),
                ('basis', fields.CharField(max_length=12)),
                ('since', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'federation_home', 'app': 'federation', 'indexes': [Index(fields=['city'], name='federation_home_city')], 'pk_attr': 'person_id', 'table_description': 'The city a user is at home in, and what says so: `chosen`, `id_number` or `legacy`.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Import',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
                ('platform', fields.CharField(max_length=6)),
                ('digest', fields.CharField(max_length=64)),
                ('parts', fields.IntField()),
                ('state', fields.CharField(default='receiving', max_length=12)),
                ('received', fields.IntField(default=0)),
                ('merged', fields.IntField(default=0)),
                ('counts', fields.JSONField(default=dict, encoder=JSON_DUMPS, decoder=loads)),
                ('created_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('done_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'federation_import', 'app': 'federation', 'indexes': [Index(fields=['platform', 'id'], name='federation_import_platform')], 'pk_attr': 'id', 'table_description': "One city's file of legacy users, sent in parts, with what became of its rows."},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='ImportPart',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
                ('import_id', fields.UUIDField()),
                ('number', fields.IntField()),
                ('digest', fields.CharField(max_length=64)),
                ('content_type', fields.CharField(max_length=40)),
                ('body', Encrypted(sensitivity='identity')),
                ('first_line', fields.IntField()),
                ('rows', fields.IntField()),
                ('merged_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'federation_import_part', 'app': 'federation', 'unique_together': (('import_id', 'number'),), 'pk_attr': 'id', 'table_description': 'A part of a file: kept sealed until it is merged, then only its digest.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='ImportRow',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
                ('import_id', fields.UUIDField()),
                ('line', fields.IntField()),
                ('id_index', fields.CharField(max_length=64)),
                ('outcome', fields.CharField(max_length=12)),
                ('reason', fields.CharField(default='', max_length=40)),
            ],
            options={'table': 'federation_import_row', 'app': 'federation', 'unique_together': (('import_id', 'line'),), 'indexes': [Index(fields=['import_id', 'id_index'], name='federation_import_row_person')], 'pk_attr': 'id', 'table_description': 'What became of one row; nothing of the row itself but the keyed index of its ID number.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Link',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
                ('person_id', fields.UUIDField()),
                ('platform', fields.CharField(max_length=6)),
                ('user_no', fields.CharField(null=True, max_length=32)),
                ('since', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'federation_link', 'app': 'federation', 'unique_together': (('person_id', 'platform'), ('platform', 'user_no')), 'pk_attr': 'id', 'table_description': 'A person here is this user there (`user_no`), or was a user of that city before (empty).'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Platform',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
                ('code', fields.CharField(unique=True, max_length=6)),
                ('level', fields.CharField(max_length=10)),
                ('name', fields.CharField(max_length=80)),
                ('partner_url', fields.CharField(max_length=200)),
                ('public_url', fields.CharField(max_length=200)),
                ('origins', fields.JSONField(default=list, encoder=JSON_DUMPS, decoder=loads)),
                ('redirect_uris', fields.JSONField(default=list, encoder=JSON_DUMPS, decoder=loads)),
                ('jwks', fields.JSONField(default=list, encoder=JSON_DUMPS, decoder=loads)),
                ('client_id', fields.CharField(default='', max_length=60)),
                ('generation', fields.IntField(default=1)),
                ('state', fields.CharField(default='active', max_length=12)),
                ('version', fields.IntField(default=1)),
                ('created_at', fields.DatetimeField(auto_now=False, auto_now_add=True)),
            ],
            options={'table': 'federation_platform', 'app': 'federation', 'pk_attr': 'id', 'table_description': 'Another authentication platform we speak with; its public keys were handed over by hand.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Pushed',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
                ('person_id', fields.UUIDField()),
                ('platform', fields.CharField(max_length=6)),
                ('digest', fields.CharField(max_length=64)),
                ('outcome', fields.CharField(max_length=12)),
                ('reason', fields.CharField(default='', max_length=40)),
                ('pushed_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'federation_pushed', 'app': 'federation', 'unique_together': (('person_id', 'platform'),), 'pk_attr': 'id', 'table_description': 'What a platform was last told of a user: a keyed digest, and what it made of it.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Received',
            fields=[
                ('digest', fields.CharField(primary_key=True, unique=True, db_index=True, max_length=64)),
                ('outcome', fields.CharField(max_length=12)),
                ('reason', fields.CharField(default='', max_length=40)),
                ('at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'federation_received', 'app': 'federation', 'pk_attr': 'digest', 'table_description': 'A delivery that was taken: it is not taken again (idempotency key).'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Ticket',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
                ('digest', fields.CharField(unique=True, max_length=64)),
                ('person_id', fields.UUIDField()),
                ('attempt', fields.CharField(max_length=36)),
                ('expires_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('used_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'federation_ticket', 'app': 'federation', 'indexes': [Index(fields=['expires_at'], name='federation_ticket_expiry')], 'pk_attr': 'id', 'table_description': 'A word of ours that somebody signed in here, good once, for one attempt elsewhere.'},
            bases=['Model'],
        ),
    ]

from tortoise import migrations
from tortoise.migrations import operations as ops
from app_server.kernel.columns import Encrypted
from app_server.kernel.ids import uuid7
from orjson import loads
from tortoise.fields.data import JSON_DUMPS
from uuid import uuid4
from tortoise import fields
from tortoise.indexes import Index, PartialIndex

class Migration(migrations.Migration):
    initial = True

    operations = [
        ops.CreateModel(
            name='Batch',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
                ('source', fields.CharField(max_length=60)),
                ('number', fields.CharField(max_length=64)),
                ('digest', fields.CharField(max_length=64)),
                ('report', fields.JSONField(default=dict, encoder=JSON_DUMPS, decoder=loads)),
                ('at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'exchange_batch', 'app': 'exchange', 'unique_together': (('source', 'number'),), 'pk_attr': 'id', 'table_description': 'One batch of a client and its report.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='CityCase',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
                ('city', fields.CharField(max_length=6)),
                ('case_no', fields.CharField(max_length=50)),
                ('state', fields.CharField(max_length=20)),
                ('item_code', fields.CharField(max_length=33)),
                ('item_name', fields.CharField(max_length=120)),
                ('org', fields.CharField(max_length=18)),
                ('region', fields.CharField(max_length=12)),
                ('last_key', fields.CharField(max_length=38)),
                ('at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'exchange_city_case', 'app': 'exchange', 'unique_together': (('city', 'case_no'),), 'pk_attr': 'id', 'table_description': "At the province: how a city's case stands by the newest line."},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='CityDay',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
                ('city', fields.CharField(max_length=6)),
                ('day', fields.DateField()),
                ('lines', fields.IntField()),
                ('digest', fields.CharField(max_length=64)),
                ('agrees', fields.BooleanField()),
                ('missing', fields.IntField(default=0)),
                ('altered', fields.IntField(default=0)),
                ('extra', fields.IntField(default=0)),
                ('checked_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'exchange_city_day', 'app': 'exchange', 'unique_together': (('city', 'day'),), 'pk_attr': 'id', 'table_description': "At the province: what a city's day came to when it was last compared."},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='CityLine',
            fields=[
                ('key', fields.CharField(primary_key=True, unique=True, db_index=True, max_length=38)),
                ('city', fields.CharField(max_length=6)),
                ('day', fields.DateField()),
                ('case_no', fields.CharField(max_length=50)),
                ('move', fields.CharField(max_length=20)),
                ('from_state', fields.CharField(max_length=20)),
                ('to_state', fields.CharField(max_length=20)),
                ('item_code', fields.CharField(max_length=33)),
                ('item_name', fields.CharField(max_length=120)),
                ('org', fields.CharField(max_length=18)),
                ('region', fields.CharField(max_length=12)),
                ('event_at', fields.CharField(max_length=40)),
                ('received_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('late', fields.BooleanField(default=False)),
            ],
            options={'table': 'exchange_city_line', 'app': 'exchange', 'indexes': [Index(fields=['city', 'day', 'key'], name='exchange_city_line_day'), Index(fields=['city', 'case_no', 'key'], name='exchange_city_line_case')], 'pk_attr': 'key', 'table_description': 'At the province: one thing that happened to a case in a city; `key` is city and step.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Entry',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
                ('case_no', fields.CharField(max_length=50)),
                ('item_code', fields.CharField(max_length=33)),
                ('org', fields.CharField(max_length=18)),
                ('region', fields.CharField(max_length=12)),
                ('officer_id', fields.UUIDField()),
                ('title', fields.CharField(max_length=60)),
                ('event_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('entered_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('limit_days', fields.SmallIntField()),
                ('late', fields.BooleanField()),
            ],
            options={'table': 'exchange_entry', 'app': 'exchange', 'indexes': [Index(fields=['org', 'id'], name='exchange_entry_org')], 'pk_attr': 'id', 'table_description': 'One 补录: when it happened, when it was entered, and whether that was too late.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='EntryLimit',
            fields=[
                ('item_code', fields.CharField(primary_key=True, unique=True, db_index=True, max_length=33)),
                ('days', fields.SmallIntField()),
                ('set_by', fields.CharField(max_length=60)),
                ('at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'exchange_entry_limit', 'app': 'exchange', 'pk_attr': 'item_code', 'table_description': 'Within how many working days a process line of an item must be entered by hand.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Inbound',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
                ('system_id', fields.UUIDField()),
                ('message_id', fields.CharField(max_length=64)),
                ('digest', fields.CharField(max_length=64)),
                ('case_no', fields.CharField(max_length=50)),
                ('seq', fields.IntField(null=True)),
                ('deed', fields.CharField(max_length=20)),
                ('outcome', fields.CharField(max_length=10)),
                ('state', fields.CharField(default='', max_length=20)),
                ('errors', fields.JSONField(default=list, encoder=JSON_DUMPS, decoder=loads)),
                ('event_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'exchange_inbound', 'app': 'exchange', 'unique_together': (('system_id', 'message_id'), ('system_id', 'case_no', 'seq')), 'pk_attr': 'id', 'table_description': 'One message of a system and what became of it; `seq` is its place within the case.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Line',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ('found_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('sent', fields.BooleanField(default=False)),
            ],
            options={'table': 'exchange_line', 'app': 'exchange', 'indexes': [PartialIndex(fields=['id'], name='exchange_line_unsent', condition={'sent': False})], 'pk_attr': 'id', 'table_description': "On a city: a line of a case that the province is (to be) told of; `id` is the step's."},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Record',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
                ('source', fields.CharField(max_length=60)),
                ('kind', fields.CharField(max_length=20)),
                ('row_guid', fields.CharField(max_length=64)),
                ('project_no', fields.CharField(max_length=50)),
                ('content', Encrypted(sensitivity='identity')),
                ('digest', fields.CharField(max_length=64)),
                ('event_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('rank', fields.SmallIntField()),
                ('batch', fields.CharField(max_length=64)),
                ('at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'exchange_record', 'app': 'exchange', 'unique_together': (('source', 'kind', 'row_guid'),), 'indexes': [Index(fields=['source', 'project_no'], name='exchange_record_project')], 'pk_attr': 'id', 'table_description': 'The newest word of a source on one record; a deleted one stays as a tombstone.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='System',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
                ('code', fields.CharField(unique=True, max_length=40)),
                ('name', fields.CharField(max_length=80)),
                ('org', fields.CharField(max_length=18)),
                ('region', fields.CharField(max_length=12)),
                ('items', fields.JSONField(default=list, encoder=JSON_DUMPS, decoder=loads)),
                ('url', fields.CharField(max_length=200)),
                ('jwks', fields.JSONField(default=list, encoder=JSON_DUMPS, decoder=loads)),
                ('push_on', fields.CharField(default='accepted', max_length=10)),
                ('client_id', fields.CharField(unique=True, max_length=60)),
                ('state', fields.CharField(default='active', max_length=10)),
                ('version', fields.IntField(default=1)),
                ('created_at', fields.DatetimeField(auto_now=False, auto_now_add=True)),
            ],
            options={'table': 'exchange_system', 'app': 'exchange', 'indexes': [Index(fields=['org'], name='exchange_system_org')], 'pk_attr': 'id', 'table_description': "A department's own system: which cases it is told of, where, and under which keys."},
            bases=['Model'],
        ),
    ]

from tortoise import migrations
from tortoise.migrations import operations as ops
from app_server.kernel.ids import uuid7
from orjson import loads
from tortoise.fields.data import JSON_DUMPS
from tortoise.fields.db_defaults import SqlDefault
from tortoise import fields
from tortoise.indexes import Index

class Migration(migrations.Migration):
    dependencies = [('cases', '0008_number_blocks')]

    initial = False

    operations = [
        ops.CreateModel(
            name='Document',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
                ('case_id', fields.UUIDField()),
                ('case_no', fields.CharField(max_length=50)),
                ('kind', fields.CharField(max_length=30)),
                ('org', fields.CharField(max_length=18)),
                ('facts', fields.JSONField(default=dict, encoder=JSON_DUMPS, decoder=loads)),
                ('year', fields.IntField(null=True)),
                ('number', fields.IntField(null=True)),
                ('state', fields.CharField(default='making', max_length=10)),
                ('sha256', fields.CharField(default='', max_length=64)),
                ('key', fields.CharField(default='', max_length=120)),
                ('created_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('made_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'cases_document', 'app': 'cases', 'unique_together': (('org', 'year', 'number'),), 'indexes': [Index(fields=['case_id', 'id'], name='cases_document_case')], 'pk_attr': 'id', 'table_description': 'One 文书 of a case: what it says is kept as facts, its PDF under its content address.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='DocumentNumber',
            fields=[
                ('id', fields.CharField(primary_key=True, unique=True, db_index=True, max_length=24)),
                ('given', fields.IntField(default=0)),
            ],
            options={'table': 'cases_document_number', 'app': 'cases', 'pk_attr': 'id', 'table_description': 'The last document number of an organisation in a year (`id` is `<org>:<year>`).'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Intake',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
                ('draft_id', fields.UUIDField(unique=True)),
                ('person_id', fields.UUIDField()),
                ('officer_id', fields.UUIDField()),
                ('org', fields.CharField(max_length=18)),
                ('region', fields.CharField(max_length=12)),
                ('mode', fields.CharField(max_length=10)),
                ('consent', fields.CharField(max_length=20)),
                ('outlet_region', fields.CharField(default='', max_length=12)),
                ('case_no', fields.CharField(default='', max_length=50)),
                ('at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'cases_intake', 'app': 'cases', 'pk_attr': 'id', 'table_description': 'A draft that a window fills in for an applicant who is present, and their consent.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Subtask',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
                ('case_id', fields.UUIDField()),
                ('case_no', fields.CharField(max_length=50)),
                ('org', fields.CharField(max_length=18)),
                ('org_name', fields.CharField(max_length=80)),
                ('region', fields.CharField(max_length=12)),
                ('title', fields.CharField(max_length=80)),
                ('question', fields.CharField(max_length=500)),
                ('blocks', fields.BooleanField(default=True)),
                ('state', fields.CharField(default='open', max_length=10)),
                ('due_on', fields.DateField()),
                ('asked_by', fields.CharField(max_length=60)),
                ('asked_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('outcome', fields.CharField(default='', max_length=20)),
                ('opinion', fields.TextField(default='', unique=False)),
                ('returned_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'cases_subtask', 'app': 'cases', 'indexes': [Index(fields=['case_id', 'id'], name='cases_subtask_case'), Index(fields=['org', 'state', 'id'], name='cases_subtask_desk')], 'pk_attr': 'id', 'table_description': 'What another organisation is asked to contribute to a case, with a limit of its own.'},
            bases=['Model'],
        ),
        ops.AddField(
            model_name='Case',
            name='channel',
            field=fields.CharField(default='web', db_default='web', max_length=20),
        ),
        ops.AddField(
            model_name='Case',
            name='clock',
            field=fields.JSONField(default=dict, db_default=SqlDefault("'{}'::jsonb"), encoder=JSON_DUMPS, decoder=loads),
        ),
        ops.AddField(
            model_name='Case',
            name='delivered_at',
            field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
        ),
        ops.AddField(
            model_name='Case',
            name='examined_at',
            field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
        ),
        ops.AddField(
            model_name='Case',
            name='forwarded_to',
            field=fields.CharField(default='', db_default='', max_length=18),
        ),
        ops.AddField(
            model_name='Case',
            name='handling',
            field=fields.JSONField(default=dict, db_default=SqlDefault("'{}'::jsonb"), encoder=JSON_DUMPS, decoder=loads),
        ),
        ops.AddField(
            model_name='Case',
            name='intake_officer',
            field=fields.UUIDField(null=True),
        ),
        ops.AddField(
            model_name='Case',
            name='intake_org',
            field=fields.CharField(default='', db_default='', max_length=18),
        ),
        ops.AddField(
            model_name='Case',
            name='intake_region',
            field=fields.CharField(default='', db_default='', max_length=12),
        ),
        ops.AddField(
            model_name='Case',
            name='outlet_region',
            field=fields.CharField(default='', db_default='', max_length=12),
        ),
        ops.AddField(
            model_name='Step',
            name='actor_name',
            field=fields.CharField(default='', db_default='', max_length=120),
        ),
        ops.AddField(
            model_name='Step',
            name='channel',
            field=fields.CharField(default='', db_default='', max_length=20),
        ),
        # Few rows each: what windows filed, what was sent up, and what waits to be fetched.
        ops.RunSQL(
            """
            CREATE INDEX cases_case_intake ON cases_case (intake_officer, id)
              WHERE intake_officer IS NOT NULL;
            CREATE INDEX cases_case_forwarded ON cases_case (forwarded_to, id)
              WHERE forwarded_to <> '';
            CREATE INDEX cases_case_outlet ON cases_case (outlet_region, id)
              WHERE state = 'delivering';
            CREATE INDEX cases_case_closed ON cases_case (closed_at) WHERE state = 'closed';
            """,
            "DROP INDEX cases_case_intake, cases_case_forwarded, cases_case_outlet, "
            "cases_case_closed;",
        ),
    ]

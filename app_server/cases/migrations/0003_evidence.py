from tortoise import migrations
from tortoise.migrations import operations as ops
from app_server.kernel.ids import uuid7
from orjson import loads
from tortoise.fields.data import JSON_DUMPS
from tortoise import fields

class Migration(migrations.Migration):
    dependencies = [('cases', '0002_one_running')]

    initial = False

    operations = [
        ops.CreateModel(
            name='CaseEvidence',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
                ('case_id', fields.UUIDField()),
                ('seq', fields.IntField()),
                ('kind', fields.CharField(max_length=40)),
                ('facts', fields.JSONField(encoder=JSON_DUMPS, decoder=loads)),
                ('previous', fields.CharField(max_length=64)),
                ('hash', fields.CharField(max_length=64)),
            ],
            options={'table': 'cases_evidence', 'app': 'cases', 'unique_together': (('case_id', 'seq'),), 'pk_attr': 'id', 'table_description': "One entry of a case's evidence (R-ID-16); append-only, chained by keyed digests."},
            bases=['Model'],
        ),
        ops.AddField(
            model_name='Case',
            name='evidence_head',
            field=fields.CharField(null=True, max_length=64),
        ),
    ]

from tortoise import migrations
from tortoise.migrations import operations as ops
from app_server.kernel.ids import uuid7
from orjson import loads
from tortoise.fields.data import JSON_DUMPS
from tortoise import fields
from tortoise.indexes import Index

class Migration(migrations.Migration):
    dependencies = [('licences', '0004_status')]

    initial = False

    operations = [
        ops.CreateModel(
            name='FieldRequest',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
                ('licence_id', fields.UUIDField()),
                ('holder_id', fields.UUIDField()),
                ('asker', fields.CharField(max_length=60)),
                ('asker_name', fields.CharField(max_length=160)),
                ('fields_asked', fields.JSONField(encoder=JSON_DUMPS, decoder=loads)),
                ('purpose', fields.CharField(max_length=200)),
                ('state', fields.CharField(default='asked', max_length=12)),
                ('asked_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('expires_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('settled_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('read_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'licences_field_request', 'app': 'licences', 'indexes': [Index(fields=['holder_id', 'id'], name='licences_requests')], 'pk_attr': 'id', 'table_description': "A verifier's wish to see some fields of a licence, and what its holder said."},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Mandate',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
                ('holder_id', fields.UUIDField()),
                ('agent_id', fields.UUIDField()),
                ('relation', fields.CharField(max_length=12)),
                ('type_codes', fields.JSONField(encoder=JSON_DUMPS, decoder=loads)),
                ('purpose', fields.CharField(max_length=200)),
                ('created_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('ends_on', fields.DateField()),
                ('ended_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'licences_mandate', 'app': 'licences', 'indexes': [Index(fields=['holder_id', 'id'], name='licences_mandates_given'), Index(fields=['agent_id', 'id'], name='licences_mandates_held')], 'pk_attr': 'id', 'table_description': "A holder's word that somebody else may show licences of some types for a purpose."},
            bases=['Model'],
        ),
        ops.AddField(
            model_name='ShowCode',
            name='mandate_id',
            field=fields.UUIDField(null=True),
        ),
        # Nobody is asked the same twice at a time: a second question waits for the answer.
        ops.RunSQL(
            """
            CREATE UNIQUE INDEX licences_one_question ON licences_field_request
              (licence_id, asker) WHERE state = 'asked';
            """,
            "DROP INDEX licences_one_question;",
        ),
    ]

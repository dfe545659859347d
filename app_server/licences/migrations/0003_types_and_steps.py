from tortoise import migrations
from tortoise.migrations import operations as ops
from app_server.kernel.ids import uuid7
from orjson import loads
from tortoise.fields.data import JSON_DUMPS
from tortoise import fields
from tortoise.indexes import Index

class Migration(migrations.Migration):
    dependencies = [('licences', '0002_serial_and_one_live')]

    initial = False

    operations = [
        ops.CreateModel(
            name='LicenceStep',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
                ('licence_id', fields.UUIDField()),
                ('at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('move', fields.CharField(max_length=12)),
                ('state', fields.CharField(max_length=12)),
                ('reason', fields.CharField(max_length=200)),
                ('by', fields.CharField(max_length=60)),
                ('by_name', fields.CharField(max_length=60)),
            ],
            options={'table': 'licences_step', 'app': 'licences', 'indexes': [Index(fields=['licence_id', 'id'], name='licences_steps')], 'pk_attr': 'id', 'table_description': 'One move of one licence: who, when, why.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='LicenceType',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
                ('code', fields.CharField(max_length=21)),
                ('version', fields.IntField()),
                ('state', fields.CharField(default='draft', max_length=12)),
                ('name', fields.CharField(max_length=60)),
                ('kind', fields.CharField(max_length=12)),
                ('trust_class', fields.CharField(max_length=1)),
                ('spec', fields.JSONField(encoder=JSON_DUMPS, decoder=loads)),
                ('by', fields.CharField(max_length=60)),
                ('edition', fields.IntField(default=1)),
                ('created_at', fields.DatetimeField(auto_now=False, auto_now_add=True)),
                ('published_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('retired_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'licences_type', 'app': 'licences', 'unique_together': (('code', 'version'),), 'pk_attr': 'id', 'table_description': 'One version of a type of the catalogue: written, published, retired.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Use',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
                ('at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('licence_id', fields.UUIDField()),
                ('type_code', fields.CharField(max_length=21)),
                ('way', fields.CharField(max_length=12)),
                ('org', fields.CharField(max_length=60)),
                ('purpose', fields.CharField(max_length=200)),
            ],
            options={'table': 'licences_use', 'app': 'licences', 'indexes': [Index(fields=['at'], name='licences_use_at')], 'pk_attr': 'id', 'table_description': 'One use of one licence: the log that statistics are counted from (R-LIC-14).'},
            bases=['Model'],
        ),
        ops.AddField(
            model_name='Licence',
            name='copy_version',
            field=fields.IntField(default=1, db_default=1),
        ),
        ops.AddField(
            model_name='Licence',
            name='kind',
            field=fields.CharField(default='certificate', db_default='certificate', max_length=12),
        ),
        ops.AddField(
            model_name='Licence',
            name='one_live',
            field=fields.BooleanField(default=True, db_default=True),
        ),
        ops.AddField(
            model_name='Licence',
            name='prints',
            field=fields.IntField(default=0, db_default=0),
        ),
        ops.AddField(
            model_name='Licence',
            name='replaces_id',
            field=fields.UUIDField(null=True),
        ),
        ops.AddField(
            model_name='Licence',
            name='serial',
            field=fields.CharField(default='', db_default='', max_length=36),
        ),
        ops.AddField(
            model_name='Licence',
            name='trust_class',
            field=fields.CharField(default='A', db_default='A', max_length=1),
        ),
        ops.AddField(
            model_name='Licence',
            name='type_name',
            field=fields.CharField(default='', db_default='', max_length=60),
        ),
        ops.AddField(
            model_name='Licence',
            name='type_version',
            field=fields.IntField(default=1, db_default=1),
        ),
        ops.RunSQL(
            """
            UPDATE licences_licence SET
              serial = split_part(identifier, '.', 8),
              type_name = CASE type_code
                WHEN '11340000MB0000000M001' THEN '公共租赁住房保障资格证'
                WHEN '11340000MB0000000M002' THEN '居住证' ELSE type_code END;
            DROP INDEX licences_one_live;
            CREATE UNIQUE INDEX licences_one_live ON licences_licence (holder_id, type_code)
              WHERE one_live AND state IN ('making', 'valid', 'suspended');
            CREATE UNIQUE INDEX licences_one_type_published ON licences_type (code)
              WHERE state = 'published';
            CREATE UNIQUE INDEX licences_one_type_draft ON licences_type (code)
              WHERE state = 'draft';
            CREATE INDEX licences_due ON licences_licence (expires_on)
              WHERE state IN ('valid', 'suspended');
            CREATE INDEX licences_directory ON licences_licence (issuer_code, kind, state);
            """,
            """
            DROP INDEX licences_one_live, licences_one_type_published, licences_one_type_draft,
              licences_due, licences_directory;
            CREATE UNIQUE INDEX licences_one_live ON licences_licence (holder_id, type_code)
              WHERE state IN ('making', 'valid');
            """,
        ),
    ]

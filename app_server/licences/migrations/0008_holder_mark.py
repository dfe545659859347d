from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise import fields

class Migration(migrations.Migration):
    dependencies = [('licences', '0007_imports')]

    initial = False

    operations = [
        ops.AddField(
            model_name='Licence',
            name='holder_mark',
            field=fields.CharField(default='', db_default='', max_length=64),
        ),
        ops.RunSQL(
            """
            DROP INDEX licences_one_live;
            CREATE UNIQUE INDEX licences_one_live
              ON licences_licence (holder_id, holder_mark, type_code)
              WHERE one_live AND state IN ('making', 'valid', 'suspended');
            """,
            """
            DROP INDEX licences_one_live;
            CREATE UNIQUE INDEX licences_one_live ON licences_licence (holder_id, type_code)
              WHERE one_live AND state IN ('making', 'valid', 'suspended');
            """,
        ),
    ]

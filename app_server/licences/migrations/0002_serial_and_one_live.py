from tortoise import migrations
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    """The running number of identifiers, and one live licence per holder and type."""

    dependencies = [("licences", "0001_initial")]

    initial = False

    operations = [
        ops.RunSQL(
            """
            CREATE SEQUENCE licences_serial;
            CREATE UNIQUE INDEX licences_one_live ON licences_licence (holder_id, type_code)
              WHERE state IN ('making', 'valid');
            """,
            "DROP SEQUENCE licences_serial; DROP INDEX licences_one_live;",
        )
    ]

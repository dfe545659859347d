from tortoise import migrations
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    """A published version never changes: a case refers to the one it was handed in under."""

    dependencies = [("items", "0001_initial")]

    initial = False

    operations = [
        ops.RunSQL(
            """
            CREATE FUNCTION items_version_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN RAISE EXCEPTION 'a published version of an item never changes'; END $$;
            CREATE TRIGGER items_version_stays BEFORE UPDATE OR DELETE ON items_version
              FOR EACH ROW EXECUTE FUNCTION items_version_refuse();
            """,
            "DROP FUNCTION items_version_refuse() CASCADE;",
        )
    ]

from tortoise import migrations
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    """History never changes; versions that were there before it become its first rows."""

    dependencies = [("items", "0003_casework")]

    initial = False

    operations = [
        ops.RunSQL(
            """
            UPDATE items_item SET owner = org WHERE owner = '';
            INSERT INTO items_change (code, kind, version, effective_on, at)
              SELECT code, 'published', version,
                (published_at AT TIME ZONE 'Asia/Shanghai')::date, published_at
              FROM items_version ORDER BY published_at, version;
            CREATE FUNCTION items_history_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN RAISE EXCEPTION 'the history of items never changes'; END $$;
            CREATE TRIGGER items_change_stays BEFORE UPDATE OR DELETE ON items_change
              FOR EACH ROW EXECUTE FUNCTION items_history_refuse();
            CREATE TRIGGER items_catalogue_version_stays BEFORE UPDATE OR DELETE
              ON items_catalogue_version FOR EACH ROW EXECUTE FUNCTION items_history_refuse();
            CREATE TRIGGER items_draft_step_stays BEFORE UPDATE OR DELETE ON items_draft_step
              FOR EACH ROW EXECUTE FUNCTION items_history_refuse();
            CREATE UNIQUE INDEX items_draft_open ON items_draft (code)
              WHERE state NOT IN ('published', 'dropped');
            """,
            "DROP INDEX items_draft_open; DROP FUNCTION items_history_refuse() CASCADE;",
        )
    ]

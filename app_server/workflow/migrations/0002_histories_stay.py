from tortoise import migrations
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    """What was published never changes, and work that was done stays done."""

    dependencies = [("workflow", "0001_initial")]

    initial = False

    operations = [
        ops.RunSQL(
            """
            CREATE FUNCTION workflow_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN RAISE EXCEPTION 'workflow keeps what was published and what was done'; END $$;
            CREATE TRIGGER workflow_published_stays BEFORE UPDATE OR DELETE ON workflow_published
              FOR EACH ROW EXECUTE FUNCTION workflow_refuse();
            CREATE TRIGGER workflow_work_stays BEFORE UPDATE ON workflow_work
              FOR EACH ROW WHEN (OLD.state <> 'open') EXECUTE FUNCTION workflow_refuse();
            CREATE TRIGGER workflow_work_kept BEFORE DELETE ON workflow_work
              FOR EACH ROW EXECUTE FUNCTION workflow_refuse();
            """,
            "DROP FUNCTION workflow_refuse() CASCADE;",
        )
    ]

from tortoise import migrations
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    """One unfinished case of an item for a person, and steps that are only ever added."""

    dependencies = [("cases", "0001_initial")]

    initial = False

    operations = [
        ops.RunSQL(
            """
            CREATE UNIQUE INDEX cases_case_running ON cases_case (person_id, item_code)
              WHERE state IN ('submitted', 'correction_asked', 'fee_due', 'accepted',
                              'approved', 'refused');
            CREATE FUNCTION cases_step_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN RAISE EXCEPTION 'cases_step is append-only'; END $$;
            CREATE TRIGGER cases_step_append_only BEFORE UPDATE OR DELETE ON cases_step
              FOR EACH ROW EXECUTE FUNCTION cases_step_refuse();
            """,
            "DROP INDEX cases_case_running; DROP FUNCTION cases_step_refuse() CASCADE;",
        )
    ]

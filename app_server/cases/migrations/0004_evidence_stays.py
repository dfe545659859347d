from tortoise import migrations
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    """Evidence of a case is only ever added."""

    dependencies = [("cases", "0003_evidence")]

    initial = False

    operations = [
        ops.RunSQL(
            """
            CREATE FUNCTION cases_evidence_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN RAISE EXCEPTION 'cases_evidence is append-only'; END $$;
            CREATE TRIGGER cases_evidence_append_only BEFORE UPDATE OR DELETE ON cases_evidence
              FOR EACH ROW EXECUTE FUNCTION cases_evidence_refuse();
            """,
            "DROP FUNCTION cases_evidence_refuse() CASCADE;",
        )
    ]

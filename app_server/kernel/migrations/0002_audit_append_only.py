from tortoise import migrations
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    """The audit trail is append-only for the application's own user, too."""

    dependencies = [("kernel", "0001_initial")]

    initial = False

    operations = [
        ops.RunSQL(
            """
            CREATE FUNCTION kernel_audit_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN RAISE EXCEPTION 'kernel_audit is append-only'; END $$;
            CREATE TRIGGER kernel_audit_append_only BEFORE UPDATE OR DELETE ON kernel_audit
              FOR EACH ROW EXECUTE FUNCTION kernel_audit_refuse();
            """,
            "DROP FUNCTION kernel_audit_refuse() CASCADE;",
        )
    ]

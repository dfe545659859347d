from tortoise import migrations
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    """History is only added to, findings stand once made, a floor only rises, three people review."""

    dependencies = [("miniapps", "0003_life_cycle")]

    initial = False

    operations = [
        ops.RunSQL(
            """
            CREATE FUNCTION miniapps_step_fixed() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN RAISE EXCEPTION 'the history of a mini-app does not change'; END $$;
            CREATE TRIGGER miniapps_step_fixed BEFORE UPDATE OR DELETE ON miniapps_step
              FOR EACH ROW EXECUTE FUNCTION miniapps_step_fixed();
            CREATE FUNCTION miniapps_findings_fixed() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN RAISE EXCEPTION 'findings of a mini-app do not change'; END $$;
            CREATE TRIGGER miniapps_findings_fixed BEFORE UPDATE ON miniapps_version
              FOR EACH ROW WHEN (OLD.findings IS NOT NULL
                AND OLD.findings IS DISTINCT FROM NEW.findings)
              EXECUTE FUNCTION miniapps_findings_fixed();
            CREATE FUNCTION miniapps_floor_rises() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN RAISE EXCEPTION 'the floor of a mini-app only rises'; END $$;
            CREATE TRIGGER miniapps_floor_rises BEFORE UPDATE ON miniapps_app
              FOR EACH ROW WHEN (NEW.floor < OLD.floor)
              EXECUTE FUNCTION miniapps_floor_rises();
            ALTER TABLE miniapps_app ADD CHECK (current = 0 OR current >= floor);
            ALTER TABLE miniapps_version
              ADD CHECK (city_by = '' OR (city_by <> uploaded_by AND city_by <> approved_by));
            """,
            """
            DROP FUNCTION miniapps_step_fixed() CASCADE;
            DROP FUNCTION miniapps_findings_fixed() CASCADE;
            DROP FUNCTION miniapps_floor_rises() CASCADE;
            """,
        )
    ]

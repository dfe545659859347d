from tortoise import migrations
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    """What was uploaded never changes: only a version's state and who moved it may."""

    dependencies = [("miniapps", "0001_initial")]

    initial = False

    operations = [
        ops.RunSQL(
            """
            CREATE FUNCTION miniapps_version_fixed() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
              IF TG_OP = 'DELETE' OR
                 (OLD.id, OLD.appid, OLD.code, OLD.name, OLD.digest, OLD.manifest,
                  OLD.uploaded_by, OLD.uploaded_at) IS DISTINCT FROM
                 (NEW.id, NEW.appid, NEW.code, NEW.name, NEW.digest, NEW.manifest,
                  NEW.uploaded_by, NEW.uploaded_at) THEN
                RAISE EXCEPTION 'a version of a mini-app does not change';
              END IF;
              RETURN NEW;
            END $$;
            CREATE TRIGGER miniapps_version_fixed BEFORE UPDATE OR DELETE ON miniapps_version
              FOR EACH ROW EXECUTE FUNCTION miniapps_version_fixed();
            CREATE FUNCTION miniapps_file_fixed() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN RAISE EXCEPTION 'a file of a mini-app does not change'; END $$;
            CREATE TRIGGER miniapps_file_fixed BEFORE UPDATE OR DELETE ON miniapps_file
              FOR EACH ROW EXECUTE FUNCTION miniapps_file_fixed();
            ALTER TABLE miniapps_version ADD CHECK (approved_by <> uploaded_by);
            """,
            """
            DROP FUNCTION miniapps_version_fixed() CASCADE;
            DROP FUNCTION miniapps_file_fixed() CASCADE;
            """,
        )
    ]

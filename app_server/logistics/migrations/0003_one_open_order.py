from tortoise import migrations
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    """Never two waybills for one parcel; what carriers said is only ever added to."""

    dependencies = [("logistics", "0002_carriers")]

    initial = False

    operations = [
        ops.RunSQL(
            """
            CREATE UNIQUE INDEX logistics_order_open ON logistics_order (parcel_id)
              WHERE state IN ('new', 'sent', 'placed');
            CREATE FUNCTION logistics_track_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN RAISE EXCEPTION 'logistics_track is append-only'; END $$;
            CREATE TRIGGER logistics_track_append_only BEFORE UPDATE OR DELETE ON logistics_track
              FOR EACH ROW EXECUTE FUNCTION logistics_track_refuse();
            """,
            "DROP FUNCTION logistics_track_refuse() CASCADE; DROP INDEX logistics_order_open;",
        )
    ]

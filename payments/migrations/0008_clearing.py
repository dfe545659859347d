from tortoise import migrations
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    """The rows of a clearing list, while its day is open."""

    dependencies = [("payments", "0007_systems")]

    initial = False

    operations = [
        ops.RunSQL(
            """
            CREATE UNLOGGED TABLE payments_clearing_line (
              batch_id uuid NOT NULL, stage text NOT NULL, pay_code text NOT NULL,
              agency_code text NOT NULL, amount_fen bigint NOT NULL,
              CHECK (stage IN ('cleared', 'in_treasury'))
            );
            CREATE INDEX payments_clearing_line_batch ON payments_clearing_line (batch_id);
            """,
            "DROP TABLE payments_clearing_line;",
        )
    ]

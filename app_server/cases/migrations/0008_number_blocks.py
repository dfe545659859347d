from tortoise import migrations
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    """How many case numbers of a region and day are leased."""

    dependencies = [("cases", "0007_store")]

    initial = False

    operations = [
        ops.RunSQL(
            """
            CREATE TABLE cases_number_block (
              region varchar(12), day date, leased int NOT NULL, PRIMARY KEY (region, day));
            """,
            "DROP TABLE cases_number_block;",
        )
    ]

from tortoise import migrations
from tortoise.migrations import operations as ops

RUNNING = """
CREATE UNIQUE INDEX cases_case_running ON cases_case ({}, item_code)
  WHERE state IN ('submitted', 'correction_asked', 'fee_due', 'accepted', 'approved', 'refused');
"""


class Migration(migrations.Migration):
    """One unfinished case of an item for a person, and one for each organisation."""

    dependencies = [("cases", "0005_organisations")]

    initial = False

    operations = [
        ops.RunSQL(
            "DROP INDEX cases_case_running;"
            + RUNNING.format("COALESCE(organisation_id, person_id)"),
            "DROP INDEX cases_case_running;" + RUNNING.format("person_id"),
        )
    ]

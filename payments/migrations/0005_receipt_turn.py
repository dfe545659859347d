from tortoise import migrations
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    """Our own receipts are numbered in a row."""

    dependencies = [("payments", "0004_reconciliation")]

    initial = False

    operations = [
        ops.RunSQL("CREATE SEQUENCE payments_receipt_turn", "DROP SEQUENCE payments_receipt_turn")
    ]

from tortoise import migrations
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    """Running numbers, one open order per bill, and a ledger that cannot be out of balance."""

    dependencies = [("payments", "0001_initial")]

    initial = False

    operations = [
        ops.RunSQL(
            """
            CREATE SEQUENCE payments_bill_turn;
            ALTER TABLE payments_bill ADD CHECK (total_fen > 0);
            ALTER TABLE payments_attempt ADD CHECK (amount_fen > 0);
            CREATE FUNCTION payments_ledger_balanced() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
              IF (SELECT sum(amount_fen) FROM payments_ledger_entry
                  WHERE transaction_id = NEW.transaction_id) <> 0 THEN
                RAISE EXCEPTION 'ledger transaction % is out of balance', NEW.transaction_id;
              END IF;
              RETURN NULL;
            END $$;
            CREATE CONSTRAINT TRIGGER payments_ledger_balance AFTER INSERT OR UPDATE
              ON payments_ledger_entry DEFERRABLE INITIALLY DEFERRED
              FOR EACH ROW EXECUTE FUNCTION payments_ledger_balanced();
            CREATE FUNCTION payments_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$;
            CREATE TRIGGER payments_fact_append_only BEFORE UPDATE OR DELETE
              ON payments_channel_fact FOR EACH ROW EXECUTE FUNCTION payments_append_only();
            CREATE TRIGGER payments_entry_append_only BEFORE UPDATE OR DELETE
              ON payments_ledger_entry FOR EACH ROW EXECUTE FUNCTION payments_append_only();
            """,
            """
            DROP SEQUENCE payments_bill_turn;
            DROP FUNCTION payments_ledger_balanced() CASCADE;
            DROP FUNCTION payments_append_only() CASCADE;
            """,
        )
    ]

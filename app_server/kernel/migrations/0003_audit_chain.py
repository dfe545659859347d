from tortoise import migrations
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    """Every row of the trail gets a place in a chain, and the chain signed checkpoints.

    `xid` is the transaction a row was written by: below the oldest running transaction nothing can
    appear any more, however late a commit was (UUIDv7 says when a row was made, not when it was
    committed). Existing rows get this migration's.
    """

    dependencies = [("kernel", "0002_audit_append_only")]

    initial = False

    operations = [
        ops.RunSQL(
            """
            ALTER TABLE kernel_audit
              ADD COLUMN xid xid8 NOT NULL DEFAULT pg_current_xact_id();
            CREATE INDEX kernel_audit_xid ON kernel_audit (xid);
            CREATE TABLE kernel_audit_chain (
              seq bigint PRIMARY KEY, audit_id uuid NOT NULL UNIQUE, hash varchar(64) NOT NULL);
            CREATE TABLE kernel_audit_checkpoint (
              seq bigint PRIMARY KEY, at timestamptz NOT NULL, jws text NOT NULL);
            CREATE TABLE kernel_audit_sequencer (
              one boolean PRIMARY KEY DEFAULT true CHECK (one), horizon xid8 NOT NULL);
            CREATE FUNCTION kernel_audit_chain_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$;
            CREATE TRIGGER kernel_audit_chain_append_only
              BEFORE UPDATE OR DELETE ON kernel_audit_chain
              FOR EACH ROW EXECUTE FUNCTION kernel_audit_chain_refuse();
            CREATE TRIGGER kernel_audit_checkpoint_append_only
              BEFORE UPDATE OR DELETE ON kernel_audit_checkpoint
              FOR EACH ROW EXECUTE FUNCTION kernel_audit_chain_refuse();
            """,
            """
            DROP TABLE kernel_audit_chain, kernel_audit_checkpoint, kernel_audit_sequencer;
            DROP FUNCTION kernel_audit_chain_refuse();
            ALTER TABLE kernel_audit DROP COLUMN xid;
            """,
        )
    ]

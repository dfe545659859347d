from tortoise import migrations
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    """Similarity and substring by trigrams (they work on Chinese in a UTF-8 locale)."""

    dependencies = [("search", "0001_initial")]

    initial = False

    operations = [
        ops.RunSQL(
            """
            CREATE EXTENSION IF NOT EXISTS pg_trgm;
            CREATE INDEX search_document_title ON search_document USING gin (title gin_trgm_ops);
            CREATE INDEX search_document_words ON search_document USING gin (words gin_trgm_ops);
            """,
            "DROP INDEX search_document_title; DROP INDEX search_document_words;",
        )
    ]

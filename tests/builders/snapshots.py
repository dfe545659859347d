"""The database as a costly seed left it, put back for each test that begins there."""

import io
from dataclasses import dataclass

from app_server.kernel import db

_TABLES = """
SELECT relname FROM pg_class
WHERE relnamespace='public'::regnamespace AND relkind='r' AND NOT relname=ANY($1::text[])
"""
_SEQUENCES = """
SELECT quote_ident(sequencename), last_value FROM pg_sequences
WHERE schemaname='public' AND last_value IS NOT NULL
"""


@dataclass(frozen=True)
class Snapshot:
    """Rows by table, as PostgreSQL's own binary copies, and where the sequences stood."""

    rows: dict[str, bytes]
    sequences: dict[str, int]


async def take(kept: list[str]) -> Snapshot:
    """Everything in the database but the tables `kept`."""
    connection = await db.dedicated_connection()
    try:
        rows = {}
        for (name,) in await connection.fetch(_TABLES, kept):
            copy = io.BytesIO()
            done = await connection.copy_from_table(name, output=copy, format="binary")
            if done != "COPY 0":
                rows[name] = copy.getvalue()
        return Snapshot(rows, dict(await connection.fetch(_SEQUENCES)))
    finally:
        await connection.close()


async def put_back(snapshot: Snapshot) -> None:
    """Fill the empty tables; triggers and references keep still meanwhile."""
    connection = await db.dedicated_connection()
    try:
        async with connection.transaction():
            await connection.execute("SET LOCAL session_replication_role=replica")
            for name, copy in snapshot.rows.items():
                source = io.BytesIO(copy)
                await connection.copy_to_table(name, source=source, format="binary")
            for name, last in snapshot.sequences.items():
                await connection.execute("SELECT setval($1::regclass, $2)", name, last)
    finally:
        await connection.close()

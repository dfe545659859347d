"""How fast real item lists load, and what the quality rules find: `python -m tests.bench.items`.

2,262 rows of Guangdong and 1,135 of a Sichuan county, each taken in twice into a scratch
database: the second run must change nothing. The files stand beside the checkout.
"""

import asyncio
import os
import sys
import tempfile
import time
from pathlib import Path

FOLDER = Path(__file__).resolve().parents[2].parent / "shared/data/items"
FILES = (("guangdong", "guangdong_2262.jsonl"), ("sichuan", "sichuan_county_1135.csv"))
FOUND = """
SELECT e->>'code' AS code, e->>'field' AS field, count(*) AS rows, min(e->>'message') AS example
FROM items_imported, jsonb_array_elements(errors) e WHERE source = $1
GROUP BY 1, 2 ORDER BY 3 DESC
"""


async def measured() -> bool:
    """Load both files twice and print rows per second and findings; whether none was lost."""
    from app_server import registry
    from app_server.items import service
    from app_server.kernel import db
    from app_server.kernel.principal import Principal

    registry.assemble()
    await registry.migrate()
    await registry.connect()
    good = True
    for source, name in FILES:
        data = (FOLDER / name).read_bytes()
        for run in ("first", "again"):
            facts = await service.begin_import(Principal(), source, name, data)
            began = time.perf_counter()
            await service.run_import(facts.id)
            spent = time.perf_counter() - began
            done = await service.import_facts(Principal(), facts.id)
            kept = await db.value("SELECT count(*) FROM items_imported WHERE source=$1", source)
            good &= kept == done.rows == done.taken + done.bad + done.unchanged
            good &= run == "first" or done.unchanged == done.rows
            sys.stdout.write(
                f"{source:10} {run:5} {done.rows / spent:8.0f} rows/s  taken {done.taken:5} "
                f"bad {done.bad:3} unchanged {done.unchanged:5} kept {kept}\n"
            )
        for row in await db.rows(FOUND, source):
            sys.stdout.write(
                f"  {row['code']} {row['field']:16} {row['rows']:5} rows, e.g. {row['example']}\n"
            )
    await registry.disconnect()
    return good


def main() -> None:
    """Start the parts, measure, stop them."""
    from app_server.cli.postgres import EmbeddedPostgres
    from app_server.cli.valkey import EmbeddedValkey

    if not FOLDER.is_dir():
        sys.exit("the real item lists are not on this machine")
    folder = Path(tempfile.mkdtemp(prefix="wanshi-bench-"))
    folder.chmod(0o755)
    postgres, valkey = EmbeddedPostgres(folder), EmbeddedValkey(folder)
    os.environ["DATABASE_URL"], os.environ["REDIS_URL"] = postgres.start(), valkey.start()
    os.environ["SECRETS_FILE"] = str(folder / "secrets.json")
    os.environ["STORAGE_URL"] = f"file://{folder / 'objects'}"
    try:
        good = asyncio.run(measured())
    finally:
        valkey.stop()
        postgres.stop()
    sys.exit(0 if good else 1)


if __name__ == "__main__":
    main()

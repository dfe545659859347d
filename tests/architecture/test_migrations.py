"""Migrations must run over filled tables: what a province holds is never dropped to upgrade."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]
LATER = sorted(
    path
    for path in PROJECT.glob("*/**/migrations/[0-9]*.py")
    if not path.name.startswith("0001") and ".venv" not in path.parts
)
# A process of its own: asking for the SQL sets Tortoise up anew. One for all: that takes 2 s.
TELL = """
import asyncio, json, sys
from tortoise.migrations.api.sqlmigrate import sqlmigrate
from app_server.registry import TORTOISE

async def tell(wanted):
    return {
        f"{app}-{name}": await sqlmigrate(config=TORTOISE, app_label=app, migration_name=name)
        for app, name in wanted
    }

print(json.dumps(asyncio.run(tell(json.load(sys.stdin)))))
"""


def _key(path: Path) -> str:
    return f"{path.parents[1].name}-{path.stem}"


@pytest.fixture(scope="module")
def statements() -> dict[str, list[str]]:
    """The SQL of every later migration."""
    told = subprocess.run(
        (sys.executable, "-c", TELL),
        cwd=PROJECT,
        env=os.environ | {"DATABASE_URL": "postgres://nobody@127.0.0.1:1/none"},
        input=json.dumps([(path.parents[1].name, path.stem) for path in LATER]),
        capture_output=True,
        text=True,
        check=False,
        timeout=100,
    )
    assert told.returncode == 0, told.stderr[-1000:]
    found: dict[str, list[str]] = json.loads(told.stdout)
    return found


@pytest.mark.parametrize("path", LATER, ids=_key)
def test_a_later_migration_adds_no_column_that_a_filled_table_refuses(path, statements):
    # Tortoise's `default` is Python's alone: a NOT NULL column needs `db_default`.
    assert statements[_key(path)]
    refused = [
        line
        for line in "\n".join(statements[_key(path)]).splitlines()
        if re.search(r"ADD COLUMN .* NOT NULL(?!.*DEFAULT)", line) and "PRIMARY KEY" not in line
    ]
    assert not refused

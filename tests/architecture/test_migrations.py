"""Migrations must run over filled tables: what a province holds is never dropped to upgrade."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]
TORTOISE = 'import sys; from tortoise.cli import main; sys.argv[0] = "tortoise"; sys.exit(main())'
LATER = sorted(
    path
    for path in PROJECT.glob("*/**/migrations/[0-9]*.py")
    if not path.name.startswith("0001") and ".venv" not in path.parts
)


@pytest.mark.parametrize("path", LATER, ids=lambda p: f"{p.parents[1].name}-{p.stem}")
def test_a_later_migration_adds_no_column_that_a_filled_table_refuses(path):
    # Tortoise's `default` is Python's alone: a NOT NULL column needs `db_default`.
    command = (sys.executable, "-c", TORTOISE, "-c", "app_server.registry.TORTOISE")
    told = subprocess.run(
        (*command, "sqlmigrate", path.parents[1].name, path.stem),
        cwd=PROJECT,
        env=os.environ | {"DATABASE_URL": "postgres://nobody@127.0.0.1:1/none"},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert told.returncode == 0, told.stderr[-1000:]
    refused = [
        line
        for line in told.stdout.splitlines()
        if re.search(r"ADD COLUMN .* NOT NULL(?!.*DEFAULT)", line) and "PRIMARY KEY" not in line
    ]
    assert not refused

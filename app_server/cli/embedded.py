"""What the embedded PostgreSQL and Valkey share: one owner, a short socket path, a certain end."""

import ctypes
import fcntl
import hashlib
import os
import pwd
import secrets
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

PR_SET_PDEATHSIG = 1
# The kernel allows 107 bytes for a socket's path; the longest file name we put there has 18.
SOCKET_FOLDER_LIMIT = 80


class EmbeddedError(Exception):
    """An embedded part cannot run; the text tells the operator why and what to do."""


def die_with_parent(with_signal: signal.Signals) -> Callable[[], None]:
    """A `preexec_fn`: the kernel sends the child this signal when its parent is gone.

    It holds for kill -9 of the parent too, which no exit handler would survive.
    """
    parent = os.getpid()
    prctl = ctypes.CDLL(None, use_errno=True).prctl if sys.platform == "linux" else None

    def arrange() -> None:
        if prctl is not None:
            prctl(PR_SET_PDEATHSIG, int(with_signal), 0, 0, 0)
        # The supervisor blocks signals to wait for them; its children must hear theirs.
        signal.pthread_sigmask(signal.SIG_SETMASK, [])
        if os.getppid() != parent:  # it died between fork and prctl
            os._exit(1)

    return arrange


def short_name(root: Path) -> str:
    """A name for this project's folder, unique per place on the disk."""
    return "wanshi-" + hashlib.sha256(str(root.resolve()).encode()).hexdigest()[:10]


def socket_folder(preferred: Path, root: Path) -> Path:
    """Where the socket goes: next to the data, or under /tmp if that path is too long."""
    if len(os.fsencode(preferred)) <= SOCKET_FOLDER_LIMIT:
        return preferred
    return Path(tempfile.gettempdir()) / f"{short_name(root)}-{preferred.parent.name}"


def make_private(folder: Path, uid: int, gid: int) -> None:
    """Create a folder only its owner may enter; refuse one that somebody else owns."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if folder.is_symlink() or folder.stat().st_uid not in {uid, os.geteuid()}:
        raise EmbeddedError(f"目录 {folder} 不属于当前用户，拒绝使用")
    if os.geteuid() == 0:
        os.chown(folder, uid, gid)
    folder.chmod(0o700)


def private_file(path: Path, text: str) -> None:
    """Write a file that only its owner may read, from its first moment on."""
    path.unlink(missing_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)


def kept_password(home: Path) -> str:
    """The password of an embedded part: random, made once, readable by us alone."""
    path = home / "password"
    if not path.exists():
        private_file(path, secrets.token_hex(24))
    return path.read_text().strip()


class OwnerLock:
    """Held by the one process that runs an embedded part; vanishes with that process.

    A record lock (not flock): forked children do not inherit it, so it cannot outlive us.
    """

    def __init__(self, path: Path, what: str) -> None:
        self.path = path
        self.what = what
        self.descriptor: int | None = None

    def acquire(self) -> None:
        """Take the lock or say who has it."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.lockf(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            owner = os.read(descriptor, 32).decode(errors="replace").strip()
            os.close(descriptor)
            told = f"{self.what}已在运行（进程 {owner or '未知'}），请先停止它"
            raise EmbeddedError(told) from None
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)
        self.descriptor = descriptor

    def is_held_by_another(self) -> bool:
        """Say whether another living process owns the part (without taking anything)."""
        if self.descriptor is not None or not self.path.exists():
            return False
        descriptor = os.open(self.path, os.O_RDWR | os.O_CLOEXEC)
        try:
            fcntl.lockf(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return True
        finally:
            os.close(descriptor)
        return False

    def release(self) -> None:
        """Give the lock up; harmless when it is not held."""
        if self.descriptor is not None:
            os.close(self.descriptor)
            self.descriptor = None


def stop_child(child: "subprocess.Popen[bytes]", gentle: signal.Signals, grace: float) -> None:
    """Ask a child to end, and make it end when it does not."""
    if child.poll() is not None:
        return
    child.send_signal(gentle)
    try:
        child.wait(grace)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()


def is_running(pid: int, words: str) -> bool:
    """Say whether `pid` is alive and has `words` on its command line (numbers are reused)."""
    try:
        return words.encode() in Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ")
    except OSError:
        return False


def stop_orphan(pid: int, words: str, gentle: signal.Signals, grace: float = 10) -> None:
    """End a process that an earlier, killed supervisor of ours left behind."""
    if pid <= 1 or not is_running(pid, words):
        return
    os.kill(pid, gentle)
    deadline = time.monotonic() + grace
    while is_running(pid, words):
        if time.monotonic() > deadline:
            os.kill(pid, signal.SIGKILL)
            time.sleep(0.5)
            return
        time.sleep(0.02)


class Servant:
    """The user an embedded part runs as: ourselves, or `nobody` when we are root."""

    def __init__(self) -> None:
        self.is_other = os.geteuid() == 0
        user = pwd.getpwnam("nobody") if self.is_other else pwd.getpwuid(os.geteuid())
        self.uid, self.gid = user.pw_uid, user.pw_gid

    def identity(self) -> dict[str, int | list[int]]:
        """Arguments for `subprocess` that give up root."""
        if not self.is_other:
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": []}

    def can_enter(self, folder: Path) -> bool:
        """Say whether this user can reach a folder through all of its parents."""
        if not self.is_other:
            return os.access(folder, os.X_OK)
        # Asking a process of that user is the only answer that knows of every kind of rights.
        done = subprocess.run(
            ["/bin/sh", "-c", 'cd "$0"', str(folder)],
            cwd="/",
            stderr=subprocess.DEVNULL,
            check=False,
            user=self.uid,
            group=self.gid,
            extra_groups=[],
        )
        return done.returncode == 0


def rotated(log: Path) -> Path:
    """Put the previous run's log aside, so that each run starts a fresh one."""
    log.parent.mkdir(parents=True, exist_ok=True)
    if log.exists():
        log.replace(log.with_suffix(log.suffix + ".1"))
    return log

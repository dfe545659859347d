"""What the steps of the bootstrap are made of: stamps, digests, and programs that are run."""

from __future__ import annotations

import hashlib
import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
STAMPS = VENV / "stamps"
LOG = ROOT / "var" / "log" / "bootstrap.log"


class Failed(Exception):
    """A step could not be done; the text tells the operator what to do."""


class Step(NamedTuple):
    """One piece of work, what it is made from, and what must exist when it is done."""

    name: str
    title: str
    key: Callable[[], str | None]  # None: nothing to do on this checkout
    outputs: tuple[Path, ...]
    do: Callable[[], None]

    def is_due(self) -> bool:
        """Say whether the inputs changed, or an output has vanished."""
        key = self.key()
        if key is None:
            return False
        stamp = STAMPS / self.name
        fresh = stamp.is_file() and stamp.read_text() == key
        return not fresh or any(not path.exists() for path in self.outputs)


def digest(*parts: str | Path) -> str:
    """Digest texts and the contents of files into one short key."""
    total = hashlib.sha256()
    for part in parts:
        data = part.read_bytes() if isinstance(part, Path) else part.encode()
        total.update(hashlib.sha256(data).digest())
    return total.hexdigest()


def run(*command: str | Path, cwd: Path = ROOT, env: dict[str, str] | None = None) -> None:
    """Run a program, keep its words in the log, and show the end of them if it fails."""
    LOG.parent.mkdir(parents=True, exist_ok=True)
    words = [str(part) for part in command]
    with LOG.open("a+b") as log:
        log.write(f"\n$ {' '.join(words)}\n".encode())
        log.flush()
        start = log.seek(0, os.SEEK_END)
        done = subprocess.run(
            words,
            cwd=cwd,
            env=env,
            stdout=log,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            check=False,
        )
        if done.returncode:
            log.seek(start)
            tail = log.read().decode(errors="replace").splitlines()[-25:]
            text = "\n".join(f"    {line}" for line in tail)
            raise Failed(
                f"命令失败(退出码 {done.returncode}):{' '.join(words)}\n{text}\n  完整日志:{LOG}"
            )


def pip_setting(name: str) -> str:
    """Read one pip setting the way pip sees it (environment, then its files)."""
    done = subprocess.run(
        [PYTHON, "-m", "pip", "config", "list"], capture_output=True, text=True, check=False
    )
    found = {}
    for line in done.stdout.splitlines():
        key, _, value = line.partition("=")
        where, _, setting = key.rpartition(".")
        if where == ":env:" or setting not in found:
            found[setting] = value.strip("'\"")
    return found.get(name, "")

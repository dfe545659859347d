"""A real browser that looks at packages: the inspector of `ahmini`, in a process of its own.

It gets the files of one package in a folder and no network: whatever a page asks for beyond them
is refused inside the browser. No database or key of ours is in its environment.
"""

import asyncio
import os
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from app_server.kernel.settings import PROJECT, load

DEADLINE_S = 120.0
# What a process needs to find programs, fonts and a place for its files.
_KEPT = ("PATH", "HOME", "LANG", "LC_ALL", "TZ", "TMPDIR", "FONTCONFIG_FILE", "FONTCONFIG_PATH")


class BrowserFailedError(Exception):
    """The browser could not be started, took too long, or ended without an outcome."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What a browser saw: findings as machine checks word them, and pictures (JPEG)."""

    findings: list[dict[str, Any]]
    pictures: list[tuple[str, str, bytes]]


async def look(files: Mapping[str, bytes], policy: str, script: bytes) -> Seen:
    """Open every page of an app, normal and elder; raises `BrowserFailedError`.

    `policy` is the Content-Security-Policy the app is served under, `script` the platform's own.
    """
    folder = Path(await asyncio.to_thread(tempfile.mkdtemp, prefix="wanshi-look-"))
    try:
        await asyncio.to_thread(_write, folder / "app", files)
        await asyncio.to_thread((folder / "platform.js").write_bytes, script)
        told = await _run(folder, policy)
        return await asyncio.to_thread(_read, folder, told)
    finally:
        await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)


def _write(folder: Path, files: Mapping[str, bytes]) -> None:
    for path, data in files.items():
        place = folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(data)


def _read(folder: Path, told: dict[str, Any]) -> Seen:
    pictures = [
        (shot["mode"], shot["path"], (folder / "out" / Path(shot["file"]).name).read_bytes())
        for shot in told["shots"]
    ]
    return Seen(told["findings"], pictures)


async def _run(folder: Path, policy: str) -> dict[str, Any]:
    settings = load()
    path = f"{PROJECT / '.venv' / 'bin'}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
    node = shutil.which("node", path=path)
    if node is None or not settings.browser:
        raise BrowserFailedError("no Node or no browser")
    wanted = {
        "folder": str(folder / "app"),
        "out": str(folder / "out"),
        "chromium": settings.browser,
        "csp": policy,
        "script_file": str(folder / "platform.js"),
    }
    process = await asyncio.create_subprocess_exec(
        node,
        str(settings.shell_dir / "cli" / "src" / "inspect.mjs"),
        orjson.dumps(wanted).decode(),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env={name: os.environ[name] for name in _KEPT if name in os.environ} | {"PATH": path},
        start_new_session=True,
    )
    try:
        out, errors = await asyncio.wait_for(process.communicate(), DEADLINE_S)
    except TimeoutError as error:
        raise BrowserFailedError("too slow") from error
    finally:
        _end(process.pid)
    if process.returncode != 0:
        raise BrowserFailedError(errors.decode(errors="replace")[-500:])
    told: dict[str, Any] = orjson.loads(out)
    return told


def _end(pid: int) -> None:
    """End the browser with everything it started."""
    try:
        os.killpg(pid, 9)
    except ProcessLookupError:
        return

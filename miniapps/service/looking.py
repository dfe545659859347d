"""A real browser's look at a version: pictures and findings that reviewers see.

It comes after the quick checks, by a worker, once; where the browser itself fails, that is said
and reviewers open the trial version themselves.
"""

from dataclasses import asdict
from typing import Any

import structlog

from app_server.kernel import db
from app_server.kernel.crypto import sha256_hex
from app_server.kernel.settings import load
from app_server.kernel.storage import storage
from miniapps import rules
from miniapps.errors import NoSuchVersion
from miniapps.models import File, Version
from miniapps.providers import browser
from miniapps.service.checks.finding import Finding
from miniapps.service.manifest import Manifest
from miniapps.service.moves import version_of
from miniapps.service.platform_files import app_script_of
from miniapps.service.publishing import VersionFacts, storage_key
from miniapps.service.stored import stored

log = structlog.get_logger(__name__)

_UNSEEN = Finding(
    "browser.failed", "warning", "", None, "浏览器检查没有完成，请审核人自己打开体验版查看"
)


def is_looked_at(version: VersionFacts) -> bool:
    """Whether a browser is about to look at a version, and nobody should decide yet."""
    waits = version.state in {"checked", *rules.TRIED} - {"approved"}
    return waits and version.shots is None and bool(load().browser)


async def look_at(appid: str, code: int) -> None:
    """Look at a version once and keep what was seen; a second look changes nothing."""
    version = await version_of(appid, code)
    looks: dict[str, Any] | None = version.looks
    if looks is not None:
        return
    manifest = Manifest.model_validate(version.manifest)
    files = {f.path: await stored(f.sha256) for f in await File.filter(version_id=version.id)}
    policy = manifest.content_policy(load().origin("public"))
    script = await app_script_of(manifest, appid)
    try:
        seen = await browser.look(files, policy, script)
    except browser.BrowserFailedError as error:
        log.warning("browser_look_failed", appid=appid, code=code, error=str(error))
        await _keep(version, [asdict(_UNSEEN)], [])
        return
    shots = []
    for mode, path, picture in seen.pictures:
        sha256 = sha256_hex(picture)
        await storage().put(storage_key(sha256), picture, "image/jpeg")
        shots.append({"mode": mode, "path": path, "sha256": sha256})
    await _keep(version, seen.findings, shots)


async def _keep(version: Version, findings: list[Any], shots: list[Any]) -> None:
    async with db.unit_of_work():
        looks = {"findings": findings, "shots": shots}
        await Version.filter(id=version.id, looks=None).update(looks=looks)


async def picture(appid: str, code: int, number: int) -> bytes:
    """One of the pictures of a version (JPEG); raises `NoSuchVersion`."""
    version = await version_of(appid, code)
    looks: dict[str, Any] = version.looks or {}
    shots = looks.get("shots", [])
    if not 0 <= number < len(shots):
        raise NoSuchVersion
    return await stored(shots[number]["sha256"])

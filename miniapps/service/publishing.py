"""Uploading: a package becomes a version that never changes, and machines look at it first.

Files go to the store before the version counts as uploaded, outside any transaction; what was
stored for nothing is only a content address nobody refers to.
"""

from dataclasses import asdict, dataclass
from typing import Any

from app_server.kernel import clock, db, regions
from app_server.kernel.ids import uuid7
from app_server.kernel.outbox import announce
from app_server.kernel.principal import Principal
from app_server.kernel.settings import load
from app_server.kernel.storage import storage
from miniapps import rules
from miniapps.errors import NotYourApp, VersionTaken
from miniapps.events import VersionChecked
from miniapps.models import App, Version
from miniapps.service.archive import Package
from miniapps.service.checks.finding import Finding
from miniapps.service.examining import examine
from miniapps.service.manifest import Manifest
from miniapps.service.moves import may_publish, move, of_the_province, version_of
from miniapps.service.team_keys import check_signature

PLATFORM = Principal(name="平台自动")


@dataclass(frozen=True, slots=True)
class VersionFacts:
    """One version as its makers and reviewers see it; `findings` are null until it was checked."""

    appid: str
    code: int
    name: str
    state: str
    digest: str
    findings: list[dict[str, Any]] | None
    uploaded_at: Any
    manifest: Manifest
    signed_by: str
    withheld: list[str]
    shots: list[dict[str, Any]] | None


def storage_key(sha256: str) -> str:
    """Where a file's bytes are stored."""
    return f"miniapps/{sha256}"


async def upload(uploader: Principal, archive: bytes, *, look: bool = True) -> VersionFacts:
    """Open a package, keep it and check it; the same package again changes nothing.

    A built app without an index is made a package of. Raises `PackageRefused`,
    `ManifestRefused`, `NotYourApp`, `VersionTaken`, and 503s when looking took too long. What
    the machine finds is no refusal: the version stands as `checked` or `failed`. `look`: whether
    a browser looks at it afterwards.
    """
    package, findings = await examine(archive)
    signed_by = await check_signature(package)
    version = await _drafted(uploader, package, signed_by)
    if version.state == "draft":
        await _store(package)
        await _complete(uploader, version, package)
    if (await version_of(version.appid, version.code)).state == "uploaded":
        await _judge(version, findings, look=look)
    return facts_of(await version_of(version.appid, version.code))


async def look_over(by: Principal, archive: bytes) -> tuple[Manifest, list[Finding]]:
    """What machine checks find in a package; nothing is kept. Raises what `upload` raises."""
    package, findings = await examine(archive)
    may_publish(by, package.manifest.appid, package.manifest.owner.org)
    await check_signature(package)
    return package.manifest, findings


async def _drafted(uploader: Principal, package: Package, signed_by: str) -> Version:
    manifest = package.manifest
    _check_uploader(uploader, manifest)
    async with db.unit_of_work():
        await db.lock(f"miniapps:{manifest.appid}")
        app = await _app(uploader, manifest)
        newest = await Version.filter(appid=app.appid).order_by("-code").first()
        code = manifest.version.code
        found = await Version.get_or_none(appid=app.appid, code=code)
        if found is not None and found.digest == package.digest:
            return found
        if newest is not None and newest.code >= code:
            raise VersionTaken(newest=newest.code)
        return await Version.create(
            appid=app.appid,
            code=code,
            name=manifest.version.name,
            digest=package.digest,
            manifest=manifest.model_dump(mode="json"),
            uploaded_by=uploader.ref,
            signed_by=signed_by,
            uploaded_at=clock.now(),
        )


async def _app(uploader: Principal, manifest: Manifest) -> App:
    found = await App.get_or_none(appid=manifest.appid)
    if found is None:
        # An app's own key comes after the app: only its team brings a new one.
        if uploader.kind != "staff":
            raise NotYourApp
        return await App.create(appid=manifest.appid, owner_org=manifest.owner.org)
    if found.owner_org != manifest.owner.org or found.state == "retired":
        raise NotYourApp
    return found


def _check_uploader(uploader: Principal, manifest: Manifest) -> None:
    may_publish(uploader, manifest.appid, manifest.owner.org)
    if uploader.kind == "client":
        return
    # A county serves itself, under its city's name (R-POR-18).
    home = manifest.region
    if not of_the_province(uploader.region) and uploader.region != home:
        for code in manifest.region_codes:
            if code != home and not regions.covers(uploader.region, code):
                raise NotYourApp


async def _store(package: Package) -> None:
    store = storage()
    for path, sha256 in package.index.items():
        key = storage_key(sha256)
        if not await store.exists(key):
            await store.put(key, package.files[path], rules.content_type_of(path))


async def _complete(uploader: Principal, version: Version, package: Package) -> None:
    async with db.unit_of_work() as uow:
        await db.lock(f"miniapps:{version.appid}")
        if (await version_of(version.appid, version.code)).state != "draft":
            # The same package came twice at once and the other one was quicker.
            return
        await move(uploader, version, "upload")
        for path, sha256 in package.index.items():
            size = len(package.files[path])
            row = {"id": uuid7(), "version_id": version.id, "path": path}
            uow.add("miniapps_file", row | {"sha256": sha256, "size": size})


async def _judge(version: Version, found: list[Finding], *, look: bool) -> None:
    findings = [asdict(finding) for finding in found]
    errors = sum(finding.level == "error" for finding in found)
    async with db.unit_of_work():
        await db.lock(f"miniapps:{version.appid}")
        if (await version_of(version.appid, version.code)).state != "uploaded":
            return
        note = f"{errors} 项必须修改，{len(found) - errors} 项提示"
        await move(PLATFORM, version, "fail" if errors else "pass", note, findings=findings)
        if look and not errors and load().browser:
            announce(VersionChecked(appid=version.appid, version=version.code))


def facts_of(row: Version) -> VersionFacts:
    """A row as plain values; what quick checks and the browser found is one list."""
    looks = row.looks or {}
    return VersionFacts(
        row.appid,
        row.code,
        row.name,
        row.state,
        row.digest,
        None if row.findings is None else [*row.findings, *looks.get("findings", [])],
        row.uploaded_at,
        Manifest.model_validate(row.manifest),
        row.signed_by,
        row.withheld,
        looks.get("shots"),
    )


async def version_facts(appid: str, code: int) -> VersionFacts:
    """One version as it stands; raises `NoSuchVersion`."""
    return facts_of(await version_of(appid, code))

"""Uploading: a package becomes a version that never changes, and machines look at it first.

Files go to the store before the version counts as uploaded, outside any transaction; what was
stored for nothing is only a content address nobody refers to.
"""

import asyncio
from dataclasses import asdict, dataclass
from typing import Any

from app_server.kernel import clock, db, regions
from app_server.kernel.ids import uuid7
from app_server.kernel.principal import Principal
from app_server.kernel.storage import storage
from miniapps import rules
from miniapps.errors import NotYourApp, VersionTaken
from miniapps.models import App, Version
from miniapps.service import checks
from miniapps.service.archive import Package, open_package
from miniapps.service.manifest import Manifest
from miniapps.service.moves import may_publish, move, of_the_province, version_of

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


def storage_key(sha256: str) -> str:
    """Where a file's bytes are stored."""
    return f"miniapps/{sha256}"


async def upload(uploader: Principal, archive: bytes) -> VersionFacts:
    """Open a package, keep it and check it; the same package again changes nothing.

    Raises `PackageRefused`, `ManifestRefused`, `NotYourApp`, `VersionTaken`. What the machine
    finds is no refusal: the version stands as `checked` or `failed` with its findings.
    """
    package = await asyncio.to_thread(open_package, archive)
    version = await _drafted(uploader, package)
    if version.state == "draft":
        await _store(package)
        await _complete(uploader, version, package)
    if (await version_of(version.appid, version.code)).state == "uploaded":
        await _look_at(version, package)
    return facts_of(await version_of(version.appid, version.code))


async def _drafted(uploader: Principal, package: Package) -> Version:
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


async def _look_at(version: Version, package: Package) -> None:
    found = await asyncio.to_thread(checks.run, package)
    findings = [asdict(finding) for finding in found]
    errors = sum(finding.level == "error" for finding in found)
    async with db.unit_of_work():
        await db.lock(f"miniapps:{version.appid}")
        if (await version_of(version.appid, version.code)).state != "uploaded":
            return
        note = f"{errors} 项必须修改，{len(found) - errors} 项提示"
        await move(PLATFORM, version, "fail" if errors else "pass", note, findings=findings)


def facts_of(row: Version) -> VersionFacts:
    """A row as plain values."""
    return VersionFacts(
        row.appid,
        row.code,
        row.name,
        row.state,
        row.digest,
        row.findings,
        row.uploaded_at,
        Manifest.model_validate(row.manifest),
    )


async def version_facts(appid: str, code: int) -> VersionFacts:
    """One version as it stands; raises `NoSuchVersion`."""
    return facts_of(await version_of(appid, code))

"""From a package to a release: uploaded by one person, approved by another, then released.

Files go to the store before the version counts as uploaded, outside any transaction; what was
stored for nothing is only a content address nobody refers to.
"""

import asyncio
from dataclasses import dataclass

from app_server.kernel import audit, clock, db, regions
from app_server.kernel.ids import uuid7
from app_server.kernel.outbox import announce
from app_server.kernel.principal import Principal
from app_server.kernel.storage import storage
from miniapps import rules
from miniapps.errors import (
    NoSuchVersion,
    NotAReviewer,
    NotInThisState,
    NotYourApp,
    TwoPersonsNeeded,
    VersionTaken,
)
from miniapps.events import MiniAppReleased
from miniapps.models import App, Version
from miniapps.service.archive import Package, open_package
from miniapps.service.manifest import Manifest


@dataclass(frozen=True, slots=True)
class VersionFacts:
    """One version as its makers and reviewers see it."""

    appid: str
    code: int
    state: str
    digest: str


def storage_key(sha256: str) -> str:
    """Where a file's bytes are stored."""
    return f"miniapps/{sha256}"


async def publish_package(uploader: Principal, reviewer: Principal, archive: bytes) -> VersionFacts:
    """Upload, approve and release one package; a version already released stays as it is.

    Raises what `upload`, `approve` and `release` raise.
    """
    facts = await upload(uploader, archive)
    if facts.state == "uploaded":
        facts = await approve(reviewer, facts.appid, facts.code)
    if facts.state == "approved":
        facts = await release(reviewer, facts.appid, facts.code)
    return facts


async def upload(uploader: Principal, archive: bytes) -> VersionFacts:
    """Check a package and keep it; the same package again changes nothing.

    Raises `PackageRefused`, `ManifestRefused`, `NotYourApp`, `VersionTaken`.
    """
    package = await asyncio.to_thread(open_package, archive)
    version = await _drafted(uploader, package)
    if version.state == "draft":
        await _store(package)
        await _complete(uploader, version, package)
    return await version_facts(version.appid, version.code)


async def _drafted(uploader: Principal, package: Package) -> Version:
    manifest = package.manifest
    _check_uploader(uploader, manifest)
    async with db.unit_of_work():
        await db.lock(f"miniapps:{manifest.appid}")
        app, _ = await App.get_or_create({"owner_org": manifest.owner.org}, appid=manifest.appid)
        if app.owner_org != manifest.owner.org:
            raise NotYourApp
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
            manifest=manifest.model_dump(),
            uploaded_by=uploader.ref,
            uploaded_at=clock.now(),
        )


def _check_uploader(uploader: Principal, manifest: Manifest) -> None:
    own = uploader.kind in {"staff", "client"} and uploader.org == manifest.owner.org
    if not own or not _answers_for(uploader, manifest.region_codes):
        raise NotYourApp


def _answers_for(principal: Principal, codes: list[str]) -> bool:
    return bool(principal.region) and all(regions.covers(principal.region, c) for c in codes)


async def _store(package: Package) -> None:
    store = storage()
    for path, sha256 in package.index.items():
        key = storage_key(sha256)
        if not await store.exists(key):
            await store.put(key, package.files[path], rules.content_type_of(path))


async def _complete(uploader: Principal, version: Version, package: Package) -> None:
    async with db.unit_of_work() as uow:
        if not await _moved("upload", version):
            # The same package came twice at once and the other one was quicker.
            return
        for path, sha256 in package.index.items():
            size = len(package.files[path])
            row = {"id": uuid7(), "version_id": version.id, "path": path}
            uow.add("miniapps_file", row | {"sha256": sha256, "size": size})
        _record(uploader, "uploaded", version.appid, version.code)


async def approve(reviewer: Principal, appid: str, code: int) -> VersionFacts:
    """Let a version be released, as another person than its uploader.

    Raises `NoSuchVersion`, `NotAReviewer`, `TwoPersonsNeeded`, `NotInThisState`.
    """
    async with db.unit_of_work():
        version = await _version(appid, code)
        _check_reviewer(reviewer, version)
        if reviewer.ref == version.uploaded_by:
            raise TwoPersonsNeeded
        if not await _moved("approve", version, approved_by=reviewer.ref, approved_at=clock.now()):
            raise NotInThisState
        _record(reviewer, "approved", appid, code)
    return await version_facts(appid, code)


async def release(reviewer: Principal, appid: str, code: int) -> VersionFacts:
    """Give an approved version to residents from now on.

    Raises `NoSuchVersion`, `NotAReviewer`, `NotInThisState` (also when a newer one is out).
    """
    async with db.unit_of_work():
        version = await _version(appid, code)
        _check_reviewer(reviewer, version)
        if not await _moved("release", version, released_by=reviewer.ref, released_at=clock.now()):
            raise NotInThisState
        manifest = Manifest.model_validate(version.manifest)
        pointed = await App.filter(appid=appid, current__lt=code).update(
            current=code,
            name=manifest.name,
            short_name=manifest.short_name,
            summary=manifest.summary,
            owner_name=manifest.owner.name,
            region_codes=manifest.region_codes,
            min_tier=manifest.min_tier,
        )
        if not pointed:
            raise NotInThisState("已有更新的版本发布")
        _record(reviewer, "released", appid, code)
        announce(_released(manifest))
    return await version_facts(appid, code)


def _check_reviewer(reviewer: Principal, version: Version) -> None:
    manifest = Manifest.model_validate(version.manifest)
    if reviewer.kind != "staff" or rules.REVIEWER not in reviewer.roles:
        raise NotAReviewer
    if not _answers_for(reviewer, manifest.region_codes):
        raise NotAReviewer


async def _moved(step: str, version: Version, **marks: object) -> bool:
    move = rules.MOVES[step]
    rows = Version.filter(id=version.id, state=move.come_from)
    return await rows.update(state=move.to, **marks) == 1


async def _version(appid: str, code: int) -> Version:
    found = await Version.get_or_none(appid=appid, code=code)
    if found is None:
        raise NoSuchVersion
    return found


async def version_facts(appid: str, code: int) -> VersionFacts:
    """One version as it stands; raises `NoSuchVersion`."""
    found = await _version(appid, code)
    return VersionFacts(found.appid, found.code, found.state, found.digest)


def _record(principal: Principal, deed: str, appid: str, code: int) -> None:
    audit.record(principal, f"miniapps.{deed}", f"miniapp:{appid}/{code}")


def _released(manifest: Manifest) -> MiniAppReleased:
    return MiniAppReleased(
        appid=manifest.appid,
        version=manifest.version.code,
        app_name=manifest.name,
        short_name=manifest.short_name,
        summary=manifest.summary,
        owner_name=manifest.owner.name,
        region=manifest.region,
        region_codes=manifest.region_codes,
        min_tier=manifest.min_tier,
    )

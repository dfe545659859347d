"""Packages are taken apart in a process of their own."""

import io
import time
import zipfile

import pytest

from app_server.kernel.pool import PoolTimeout, ProcessPool
from miniapps import service
from miniapps.errors import ManifestRefused, PackageRefused
from miniapps.service import examining
from tests.builders.miniapps import files, manifest, team


def built(described=None, **more: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for path, data in files(described, **more).items():
            archive.writestr(f"dist/{path}", data)
    return out.getvalue()


def _sleep(_: bytes) -> None:
    time.sleep(30)


@pytest.fixture
async def pool():
    made = ProcessPool("packages", workers=1, deadline=20)
    service.examine_packages_in(made)
    yield made
    service.examine_packages_in(None)
    await made.close()


async def test_what_is_wrong_with_a_package_is_said_across_processes(pool):
    with pytest.raises(PackageRefused):
        await examining.examine(b"no zip")
    with pytest.raises(ManifestRefused) as refused:
        await examining.examine(service.pack(files(manifest(min_tier=9))))
    assert "min_tier" in str(refused.value.facts)


async def test_a_package_comes_back_whole(pool):
    package, findings = await examining.examine(service.pack(files()))
    assert package.manifest.appid == "ah341600test"
    assert set(package.files) == set(files())
    assert not [finding for finding in findings if finding.level == "error"]


async def test_what_takes_too_long_is_ended(monkeypatch):
    made = ProcessPool("packages", workers=1, deadline=1)
    monkeypatch.setattr(examining, "_examined", _sleep)
    service.examine_packages_in(made)
    try:
        with pytest.raises(PoolTimeout):
            await examining.examine(b"")
    finally:
        service.examine_packages_in(None)
        await made.close()


async def test_a_plain_build_with_its_manifest_is_taken_as_it_is(database):
    facts = await service.upload(await team(), built())
    assert (facts.state, facts.signed_by) == ("checked", "")

"""The package of a finished case verifies with public keys alone, and any change shows (R-LIC-16)."""

import asyncio
import hashlib
import json

import jwt
import orjson
import pytest
from click.testing import CliRunner

from app_server.cases import service
from app_server.cases.errors import NoSuchCase, NotAnArchive, NotArchivable
from app_server.cases.rules import archive
from app_server.cli import main
from app_server.kernel import db
from app_server.kernel.principal import Principal
from app_server.kernel.signing_keys import public_jwk, signing_keys
from app_server.seals.providers.time_stamp import TimeStampSettings
from tests.builders.cases import approved, desk_of, submitted
from tests.builders.items import RENTAL, catalogue
from tests.builders.people import resident

CLERK = Principal(name="档案员")


@pytest.fixture
async def finished(database, deliver):
    """An approved case with its licence, closed; its number and its owner."""
    owner, item = await resident(tier=2), (await catalogue())[RENTAL]
    case_no = await submitted(owner, item)
    desk = await desk_of(item)
    await service.accept(desk, case_no, 1)
    await approved(desk, case_no, item, "符合条件")
    await deliver()
    await db.execute("UPDATE cases_case SET state='closed' WHERE case_no=$1", case_no)
    return case_no, owner


def check(package: bytes) -> service.Checked:
    root = TimeStampSettings().root_file.read_bytes()
    return service.check_package(package, service.archive_keys(), root)


def altered(package: bytes, **changes: bytes | None) -> bytes:
    """The package with some files changed, added or (None) taken out; its proof stays."""
    found = archive.opened(package)
    files = dict(found.files)
    for path, data in changes.items():
        name = path.replace("__", "/").replace("_dot_", ".")
        if data is None:
            del files[name]
        else:
            files[name] = data
    return archive.packed(files, found.manifest, found.signature, found.stamp)


async def test_an_unknown_or_unfinished_case_has_no_package(database):
    with pytest.raises(NoSuchCase):
        await service.package(CLERK, "341602000000-404")
    case_no = await submitted(await resident(tier=2), (await catalogue())[RENTAL])
    with pytest.raises(NotArchivable):
        await service.package(CLERK, case_no)


async def test_a_package_holds_the_whole_case_and_verifies(finished):
    case_no, owner = finished
    made = await service.package(CLERK, case_no)
    told = check(made)
    assert (told.findings, told.case_no, bool(told.stamped_at)) == ((), case_no, True)
    files = archive.opened(made).files
    folders = {path.partition("/")[0] for path in files}
    assert {"case.json", "steps.json", "evidence.json", "materials", "documents"} <= folders
    assert {"licence/licence.ofd", "licence/licence.pdf"} <= set(files)
    steps = orjson.loads(files["steps.json"])
    assert {"submit", "accept"} <= {step["move"] for step in steps}
    seen = await db.rows("SELECT action FROM kernel_audit WHERE owner=$1", owner.subject)
    assert "cases.archive_made" in {row["action"] for row in seen}


async def test_each_changed_added_or_missing_file_is_named(finished):
    made = await service.package(CLERK, finished[0])
    for path, data in archive.opened(made).files.items():
        bent = bytearray(data)
        bent[len(bent) // 2] ^= 1
        name = path.replace("/", "__").replace(".", "_dot_")
        assert f"文件被改动：{path}" in check(altered(made, **{name: bytes(bent)})).findings
        assert f"缺少文件：{path}" in check(altered(made, **{name: None})).findings
    assert check(altered(made, more_dot_txt=b"x")).findings == ("清单之外的文件：more.txt",)


async def test_a_list_that_was_written_anew_has_no_good_signature_and_stamp(finished):
    made = await service.package(CLERK, finished[0])
    found = archive.opened(made)
    files = dict(found.files) | {"case.json": b"{}"}
    listed = archive.manifest(finished[0], found.told["made_at"], files)
    told = check(archive.packed(files, listed, found.signature, found.stamp))
    assert told.findings == ("清单的签名无效", "时间戳无效")
    # A signature over the new list by the right key, but of another kind, is none either.
    key = signing_keys("archive")[0]
    claims = {"sha256": hashlib.sha256(listed).hexdigest()}
    forged = jwt.encode(claims, "0" * 32, headers={"kid": public_jwk(key)["kid"]})
    assert "清单的签名无效" in check(archive.packed(files, listed, forged, found.stamp)).findings


@pytest.mark.parametrize("junk", [b"", b"PK\x03\x04", b"junk" * 100])
def test_other_bytes_are_no_package(junk):
    with pytest.raises(NotAnArchive):
        archive.opened(junk)


async def test_the_command_verifies_without_the_platform_and_fails_on_a_change(finished, tmp_path):
    made = await service.package(CLERK, finished[0])
    keys, package = tmp_path / "keys.json", tmp_path / "case.zip"
    keys.write_text(json.dumps({"keys": service.archive_keys()}))
    root = TimeStampSettings().root_file
    options = ["verify-archive", "--file", str(package), "--key", str(keys), "--root", str(root)]
    package.write_bytes(made)
    good = await asyncio.to_thread(CliRunner().invoke, main, options)
    assert (good.exit_code, finished[0] in good.output) == (0, True), good.output
    package.write_bytes(altered(made, case_dot_json=b"{}"))
    bad = await asyncio.to_thread(CliRunner().invoke, main, options)
    assert (bad.exit_code, "文件被改动：case.json" in bad.output) == (1, True)
    package.write_bytes(b"junk")
    assert (await asyncio.to_thread(CliRunner().invoke, main, options)).exit_code == 1

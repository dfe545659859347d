"""A licence stands or falls with its decision, is sealed after it, and is shown once."""

import asyncio
import subprocess
from datetime import date

import pytest

from app_server.kernel import db
from app_server.kernel.principal import ANONYMOUS
from app_server.licences import service as licences
from app_server.licences.errors import AlreadyHeld, NoSuchLicence, NotShowable
from app_server.licences.rules import TYPES, holds
from app_server.seals import service as seals
from app_server.seals.errors import NoUsableSeal
from tests.builders.people import bearer, resident
from tests.builders.staff import ORG, officer

TYPE = next(iter(TYPES))


async def issue(holder, by, **changes):
    options = {
        "type_code": TYPE,
        "holder_id": holder.id,
        "holder_name": "李明轩",
        "holder_number": "341602199003074511",
        "issuer_code": ORG,
        "issuer_name": "演示住房城乡建设局",
        "region": "341602",
        "content": {"housing": "public"},
        "valid_until": date(2029, 12, 31),
        "case_no": "341602000000-1",
    }
    async with db.unit_of_work():
        return await licences.issue(by, **(options | changes))


async def test_without_the_issuers_seal_there_is_no_licence(database):
    holder, by = await resident(), await officer()
    with pytest.raises(NoUsableSeal):
        await issue(holder, by)
    assert await licences.licences_of(holder.id) == []


async def test_a_licence_is_being_made_until_its_seal_is_on_it(database, deliver):
    holder, by = await resident(), await officer()
    await seals.ensure_seal(ORG, "演示住房城乡建设局")
    issued = await issue(holder, by)
    assert holds(issued.identifier)
    assert (await licences.licence(holder.id, issued.id)).state_name == "制证中"
    with pytest.raises(NotShowable):
        await licences.show(holder, issued.id)
    await deliver()
    assert (await licences.licence(holder.id, issued.id)).state == "valid"


async def test_a_second_live_licence_of_a_one_per_holder_type_is_refused(database):
    holder, by = await resident(), await officer()
    await seals.ensure_seal(ORG, "演示住房城乡建设局")
    await issue(holder, by)
    with pytest.raises(AlreadyHeld):
        await issue(holder, by)
    assert len(await licences.licences_of(holder.id)) == 1


async def test_a_decision_that_fails_leaves_neither_licence_nor_authorisation(database):
    holder, by = await resident(), await officer()
    await seals.ensure_seal(ORG, "演示住房城乡建设局")
    with pytest.raises(RuntimeError):
        async with db.unit_of_work():
            await issue(holder, by)
            raise RuntimeError("the decision falls")
    assert await licences.licences_of(holder.id) == []
    assert await db.value("SELECT count(*) FROM seals_use") == 0


async def test_somebody_elses_licence_is_not_there(database):
    holder, stranger, by = await resident(), await resident(), await officer()
    await seals.ensure_seal(ORG, "演示住房城乡建设局")
    issued = await issue(holder, by)
    with pytest.raises(NoSuchLicence):
        await licences.licence(stranger.id, issued.id)
    with pytest.raises(NoSuchLicence):
        await licences.show(stranger, issued.id)


async def test_one_shown_code_verified_fifty_times_at_once_succeeds_once(database, deliver):
    holder, by = await resident(), await officer()
    await seals.ensure_seal(ORG, "演示住房城乡建设局")
    issued = await issue(holder, by)
    await deliver()
    shown = await licences.show(holder, issued.id)
    answers = await asyncio.gather(*(licences.verify(ANONYMOUS, shown.token) for _ in range(50)))
    assert sum(answer.valid for answer in answers) == 1
    assert {answer.reason for answer in answers} == {"", "used"}


async def test_an_altered_licence_does_not_verify(database, deliver):
    holder, by = await resident(), await officer()
    await seals.ensure_seal(ORG, "演示住房城乡建设局")
    issued = await issue(holder, by)
    await deliver()
    row = await db.row("SELECT content FROM licences_licence WHERE id=$1", issued.id)
    from app_server.kernel.crypto import seal, unseal

    place = "licences_licence.content"
    altered = unseal(row["content"], place).replace("李明轩", "李明宣")
    await db.execute(
        "UPDATE licences_licence SET content=$2 WHERE id=$1", issued.id, seal(altered, place)
    )
    shown = await licences.show(holder, issued.id)
    told = await licences.verify(ANONYMOUS, shown.token)
    assert (told.valid, told.reason, told.licence) == (False, "signature", None)


async def test_the_holder_sees_that_the_licence_was_shown(public, deliver):
    holder, by = await resident(), await officer()
    await seals.ensure_seal(ORG, "演示住房城乡建设局")
    issued = await issue(holder, by)
    await deliver()
    headers = await bearer(holder)
    code = (await public.post(f"/licences/{issued.id}/codes", headers=headers)).json()
    assert code["qr_svg"].startswith("<svg")
    told = await public.post("/licence-verifications", json={"token": code["bar_text"]})
    assert told.json()["valid"] is True
    assert told.json()["holder_masked"] == "李*轩"
    seen = (await public.get("/me/accesses", headers=headers)).json()["items"]
    assert "核验电子证照" in {row["what"] for row in seen}


def test_openssl_verifies_our_sm2_signature(tmp_path):
    from app_server.kernel import sm2

    private, public_key = sm2.make_key()
    data = "公共租赁住房保障资格证".encode()
    raw = bytes.fromhex(sm2.sign(private, public_key, data))
    der = _der(raw)
    # SubjectPublicKeyInfo of an SM2 point: id-ecPublicKey, curve 1.2.156.10197.1.301.
    prefix = bytes.fromhex("3059301306072a8648ce3d020106082a811ccf5501822d034200")
    (tmp_path / "key.der").write_bytes(prefix + bytes.fromhex(public_key))
    (tmp_path / "data").write_bytes(data)
    (tmp_path / "sig").write_bytes(der)
    told = subprocess.run(
        [
            "openssl",
            "pkeyutl",
            "-verify",
            "-pubin",
            "-inkey",
            "key.der",
            "-keyform",
            "DER",
            "-rawin",
            "-digest",
            "sm3",
            "-in",
            "data",
            "-sigfile",
            "sig",
            "-pkeyopt",
            "distid:1234567812345678",
        ],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "Verified Successfully" in told.stdout + told.stderr, told


def _der(raw: bytes) -> bytes:
    def integer(part: bytes) -> bytes:
        body = part.lstrip(b"\0") or b"\0"
        body = b"\0" + body if body[0] & 0x80 else body
        return b"\x02" + bytes([len(body)]) + body

    body = integer(raw[:32]) + integer(raw[32:])
    return b"\x30" + bytes([len(body)]) + body

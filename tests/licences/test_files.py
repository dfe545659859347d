"""A licence's files: OFD with the SM2 seal and PDF with PAdES, kept only when they verify."""

import hashlib
import re
from uuid import UUID

import httpx
import pytest
from asn1crypto import cms
from pypdfium2 import PdfDocument

from app_server.kernel import db
from app_server.kernel.ofd.archive import pack
from app_server.kernel.ofd.reading import open_package
from app_server.kernel.storage import storage
from app_server.licences import service as licences
from app_server.licences.errors import NoSuchFile, NoSuchLicence
from app_server.seals import service as seals
from tests.builders.licences import issued
from tests.builders.people import bearer, resident
from tests.builders.staff import officer


@pytest.fixture
async def made(database, deliver):
    """A holder with a finished licence."""
    holder = await resident()
    told = await issued(holder, await officer())
    await deliver()
    return holder, told.id


async def test_nobody_else_gets_a_file_or_a_picture(made, public):
    holder, licence_id = made
    stranger = await resident()
    for path in ("files/ofd", "files/pdf", "picture"):
        assert (await public.get(f"/licences/{licence_id}/{path}")).status_code == 401
        told = await public.get(f"/licences/{licence_id}/{path}", headers=await bearer(stranger))
        assert told.status_code == 404
    with pytest.raises(NoSuchLicence):
        await licences.file(stranger, licence_id, "ofd")
    with pytest.raises(NoSuchFile):
        await licences.file(holder, licence_id, "exe")


async def test_the_ofd_says_what_the_licence_says_and_its_seal_is_good(made):
    holder, licence_id = made
    data, kind = await licences.file(holder, licence_id, "ofd")
    assert kind == "application/ofd"
    assert (await seals.judge_file(data)).faults == ()
    text = open_package(data).text()
    facts = await licences.licence(holder.subject, licence_id)
    for word in (facts.type_name, facts.identifier, "李明轩", "演示住房城乡建设局"):
        assert word in text.replace("\n", "")


async def test_the_pdf_is_signed_by_the_seal_and_shows_the_same_words(made):
    holder, licence_id = made
    data, _ = await licences.file(holder, licence_id, "pdf")
    told = await seals.judge_pdf(data)
    assert (told.reasons, told.proven) == ((), "record")
    facts = await licences.licence(holder.subject, licence_id)
    text = PdfDocument(data)[0].get_textpage().get_text_bounded()
    assert facts.type_name in text
    assert "李明轩" in text


async def test_each_changed_part_of_the_ofd_is_found(made):
    holder, licence_id = made
    data, _ = await licences.file(holder, licence_id, "ofd")
    parts = dict(open_package(data).parts)
    assert len(parts) > 8
    for name, kept in parts.items():
        for place in (len(kept) // 3, len(kept) // 2):
            bent = bytearray(kept)
            bent[place] ^= 1
            told = await seals.judge_file(pack(parts | {name: bytes(bent)}))
            assert not told.sound, name


async def test_each_changed_byte_of_the_pdf_is_found(made):
    holder, licence_id = made
    data, _ = await licences.file(holder, licence_id, "pdf")
    start, end = (int(n) for n in re.search(rb"/ByteRange \[0 (\d+) (\d+) ", data).groups())
    # Within the hole stands the signature, with certificates that vouch for themselves.
    value = bytes.fromhex(data[start + 1 : end - 1].decode())
    (signer,) = cms.ContentInfo.load(value)["content"]["signer_infos"]
    kept = [signer["signature"].contents, signer["signed_attrs"].contents]
    inside = [start + 1 + 2 * (value.index(part) + 8) for part in kept]
    around = [n for n in range(40, len(data), max(len(data) // 40, 1)) if not start <= n < end]
    assert len(around) > 20
    for place in around + inside:
        bent = bytearray(data)
        bent[place] = bent[place] ^ 1 if place in around else ord("0" if bent[place] > 48 else "1")
        assert not (await seals.judge_pdf(bytes(bent))).sound, place
    assert not (await seals.judge_pdf(data + b"\n% more\n")).sound


async def test_while_the_time_stamp_service_is_down_the_licence_stays_in_the_making(
    database, deliver, simulators
):
    holder = await resident()
    async with httpx.AsyncClient(trust_env=False) as line:
        await line.post(f"{simulators['tsa']}/__faults", json={"down": 1})
        told = await issued(holder, await officer())
        await deliver()
        assert (await licences.licence(holder.subject, told.id)).state == "making"
        await line.post(f"{simulators['tsa']}/__faults", json={"down": 0})
    await db.execute("UPDATE kernel_delivery SET run_at=now() WHERE state='ready'")
    await deliver()
    assert (await licences.licence(holder.subject, told.id)).state == "valid"
    assert await db.value("SELECT count(*) FROM licences_file") == 2


async def test_a_worker_that_lost_its_way_makes_the_missing_file_only(made):
    holder, licence_id = made
    before, _ = await licences.file(holder, licence_id, "ofd")
    await db.execute("UPDATE licences_licence SET state='making' WHERE id=$1", licence_id)
    await db.execute("DELETE FROM licences_file WHERE kind='pdf'")
    await licences.seal_licence(licence_id)
    assert (await licences.licence(holder.subject, licence_id)).state == "valid"
    assert (await licences.file(holder, licence_id, "ofd"))[0] == before
    again, _ = await licences.file(holder, licence_id, "pdf")
    assert (await seals.judge_pdf(again)).proven == "record"


async def test_what_is_kept_has_the_digest_that_is_written_down(made):
    _, licence_id = made
    rows = await db.rows("SELECT * FROM licences_file WHERE licence_id=$1", UUID(str(licence_id)))
    assert {row["kind"] for row in rows} == {"ofd", "pdf"}
    for row in rows:
        kept = await storage().get(row["object_key"])
        assert (hashlib.sha256(kept).hexdigest(), len(kept)) == (row["digest"], row["size"])


async def test_the_picture_carries_its_purpose_and_downloads_are_on_record(made, public):
    holder, licence_id = made
    mine = await bearer(holder)
    told = await public.get(
        f"/licences/{licence_id}/picture", params={"purpose": "子女入学"}, headers=mine
    )
    assert told.headers["content-type"] == "image/png"
    other = await public.get(
        f"/licences/{licence_id}/picture", params={"purpose": "住房补贴"}, headers=mine
    )
    assert told.content.startswith(b"\x89PNG")
    assert told.content != other.content
    file = await public.get(f"/licences/{licence_id}/files/pdf", headers=mine)
    assert file.headers["content-disposition"] == f'attachment; filename="{licence_id}.pdf"'
    seen = await db.rows("SELECT action FROM kernel_audit WHERE owner=$1", holder.subject)
    assert "licences.downloaded" in {row["action"] for row in seen}

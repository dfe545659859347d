"""What people may hand in: several files, PDF made harmless, scanned, promised or reused."""

import asyncio
import hashlib
import io
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import pikepdf
import pytest
from PIL import Image

from app_server.forms import rules, service
from app_server.forms.errors import FileInfected, KindNotTaken, NoCommitment, TooManyFiles
from app_server.forms.models import Paper
from app_server.forms.providers import clamav
from app_server.forms.simulators.clamav import EICAR
from app_server.kernel import clock, db
from app_server.kernel.errors import InvalidInput
from app_server.kernel.principal import Principal
from app_server.kernel.storage import NoSuchObject, storage
from tests.builders.forms import picture, simple_form
from tests.builders.papers import paper, pdf
from tests.builders.people import bearer, resident

TEXT = "我承诺家庭收入情况属实，如有虚假愿承担法律责任。"


async def draft_with(owner: Principal, **more: Any) -> service.DraftFacts:
    """A draft that asks for one paper."""
    material = {"code": "paper", "name": "收入证明", "required": True, "hint": "上传"} | more
    return await service.open_draft(
        service.NewDraft(
            person_id=owner.subject,
            form=await simple_form(),
            subject="TEST",
            subject_name="测试事项",
            materials=[material],
        )
    )


async def test_another_person_adds_no_file_and_gives_no_commitment(public: httpx.AsyncClient):
    draft = await draft_with(await resident(), commitment=TEXT)
    other = await bearer(await resident(name="王芳"))
    address = f"/drafts/{draft.id}/materials/paper"
    sent = await public.post(
        f"{address}/files", headers={**other, "content-type": "image/jpeg"}, content=picture()
    )
    agreed = await public.put(
        f"{address}/commitment", headers=other, json={"agreed": True, "sha256": "0" * 64}
    )
    assert (sent.status_code, agreed.status_code) == (404, 404)
    assert (await public.delete(f"/drafts/{draft.id}", headers=other)).status_code == 404


async def test_several_files_stand_in_order_and_go_one_by_one(public, simulators):
    owner = await resident()
    draft = await draft_with(owner, kinds=["picture", "pdf"], max_files=2)
    headers = await bearer(owner)
    address = f"/drafts/{draft.id}/materials/paper/files"
    for kind, content in (("image/jpeg", picture()), ("application/pdf", pdf(2))):
        sent = await public.post(
            address, headers={**headers, "content-type": kind}, content=content
        )
        assert sent.status_code == 201, sent.text
    files = sent.json()["materials"][0]["files"]
    assert [(f["type"], f["pages"], f["scan"]) for f in files] == [
        ("image/jpeg", 1, "clean"),
        ("application/pdf", 2, "clean"),
    ]
    third = await public.post(
        address, headers={**headers, "content-type": "image/jpeg"}, content=picture(shade=9)
    )
    assert third.json()["code"] == "forms.too_many_files"
    gone = await public.delete(f"{address}/{files[0]['id']}", headers=headers)
    assert gone.json()["materials"][0]["file"]["id"] == files[1]["id"]
    again = await public.delete(f"{address}/{files[0]['id']}", headers=headers)
    assert again.status_code == 404


async def test_of_parallel_files_no_more_are_kept_than_allowed(database, simulators):
    owner = await resident()
    draft = await draft_with(owner, max_files=2)
    results = await asyncio.gather(
        *(
            service.add_file(owner.subject, draft.id, "paper", picture(shade=n), f"{n}")
            for n in range(5)
        ),
        return_exceptions=True,
    )
    assert sum(isinstance(r, TooManyFiles) for r in results) == 3
    kept = (await service.draft(owner.subject, draft.id)).materials[0]
    assert len(kept["files"]) == 2
    assert kept["file"] == kept["files"][0]


async def test_what_acts_in_a_pdf_is_gone_and_the_digest_is_of_what_is_kept(database, simulators):
    came = pdf(active=True)
    assert b"evil.exe" in came or b"JavaScript" in came
    file = await service.keep_file(came, "x.pdf", ["pdf"])
    kept = await storage().get(file["key"])
    assert hashlib.sha256(kept).hexdigest() == file["sha256"]
    with pikepdf.open(io.BytesIO(kept)) as document:
        assert set(document.Root.keys()) == {"/Type", "/Pages"}
        assert not {"/Annots", "/AA"} & set(document.pages[0].obj.keys())
        assert not document.attachments
    for trace in (b"JavaScript", b"app.alert", b"EmbeddedFile"):
        assert trace not in kept


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (pdf(password="secret"), "forms.document_locked"),
        (pdf(51), "forms.document_too_long"),
        (b"%PDF-1.7\n" + b"\0" * 4000, "forms.document_unreadable"),
        (pdf()[:200], "forms.document_unreadable"),
    ],
    ids=["locked", "51 pages", "noise", "half"],
)
async def test_a_pdf_nobody_can_read_is_refused_with_its_reason(public, content, code):
    owner = await resident()
    draft = await draft_with(owner, kinds=["pdf"])
    headers = {**await bearer(owner), "content-type": "application/pdf"}
    reply = await public.put(
        f"/drafts/{draft.id}/materials/paper", headers=headers, content=content
    )
    assert (reply.status_code, reply.json()["code"]) == (422, code)


async def test_the_first_bytes_say_what_a_file_is_not_its_name(database):
    with pytest.raises(KindNotTaken):
        await service.keep_file(pdf(), "照片.jpg", ["picture"])
    with pytest.raises(KindNotTaken):
        await service.keep_file(picture(), "合同.pdf", ["pdf"])


async def test_position_and_device_do_not_survive(database, simulators):
    tags = Image.Exif()
    tags[271] = "SPYCAM"
    came = paper(exif=tags.tobytes())
    assert b"SPYCAM" in came
    kept = await storage().get((await service.keep_picture(came, "x"))["key"])
    assert b"SPYCAM" not in kept


async def test_a_virus_is_refused_and_nothing_is_stored(database, simulators):
    # The test text rides behind a picture, where a decoder never looks.
    with pytest.raises(FileInfected):
        await service.keep_picture(picture(shade=77) + EICAR, "x.jpg")
    clean = await service.keep_picture(picture(shade=78), "x.jpg")
    assert clean["scan"] == "clean"


async def test_a_file_nobody_scanned_is_kept_apart_until_it_was(
    database, simulators, monkeypatch, deliver
):
    monkeypatch.setenv("CLAMAV_ADDRESS", "127.0.0.1:1")
    file = await service.keep_picture(picture(shade=31), "x.jpg")
    infected = await service.keep_picture(picture(shade=133) + EICAR, "y.jpg")
    assert (file["scan"], infected["scan"]) == ("waiting", "waiting")
    with pytest.raises(NoSuchObject):
        await storage().get(file["key"])
    with pytest.raises(clamav.ScannerAway):
        await clamav.is_infected(b"x")
    monkeypatch.delenv("CLAMAV_ADDRESS")
    await deliver()
    assert (await storage().get(file["key"]))[:2] == b"\xff\xd8"
    with pytest.raises(NoSuchObject):
        await storage().get(infected["key"])


async def test_a_commitment_stands_for_the_paper_when_its_very_text_was_agreed_to(public):
    owner = await resident()
    draft, headers = await draft_with(owner, commitment=TEXT), await bearer(owner)
    shown = (await public.get(f"/drafts/{draft.id}", headers=headers)).json()["materials"][0]
    assert shown["commitment"]["text"] == TEXT
    with pytest.raises(NoCommitment):
        await service.agree(owner, draft.id, "paper", "0" * 64)
    given = await public.put(
        f"/drafts/{draft.id}/materials/paper/commitment",
        headers=headers,
        json={"agreed": True, "sha256": shown["commitment"]["sha256"]},
    )
    assert given.json()["materials"][0]["commitment"]["agreed_at"]
    answers = {"name": "李", "address": "谯城区一号", "promise": True}
    await service.save(owner.subject, draft.id, 2, answers)
    assert (await service.draft(owner.subject, draft.id)).checked_for_submission()


async def test_a_valid_paper_is_offered_again_and_an_old_or_doubtful_one_is_not(
    database, simulators
):
    owner = await resident()
    facts: dict[str, Any] = {"library": "LIB-1", "source_class": "A", "valid_days": 30}
    first = await draft_with(owner, **facts)
    await service.put_material(owner.subject, first.id, "paper", picture(), "旧材料")
    await service.mark_used(first.id)
    again = (await draft_with(owner, **facts)).materials[0]
    assert again["file"]["name"] == "旧材料"
    assert again["file"]["reused_from"] == clock.today().isoformat()
    assert (await draft_with(owner, **facts | {"source_class": "C"})).materials[0]["file"] is None
    stranger = await resident(name="王芳")
    assert (await draft_with(stranger, **facts)).materials[0]["file"] is None
    await Paper.all().update(valid_until=clock.today() - timedelta(days=1))
    assert (await draft_with(owner, **facts)).materials[0]["file"] is None
    assert await service.paper_of(owner.subject, "LIB-1") is None


async def test_a_reused_paper_grows_no_younger(database, simulators):
    owner = await resident()
    facts: dict[str, Any] = {"library": "LIB-1", "source_class": "B", "valid_days": 30}
    first = await draft_with(owner, **facts)
    await service.put_material(owner.subject, first.id, "paper", picture(), "材料")
    await service.mark_used(first.id)
    until = clock.today() + timedelta(days=3)
    await Paper.all().update(valid_until=until)
    await service.mark_used((await draft_with(owner, **facts)).id)
    assert (await Paper.get(person_id=owner.subject)).valid_until == until


async def test_a_licence_or_a_registrys_answer_makes_the_paper_needless(database):
    owner = await resident()
    licence = {"name": "居住证", "number": "1.2.3", "as_of": "2026-01-01"}
    draft = await draft_with(owner, licence=licence)
    rules.check_materials(draft.materials)
    with pytest.raises(InvalidInput):
        rules.check_materials((await draft_with(owner)).materials)
    assert service.draft_view(draft).materials[0]["licence"]["name"] == "居住证"


async def test_no_row_of_the_queue_holds_what_stands_on_a_paper(database, simulators):
    owner = await resident()
    draft = await draft_with(owner, ocr=["name"])
    await service.put_material(owner.subject, draft.id, "paper", paper(), "x")
    row = await db.row("SELECT * FROM forms_precheck WHERE draft_id=$1", UUID(str(draft.id)))
    assert row is not None
    assert "李明轩" not in str(dict(row))
    await service.delete_draft(owner.subject, draft.id)
    assert await db.value("SELECT count(*) FROM forms_precheck") == 0

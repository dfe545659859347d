"""文书: ordered with the deed, numbered without holes, real Chinese type, kept under its hash."""

import asyncio
import hashlib
import re
from typing import Any

import httpx

from app_server.cases import service
from app_server.cases.service import documents
from app_server.kernel import clock, db
from app_server.kernel.storage import storage
from tests.builders.cases import approved, desk_of, submitted
from tests.builders.items import UNEMPLOYMENT, catalogue
from tests.builders.people import bearer, resident


def signs(pdf: bytes) -> set[str]:
    """The characters of a PDF's fonts, from their maps to Unicode."""
    found: set[str] = set()
    for part in re.findall(rb"stream\r?\n(.*?)\r?\nendstream", pdf, re.DOTALL):
        if b"begincmap" in part:
            for code in re.findall(rb"<[0-9A-Fa-f]{4}> <([0-9A-Fa-f]{4})>", part):
                found.add(chr(int(code, 16)))
    return found


async def test_a_case_leaves_its_documents_for_applicant_and_officer_and_for_no_stranger(
    public: httpx.AsyncClient, staff_surface: httpx.AsyncClient, deliver: Any
) -> None:
    owner, item = await resident(), (await catalogue())[UNEMPLOYMENT]
    desk = await desk_of(item)
    case_no = await submitted(owner, item)
    await service.accept(desk, case_no, 1)
    await approved(desk, case_no, item, "符合条件")
    address = f"/cases/{case_no}/documents"
    assert (await public.get(address)).status_code == 401
    stranger = await bearer(await resident(name="王芳"))
    assert (await public.get(address, headers=stranger)).status_code == 404
    mine = await bearer(owner)
    making = (await public.get(address, headers=mine)).json()["items"]
    assert {d["state"] for d in making} == {"making"}
    await deliver()
    told = (await public.get(address, headers=mine)).json()["items"]
    year = clock.local(clock.now()).year
    assert [(d["title"], d["number"]) for d in told] == [
        ("受理通知书", f"受字〔{year}〕第1号"),
        ("准予决定书", f"准字〔{year}〕第2号"),
    ]
    seen = await staff_surface.get(address, headers=await bearer(desk))
    assert [d["sha256"] for d in seen.json()["items"]] == [d["sha256"] for d in told]
    root = str(public.base_url).removesuffix("/api/v1/")
    async with httpx.AsyncClient(trust_env=False) as browser:
        reply = await browser.get(root + told[0]["url"])
        spoiled = await browser.get(root + told[0]["url"].replace("s=", "s=0"))
    assert reply.headers["content-type"].startswith("application/pdf")
    assert hashlib.sha256(reply.content).hexdigest() == told[0]["sha256"]
    assert spoiled.status_code in {403, 404}
    assert set("受理通知书李明轩失业登记") <= signs(reply.content)
    facts = await db.value("SELECT string_agg(facts::text, '') FROM cases_document")
    assert "李明轩" not in facts


async def test_made_twice_or_at_once_a_document_is_one_and_numbers_have_no_holes(
    database: None, deliver: Any
) -> None:
    item = (await catalogue())[UNEMPLOYMENT]
    desk = await desk_of(item)
    for name in ("李明轩", "王芳", "赵六"):
        case_no = await submitted(await resident(name=name), item)
        await service.accept(desk, case_no, 1)
    ids = [row["id"] for row in await db.rows("SELECT id FROM cases_document")]
    assert len(ids) == 3
    await asyncio.gather(*(service.make_document(i) for i in ids for _ in range(3)))
    rows = await db.rows("SELECT number, key, sha256 FROM cases_document ORDER BY number")
    assert [row["number"] for row in rows] == [1, 2, 3]
    for row in rows:
        data = await storage().get(row["key"])
        assert hashlib.sha256(data).hexdigest() == row["sha256"]


async def test_every_kind_of_document_has_a_text_and_a_number_word() -> None:
    told = documents.templates()["documents"]
    words = [template["word"] for template in told.values()]
    assert len(set(words)) == len(words)
    assert {
        "acceptance",
        "non_acceptance",
        "correction",
        "special_procedure",
        "extension",
        "approval",
        "refusal",
        "delivery",
        "withdrawal",
    } == set(told)


async def test_a_correction_notice_lists_each_defect_with_ground_reason_and_remedy(
    database: None, deliver: Any
) -> None:
    item = (await catalogue())[UNEMPLOYMENT]
    case_no = await submitted(await resident(), item)
    defect = service.Defect("field", "left_on", "form", "日期与合同不一致", "请按合同填写")
    await service.request_correction(
        await desk_of(item), case_no, 1, reason="请补正", defects=[defect]
    )
    await deliver()
    row = await db.row("SELECT key FROM cases_document WHERE kind='correction'")
    assert row is not None
    pdf = await storage().get(row["key"])
    assert set("一次性告知补正通知书不符合法定形式日期与合同不一致") <= signs(pdf)

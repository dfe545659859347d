"""文书: ordered with the deed, made after it, numbered by organisation and year (R-CAS-17).

The number is given when the paper is made, in a short transaction of its own: the counter's row
is locked for two statements and never while a deed waits for anything, and because number and
document change together there are no holes either.
"""

import asyncio
import hashlib
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any
from uuid import UUID

import orjson

from app_server.cases.errors import NoSuchDocument
from app_server.cases.events import DocumentDue
from app_server.cases.models import Case, Document
from app_server.cases.rules import GROUND_NAMES
from app_server.cases.service.steps import news
from app_server.forms import service as forms
from app_server.kernel import clock, db
from app_server.kernel.ids import uuid7
from app_server.kernel.outbox import announce
from app_server.kernel.paper import Page, render
from app_server.kernel.storage import storage
from auth.people import service as people

DATA = Path(__file__).parents[1] / "data" / "documents.json"
ADDRESS_SECONDS = 300
PDF = "application/pdf"


@lru_cache(maxsize=1)
def templates() -> dict[str, Any]:
    """The texts of all documents, as data."""
    found: dict[str, Any] = orjson.loads(DATA.read_bytes())
    return found


def order_document(case: Case, kind: str, **facts: Any) -> None:
    """Have a document made, in the deed's unit of work; facts hold no personal data."""
    document_id, now = uuid7(), clock.now()
    told = {
        "item_name": case.item_name,
        "department": case.department,
        "applied_on": _day(case.submitted_at),
        "accepted_on": _day(case.accepted_at),
        "case_due_on": case.due_on.isoformat() if case.due_on else "",
        **facts,
    }
    db.needed().add(
        "cases_document",
        {
            "id": document_id,
            "case_id": case.id,
            "case_no": case.case_no,
            "kind": kind,
            "org": case.org,
            "facts": told,
            "state": "making",
            "sha256": "",
            "key": "",
            "created_at": now,
        },
    )
    announce(DocumentDue(**news(case), document_id=document_id))


async def make_document(document_id: UUID) -> None:
    """Number, render and store a document; twice makes one."""
    document = await Document.get(id=document_id)
    if document.state == "ready":
        return
    year, number = await _numbered(document)
    case = await Case.get(id=document.case_id, case_no=document.case_no)
    page = await _page(document, case, year, number)
    data = await asyncio.to_thread(render, page)
    digest = hashlib.sha256(data).hexdigest()
    key = f"cases/documents/{digest}.pdf"
    await storage().put(key, data, PDF)
    await Document.filter(id=document_id, state="making").update(
        state="ready", sha256=digest, key=key, made_at=clock.now()
    )


async def _numbered(document: Document) -> tuple[int, int]:
    async with db.unit_of_work():
        held = await Document.filter(id=document.id).select_for_update().get()
        if held.number is not None and held.year is not None:
            return held.year, held.number
        year = clock.local(held.created_at).year
        number: int = await db.value(
            "INSERT INTO cases_document_number (id, given) VALUES ($1, 1) "
            "ON CONFLICT (id) DO UPDATE SET given = cases_document_number.given + 1 "
            "RETURNING given",
            f"{held.org}:{year}",
        )
        await Document.filter(id=held.id).update(year=year, number=number)
    return year, number


async def _page(document: Document, case: Case, year: int, number: int) -> Page:
    template = templates()["documents"][document.kind]
    words = await _words(document, case)
    lines = (line.format_map(words) for line in template["text"])
    return Page(
        issuer=case.department,
        title=template["title"],
        number=document_number(document.kind, year, number),
        addressee=words["applicant"],
        paragraphs=tuple(p for line in lines for p in line.split("\n") if p.strip()),
        day=_day(document.created_at),
        made_at=clock.local(document.created_at),
        footer=f"办件编号：{case.case_no}",
    )


def document_number(kind: str, year: int, number: int) -> str:
    """As it stands on the paper, e.g. 受字〔2026〕第12号."""
    return f"{templates()['documents'][kind]['word']}〔{year}〕第{number}号"


class _Told(dict[str, Any]):
    def __missing__(self, key: str) -> str:
        return ""


async def _words(document: Document, case: Case) -> dict[str, Any]:
    facts = document.facts
    name = case.applicant
    if case.organisation_id is None:
        name = (await people.person(case.person_id)).name
    due = facts.get("case_due_on", "")
    return _Told(
        facts
        | {
            "applicant": name,
            "appeal": templates()["appeal"],
            "items_text": await _items_text(case, facts.get("items", [])),
            "due_text": f"本机关承诺于{due}前办结。" if due else "",
            "deemed_text": "本机关五个工作日内未告知需要补正，依法自收到之日起视为受理。"
            if facts.get("deemed")
            else "",
        }
    )


async def _items_text(case: Case, items: list[dict[str, str]]) -> str:
    form = await forms.form(case.form_code, case.form_version)
    titles = {name: p.get("title", name) for name, p in form.schema["properties"].items()}
    names = {m["code"]: m["name"] for m in case.materials}
    lines = []
    for number, item in enumerate(items, 1):
        called = {"field": titles, "material": names}.get(item["kind"], {}).get(item["code"])
        how = f"补正方法：{item['how']}" if item["how"] else ""
        ground = GROUND_NAMES[item["ground"]]
        text = f"{number}．{called or item['code']}（{ground}）：{item['explanation']}。{how}"
        lines.append(text.replace("。。", "。"))
    return "\n".join(lines)


@dataclass(frozen=True, slots=True)
class DocumentFacts:
    """A document as applicant and officer see it; `url` reads it for five minutes."""

    id: UUID
    kind: str
    title: str
    number: str
    state: str
    sha256: str
    created_at: datetime
    url: str


async def documents_of(case_id: UUID) -> list[DocumentFacts]:
    """The documents of a case the caller may read, oldest first."""
    return [_facts(d) for d in await Document.filter(case_id=case_id).order_by("id")]


async def document_bytes(case_id: UUID, document_id: UUID) -> bytes:
    """The PDF itself; raises `NoSuchDocument` while it is being made, too."""
    found = await Document.get_or_none(id=document_id, case_id=case_id, state="ready")
    if found is None:
        raise NoSuchDocument
    return await storage().get(found.key)


def _facts(document: Document) -> DocumentFacts:
    ready = document.state == "ready" and document.year and document.number
    return DocumentFacts(
        id=document.id,
        kind=document.kind,
        title=templates()["documents"][document.kind]["title"],
        number=document_number(document.kind, document.year or 0, document.number or 0)
        if ready
        else "",
        state=document.state,
        sha256=document.sha256,
        created_at=document.created_at,
        url=storage().url(document.key, seconds=ADDRESS_SECONDS, content_type=PDF) if ready else "",
    )


def _day(at: datetime | None) -> str:
    return f"{clock.local(at):%Y年%m月%d日}" if at else ""

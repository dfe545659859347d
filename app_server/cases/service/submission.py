"""Handing in: reads first, then case, step, record, event and timer in one statement."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg
import orjson

from app_server.cases import rules
from app_server.cases.errors import AlreadyRunning, FormChanged, NotOnline, NumbersExhausted
from app_server.cases.events import CaseSubmitted
from app_server.cases.rules import originals
from app_server.cases.service import numbers, proofs, supplying
from app_server.cases.service.admission import may_apply
from app_server.cases.service.capacity import Filer, checked_act
from app_server.cases.service.reading import Standing
from app_server.cases.service.steps import by_whom, channel_name, timeline_entry
from app_server.forms import service as forms
from app_server.forms.errors import DraftUsed
from app_server.items import service as items
from app_server.kernel import audit, clock, db, idempotency, regions, schedule, working_days
from app_server.kernel.crypto import seal
from app_server.kernel.ids import uuid7
from app_server.kernel.outbox import announce
from app_server.kernel.principal import Principal
from auth.people import service as people

TRIES = 5
SILENCE = "cases.silence"


@dataclass(frozen=True, slots=True)
class Proven:
    """The proof an application needs of its own (R-ID-15), and the content it must cover."""

    digest: str
    proof: str | None


async def submit(
    principal: Principal, draft_id: UUID, act_proof: str | None = None, *, held_for: str = ""
) -> Standing:
    """Turn a draft into a case; answers how it stands.

    Raises `NoSuchDraft`, `DraftUsed`, `ItemTierTooLow`, `IdentityLapsed`, `FormChanged`,
    `AlreadyRunning`, `InvalidInput` with one message per field or material, and `ActProofNeeded`
    where the application needs a proof of its own: the draft stays as it is. For an organisation
    also `ActingEnded`, `OrganisationLapsed`, `BeyondDelegation`, `LevelTooLow`.
    """
    draft = await forms.draft(principal.subject, draft_id, held_for)
    if draft.used:
        raise DraftUsed
    item = await items.published(draft.subject)
    filer = await may_apply(principal, item)
    if not item.form_code:
        raise NotOnline
    if item.form_code != draft.form.code:
        raise FormChanged
    data = draft.checked_for_submission()
    calendar = await working_days.calendar()
    wanted = None
    if checked_act(filer, item, data):
        form = (draft.form.code, draft.form.version)
        wanted = Proven(proofs.digest_of(item, form, data, draft.materials), act_proof)
    by = (by_whom(filer is not None), channel_name(principal))
    row = _row(draft, item, data, by)
    # At a window the papers lie before the officer.
    if principal.channel != "window" and (papers := originals.wanted(item)):
        row["handling"] = row["handling"] | {"originals": {"state": "awaited", "list": papers}}
        row["timeline"][0]["note"] = originals.WAITS
    row |= filer.columns if filer else await _themselves(principal.subject, draft, data)
    for _ in range(TRIES):
        silence_at = rules.silence_ends(calendar, clock.today())
        row |= {
            "id": uuid7(),
            "case_no": await numbers.draw(item.region, clock.today()),
            "silence_on": (
                None
                if originals.awaited(row["handling"])
                else (clock.local(silence_at) - timedelta(days=1)).date()
            ),
        }
        if await _written(principal, row, silence_at, wanted, filer):
            return _standing(row)
        numbers.forget()
    raise NumbersExhausted


async def _themselves(
    person_id: UUID, draft: forms.DraftFacts, data: dict[str, Any]
) -> dict[str, Any]:
    """The masked name: out of the form where an authority put it there, else asked for."""
    if "name" in draft.sources and isinstance(data.get("name"), str):
        name = people.masked_name(data["name"])
    else:
        name = await people.display_name(person_id)
    return {"organisation_id": None, "delegation_id": None, "applicant": name}


def _standing(row: dict[str, Any]) -> Standing:
    """The case as its reader would find it, without asking for it again."""
    absent = dict.fromkeys(("outcome", "accepted_at", "due_on", "correction", "bill", "licence_id"))
    papers = row["handling"].get("originals", {}).get("state")
    timeline = orjson.dumps(row["timeline"])
    return Standing(absent | row | {"timeline": timeline, "papers": papers}, None)


async def _running(owner: UUID, item_code: str) -> str | None:
    found: str | None = await db.value(
        "SELECT case_no FROM cases_register WHERE owner=$1 AND item_code=$2 AND running",
        owner,
        item_code,
    )
    return found


def _row(
    draft: forms.DraftFacts, item: items.ItemFacts, data: dict[str, Any], by: tuple[str, str]
) -> dict[str, Any]:
    now = clock.now()
    promise = item.promise_limit
    return {
        "draft_id": draft.id,
        "person_id": draft.person_id,
        "item_code": item.code,
        "item_version": item.version,
        "item_name": item.name,
        "item_type": item.item_type,
        "region": item.region,
        "city_code": regions.city_of(item.region),
        "org": item.org,
        "department": item.department,
        "form_code": draft.form.code,
        "form_version": draft.form.version,
        "data": seal(orjson.dumps(data).decode(), "cases_case.data"),
        "sources": draft.sources,
        "materials": draft.materials,
        "state": "submitted",
        "timeline": [timeline_entry("submitted", by[0], "", now, channel=by[1])],
        "corrections": 0,
        "fee_fen": item.fee_fen,
        "limit_days": promise.days if promise else None,
        "limit_unit": promise.unit if promise else "workday",
        "submitted_at": now,
        "received_at": now,
        "due_provisional": False,
        "version": 1,
        "handling": {"missing": draft.missing} if draft.missing else {},
    }


async def _written(
    principal: Principal,
    row: dict[str, Any],
    silence_at: datetime,
    wanted: Proven | None,
    filer: Filer | None,
) -> bool:
    """Write everything at once; False when the number was taken and another must be drawn."""
    try:
        # A proof is used up by an update: then it is a whole transaction, else one statement.
        async with db.unit_of_work() if wanted else db.single_statement() as uow:
            idempotency.claim()
            if wanted:
                await _prove(principal, row, wanted)
            uow.add("cases_case", row)
            uow.add("cases_step", _first_step(principal, row))
            audit.record(
                principal,
                "cases.submitted",
                f"case:{row['case_no']}",
                owner=row["person_id"],
                **(filer.facts if filer else {}),
            )
            if not originals.awaited(row["handling"]):
                schedule.later(
                    SILENCE,
                    f"case:{row['id']}",
                    silence_at,
                    case_no=row["case_no"],
                    received=row["received_at"].isoformat(),
                )
            # What was proved by an act of its own is not added to.
            if row["handling"] and not wanted:
                supplying.ask_later(row["id"], row["case_no"], 0)
            announce(CaseSubmitted(**_news(row), draft_id=row["draft_id"]))
    except asyncpg.UniqueViolationError as error:
        # Only these three are expected; anything else (a doubled idempotency key) goes up.
        match error.constraint_name or "":
            case "cases_register_running":
                owner = row["organisation_id"] or row["person_id"]
                number = await _running(owner, row["item_code"])
                raise AlreadyRunning(case_no=number) from error
            case "cases_register_draft_id_key":
                raise DraftUsed from error
            case "cases_register_pkey":
                return False
        raise
    return True


async def _prove(principal: Principal, row: dict[str, Any], wanted: Proven) -> None:
    facts = await proofs.consume(
        principal, proofs.SUBMIT, str(row["draft_id"]), wanted.digest, wanted.proof
    )
    row["evidence_head"] = proofs.append(row["id"], row["city_code"], 1, proofs.SUBMIT, facts, "")


def _first_step(principal: Principal, row: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": uuid7(),
        "city_code": row["city_code"],
        "case_id": row["id"],
        "move": "submit",
        "from_state": "",
        "to_state": "submitted",
        "actor": principal.ref,
        "note": "",
        "at": row["submitted_at"],
    }


def _news(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "case_id": row["id"],
        **{
            name: row[name] for name in ("case_no", "person_id", "item_code", "item_name", "region")
        },
    }

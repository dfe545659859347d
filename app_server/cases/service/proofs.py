"""Tier 3 inside a case (R-ID-14…16): what needs it, what the proof covers, what is kept of it.

A proof covers the exact content: item, form, answers and pictures. What it leaves behind is a
chain of entries in the case file, each bound to the one before by a keyed digest, and its head in
the case itself: an entry that is altered, removed or added later breaks the chain.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import orjson

from app_server.forms import service as forms
from app_server.items import service as items
from app_server.kernel import db
from app_server.kernel.crypto import blind_index, same, sm3
from app_server.kernel.ids import uuid7
from app_server.kernel.principal import Principal
from auth.identity import service as identity

SUBMIT = "cases.submit"
CORRECT = "cases.correct"
identity.name_act(SUBMIT, "提交办件申请")
identity.name_act(CORRECT, "提交办件补正")


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a case's evidence."""

    seq: int
    kind: str
    facts: dict[str, Any]
    previous: str
    hash: str


@dataclass(frozen=True, slots=True)
class Chain:
    """A case's evidence, and whether it still is what was written."""

    entries: tuple[Entry, ...]
    intact: bool


def digest_of(
    item: items.ItemFacts,
    form: tuple[str, int],
    data: Mapping[str, Any],
    materials: Sequence[Mapping[str, Any]],
) -> str:
    """SM3 over the canonical content: equal content is equal text, whatever its order was."""
    files = [[m["code"], *_standing(m)] for m in materials]
    told = [item.code, item.version, *form, dict(data), sorted(files, key=str)]
    return sm3(orjson.dumps(told, option=orjson.OPT_SORT_KEYS)).hex()


def _standing(material: Mapping[str, Any]) -> list[Any]:
    """What stands for a material: its files in their order, or what makes them needless."""
    instead = [material[way] for way in ("licence", "fetched", "committed") if material.get(way)]
    return [*(file["key"] for file in forms.files_of(material)), *instead]


async def consume(
    principal: Principal, act: str, about: str, digest: str, proof: str | None
) -> dict[str, Any]:
    """Use a proof up in the caller's unit of work; answers what is kept of it.

    Raises `ActProofNeeded` (401, tier 3, with the act): what was filled in stays as it is.
    """
    used = await identity.consume_act_proof(principal, act, about, digest, proof)
    return {
        "who": str(used.subject_id),
        "act": used.act,
        "about": used.about,
        "digest": used.digest,
        "nonce": used.nonce,
        "method": used.method,
        "ground": used.facts,
        "proven_at": used.proven_at.isoformat(),
        "used_at": used.used_at.isoformat(),
        "proof_id": str(used.id),
        "proof_hash": used.proof_hash,
        "attendance": "等同现场办理",
    }


def _hash(case_id: UUID, seq: int, kind: str, facts: Mapping[str, Any], previous: str) -> str:
    told = [str(case_id), seq, kind, dict(facts), previous]
    text = orjson.dumps(told, option=orjson.OPT_SORT_KEYS).decode()
    return blind_index(text, "cases.evidence")


def append(
    case_id: UUID, city_code: str, seq: int, kind: str, facts: dict[str, Any], previous: str
) -> str:
    """Add an entry in the current unit of work; answers the chain's new head."""
    head = _hash(case_id, seq, kind, facts, previous)
    db.needed().add(
        "cases_evidence",
        {
            "id": uuid7(),
            "city_code": city_code,
            "case_id": case_id,
            "seq": seq,
            "kind": kind,
            "facts": facts,
            "previous": previous,
            "hash": head,
        },
    )
    return head


async def chain_of(case_id: UUID, head: str | None) -> Chain | None:
    """The evidence of a case, verified; None where no tier 3 act belongs to it."""
    rows = await db.rows(
        "SELECT seq, kind, facts, previous, hash FROM cases_evidence WHERE case_id=$1 ORDER BY seq",
        case_id,
    )
    if not rows and head is None:
        return None
    entries = tuple(
        Entry(r["seq"], r["kind"], orjson.loads(r["facts"]), r["previous"], r["hash"]) for r in rows
    )
    return Chain(entries, is_intact(case_id, entries, head or ""))


def is_intact(case_id: UUID, entries: Sequence[Entry], head: str) -> bool:
    """Whether every entry follows from the one before, from the first to the head."""
    previous = ""
    for seq, entry in enumerate(entries, 1):
        expected = _hash(case_id, seq, entry.kind, entry.facts, previous)
        if entry.seq != seq or entry.previous != previous or not same(entry.hash, expected):
            return False
        previous = entry.hash
    return same(previous, head)

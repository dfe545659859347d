"""Evidence and the tier reckoned from it; a tier is never stored (R-ID-11)."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import orjson

from app_server.kernel import audit, clock, db
from app_server.kernel.crypto import blind_index, same, sm3
from app_server.kernel.ids import uuid7
from app_server.kernel.outbox import announce
from app_server.kernel.principal import Principal
from auth.identity.events import EvidenceAdded
from auth.identity.models import Evidence
from auth.identity.rules import Standing, reckoned_tier
from auth.identity.service.falls import tell_fall
from auth.identity.service.means import means_in_use
from auth.identity.service.reviews import disagreement, open_review


@dataclass(frozen=True, slots=True)
class Proof:
    """What is known about one proof besides its source.

    `said_name` is the name the source vouched for; only its keyed index is kept, to be compared
    with the other sources' (R-ID-38). `facts` say what was compared and how well, never the
    compared values themselves.
    """

    said_name: str = ""
    window: str = ""
    region: str = ""


async def add_evidence(
    principal: Principal, person_id: UUID, source: str, proof: Proof = Proof(), **facts: Any
) -> UUID | None:
    """Add evidence about a person; raises `NoSuchMeans`, `MeansDisabled`.

    None when the source names the person otherwise than an earlier one did: then nothing is
    added and the person stands under review (R-ID-38).
    """
    return await add_subject_evidence(principal, "person", person_id, source, proof, **facts)


async def add_subject_evidence(
    principal: Principal, kind: str, subject_id: UUID, source: str, proof: Proof, **facts: Any
) -> UUID | None:
    """Add evidence about a subject of any kind; see `add_evidence`."""
    means = await means_in_use(source, kind)
    index = blind_index(proof.said_name, "identity.name") if proof.said_name else ""
    row: dict[str, Any] = {
        "id": uuid7(),
        "subject_kind": kind,
        "subject_id": subject_id,
        "source": source,
        "verified_at": clock.now(),
        "expires_at": clock.now() + means.holds if means.holds else None,
        "by": principal.ref,
        "window": proof.window,
        "region": proof.region,
        "name_index": index,
        "facts": facts,
    }
    async with db.unit_of_work():
        # Two means answering at once must see each other.
        await db.lock(f"identity.evidence:{subject_id}")
        if index and (against := await disagreement(kind, subject_id, index)):
            await open_review(kind, subject_id, source, against)
            return None
        await Evidence.create(**row, digest=digest_of(row))
        owner = subject_id if kind == "person" else None
        audit.record(principal, "identity.evidence_added", f"evidence:{row['id']}", owner=owner)
        announce(
            EvidenceAdded(
                subject_kind=kind, subject_id=subject_id, source=source, tier=means.source.tier
            )
        )
    evidence_id: UUID = row["id"]
    return evidence_id


_HASHED = ("id", "subject_kind", "subject_id", "source", "by", "window", "region", "name_index")


def digest_of(row: dict[str, Any]) -> str:
    """SM3 over the canonical facts of an evidence row."""
    times = [
        at.isoformat(timespec="milliseconds") if (at := row[name]) else ""
        for name in ("verified_at", "expires_at")
    ]
    told = [*(str(row[name]) for name in _HASHED), *times, row["facts"]]
    return sm3(orjson.dumps(told, option=orjson.OPT_SORT_KEYS, default=str)).hex()


def is_intact(row: Evidence) -> bool:
    """Whether the row still says what it said when it was added."""
    told = {name: getattr(row, name) for name in (*_HASHED, "verified_at", "expires_at", "facts")}
    return same(row.digest, digest_of(told))


async def revoke_evidence(principal: Principal, evidence_id: UUID, reason: str) -> None:
    """Let a proof count no longer; tokens of the subject are looked at again at once."""
    async with db.unit_of_work():
        row = await Evidence.select_for_update().get(id=evidence_id)
        if row.revoked_at is not None:
            return
        row.revoked_at, row.revoked_by, row.revoked_for = clock.now(), principal.ref, reason
        await row.save(update_fields=["revoked_at", "revoked_by", "revoked_for"])
        audit.record(
            principal,
            "identity.evidence_revoked",
            f"evidence:{row.id}",
            owner=row.subject_id if row.subject_kind == "person" else None,
            purpose=reason,
        )
        tell_fall(row.subject_kind, row.subject_id, "revoked")


async def evidence_of(subject_id: UUID, kind: str = "person") -> list[Evidence]:
    """The live evidence of a subject, newest first."""
    now = clock.now()
    rows = await Evidence.filter(
        subject_id=subject_id, subject_kind=kind, revoked_at=None
    ).order_by("-verified_at")
    return [row for row in rows if row.expires_at is None or row.expires_at > now]


# Evidence and all that stands against it, in one round trip: every token asks this.
_STANDING = """
SELECT coalesce((SELECT json_agg(source) FROM identity_evidence
    WHERE subject_id = $1 AND subject_kind = 'person' AND revoked_at IS NULL
      AND (expires_at IS NULL OR expires_at > $2)), '[]') AS sources,
  s.life, s.valid_until,
  EXISTS (SELECT 1 FROM identity_review r WHERE r.subject_id = $1
    AND r.subject_kind = 'person' AND r.state <> 'resolved') AS under_review
FROM (SELECT 1) AS one LEFT JOIN identity_standing s ON s.person_id = $1
"""


async def standing_of(person_id: UUID) -> tuple[list[str], Standing]:
    """The sources of a person's live evidence, and what stands against them."""
    row = await db.row(_STANDING, person_id, clock.now())
    if row is None:
        return [], Standing()
    return (
        orjson.loads(row["sources"]),
        Standing(row["life"] or "alive", row["valid_until"], row["under_review"]),
    )


async def tier_and_lapse(person_id: UUID) -> tuple[int, str]:
    """The tier of a person now, and why they may not file (empty: they may)."""
    sources, standing = await standing_of(person_id)
    today = clock.today()
    return reckoned_tier(sources, standing, today), standing.lapse(today)


async def tier_of_person(person_id: UUID) -> int:
    """The tier of a person now (R-ID-11: evidence that ran out does not count)."""
    sources, standing = await standing_of(person_id)
    return reckoned_tier(sources, standing, clock.today())

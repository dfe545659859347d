"""Evidence and the tier reckoned from it."""

from typing import Any
from uuid import UUID

import orjson

from app_server.kernel import audit, clock, db
from app_server.kernel.crypto import sm3
from app_server.kernel.outbox import announce
from app_server.kernel.principal import Principal
from auth.identity.events import EvidenceAdded, EvidenceRevoked
from auth.identity.models import Evidence
from auth.identity.rules import SOURCES, tier_of


async def add_evidence(principal: Principal, person_id: UUID, source: str, **facts: Any) -> UUID:
    """Add evidence from a known source; raises `KeyError` for an unknown one.

    `facts` say what was compared and how well, never the compared values themselves.
    """
    kind = SOURCES[source]
    now = clock.now()
    async with db.unit_of_work():
        row = await Evidence.create(
            person_id=person_id,
            source=source,
            verified_at=now,
            expires_at=now + kind.holds if kind.holds else None,
            by=principal.ref,
            digest=sm3(orjson.dumps([str(person_id), source, now, facts], default=str)).hex(),
            facts=facts,
        )
        audit.record(principal, "identity.evidence_added", f"evidence:{row.id}", owner=person_id)
        announce(EvidenceAdded(person_id=person_id, source=source, tier=kind.tier))
    return row.id


async def revoke_evidence(principal: Principal, evidence_id: UUID, reason: str) -> None:
    """Let a proof count no longer; the tier falls with the next token."""
    async with db.unit_of_work():
        row = await Evidence.select_for_update().get(id=evidence_id)
        if row.revoked_at is not None:
            return
        row.revoked_at = clock.now()
        await row.save(update_fields=["revoked_at"])
        audit.record(
            principal,
            "identity.evidence_revoked",
            f"evidence:{row.id}",
            owner=row.person_id,
            purpose=reason,
        )
        announce(EvidenceRevoked(person_id=row.person_id, source=row.source))


async def evidence_of(person_id: UUID) -> list[Evidence]:
    """The live evidence of a person, newest first."""
    now = clock.now()
    rows = await Evidence.filter(person_id=person_id, revoked_at=None).order_by("-verified_at")
    return [row for row in rows if row.expires_at is None or row.expires_at > now]


async def tier_of_person(person_id: UUID) -> int:
    """The tier of a person now (R-ID-11: evidence that ran out does not count)."""
    return tier_of([row.source for row in await evidence_of(person_id)])

"""Cross-verification: two means that disagree on a name put the subject under review (R-ID-38).

Fail closed: the tier is at most 1 until two officers, one proposing and another deciding, have
looked at it; nothing is merged meanwhile.
"""

from typing import Any
from uuid import UUID

from app_server.kernel import audit, clock, db
from app_server.kernel.errors import Conflict
from app_server.kernel.principal import Principal
from auth.identity.errors import AnotherOfficerNeeded, NoSuchReview, UnderReview
from auth.identity.models import Evidence, Review
from auth.identity.rules import REVIEW_EDGES, checked_edge
from auth.identity.service.falls import tell_fall

__all__ = [
    "Review",
    "decide",
    "disagreement",
    "must_not_be_under_review",
    "open_review",
    "propose_outcome",
    "reviews",
]

PAGE = 30


async def disagreement(kind: str, subject_id: UUID, name_index: str) -> str:
    """The source that named this subject otherwise, or an empty text."""
    found = await db.value(
        "SELECT source FROM identity_evidence WHERE subject_id=$1 AND subject_kind=$2 "
        "AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > $3) "
        "AND name_index NOT IN ('', $4) ORDER BY verified_at LIMIT 1",
        subject_id,
        kind,
        clock.now(),
        name_index,
    )
    return str(found or "")


async def open_review(kind: str, subject_id: UUID, source: str, against: str) -> UUID:
    """Put a subject under review in the caller's unit of work; one open review at a time."""
    held = await Review.filter(
        subject_id=subject_id, subject_kind=kind, state__in=("open", "proposed")
    ).first()
    if held is not None:
        return held.id
    row = await Review.create(
        subject_kind=kind,
        subject_id=subject_id,
        source=source,
        against=against,
        opened_at=clock.now(),
    )
    tell_fall(kind, subject_id, "under_review")
    return row.id


async def must_not_be_under_review(subject_id: UUID, kind: str = "person") -> None:
    """Raise `UnderReview` while two means disagree: identities are not joined then."""
    if await Review.filter(
        subject_id=subject_id, subject_kind=kind, state__in=("open", "proposed")
    ).exists():
        raise UnderReview


async def reviews(state: str, before: UUID | None) -> list[Review]:
    """One page of reviews, newest first."""
    query = Review.filter(state=state) if state else Review.all()
    if before is not None:
        query = query.filter(id__lt=before)
    return await query.order_by("-id").limit(PAGE)


async def propose_outcome(
    officer: Principal, review_id: UUID, version: int, *, outcome: str, reason: str
) -> Review:
    """The first officer proposes: `dismiss` (one and the same person) or `revoke`.

    `revoke` takes back the evidence that the review stands against. Raises `NoSuchReview`,
    `NotInThisState`, `Conflict`.
    """
    return await _moved(
        officer,
        review_id,
        version,
        "proposed",
        outcome=outcome,
        reason=reason,
        proposed_by=officer.ref,
        proposed_by_name=officer.name,
        proposed_at=clock.now(),
    )


async def decide(officer: Principal, review_id: UUID, version: int, *, agree: bool) -> Review:
    """Another officer decides: the proposal holds, or the review is open again.

    Raises `NoSuchReview`, `NotInThisState`, `AnotherOfficerNeeded`, `Conflict`.
    """
    async with db.unit_of_work():
        row = await _one(review_id)
        if row.state == "proposed" and row.proposed_by == officer.ref:
            raise AnotherOfficerNeeded
        if not agree:
            nobody = {"outcome": "", "proposed_by": "", "proposed_by_name": ""}
            return await _moved(officer, review_id, version, "open", **nobody)
        done = await _moved(
            officer,
            review_id,
            version,
            "resolved",
            resolved_by=officer.ref,
            resolved_at=clock.now(),
        )
        if row.outcome == "revoke":
            await _revoke_what_was_doubted(officer, row)
        tell_fall(row.subject_kind, row.subject_id, "reviewed")
    return done


async def _revoke_what_was_doubted(officer: Principal, row: Review) -> None:
    await Evidence.filter(
        subject_id=row.subject_id,
        subject_kind=row.subject_kind,
        source=row.against,
        revoked_at=None,
    ).update(
        revoked_at=clock.now(), revoked_by=officer.ref, revoked_for=f"核查：{row.reason}"[:200]
    )


async def _one(review_id: UUID) -> Review:
    row = await Review.get_or_none(id=review_id)
    if row is None:
        raise NoSuchReview
    return row


async def _moved(
    officer: Principal, review_id: UUID, version: int, to: str, **changes: Any
) -> Review:
    async with db.unit_of_work():
        row = await _one(review_id)
        checked_edge(REVIEW_EDGES, row.state, to)
        moved = await Review.filter(id=review_id, state=row.state, version=version).update(
            state=to, version=version + 1, **changes
        )
        if not moved:
            raise Conflict
        audit.record(
            officer,
            f"identity.review_{to}",
            f"review:{review_id}",
            owner=row.subject_id if row.subject_kind == "person" else None,
            purpose=str(changes.get("reason", "")),
        )
    return await _one(review_id)

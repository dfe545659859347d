"""Tier 3: proved for one act, by one of several methods, used once (R-ID-14).

A challenge names person, act, what it is about and the digest of what is approved. A method
proves it; the answer is a secret that the command consumes in its own unit of work. Signing in
never gives one, and the methods are a list anybody may add to: `offer_method`.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

import orjson
from tortoise.exceptions import IntegrityError

from app_server.kernel import audit, clock, db
from app_server.kernel.crypto import blind_index
from app_server.kernel.principal import Principal
from auth.identity.errors import (
    ActNotProven,
    ActOver,
    ActProofNeeded,
    NoSuchAct,
    NoSuchMethod,
)
from auth.identity.models import ActProof
from auth.identity.rules import ACT_EDGES, ACT_LIFE, ACT_TRIES, checked_edge
from auth.identity.service.reviews import must_not_be_under_review
from auth.identity.service.standing import needs_valid_identity


@dataclass(frozen=True, slots=True)
class Ground:
    """What a method found: what it rests on (serves once), and facts for the record."""

    basis: UUID | None = None
    facts: dict[str, Any] = field(default_factory=dict)
    at: datetime | None = None


class ActMethod(Protocol):
    """One way to prove an act."""

    code: str
    name: str
    face: bool

    async def obstacle(self, person_id: UUID) -> str:
        """Why this person cannot use it, in words they read; empty when it is open to them."""

    async def prove(
        self, principal: Principal, challenge: ActProof, given: dict[str, str]
    ) -> Ground:
        """Check what was given against the challenge; raises `ActNotProven`."""


@dataclass(frozen=True, slots=True)
class MethodView:
    """A method as a person chooses it."""

    code: str
    name: str
    face: bool
    obstacle: str


@dataclass(frozen=True, slots=True)
class UsedProof:
    """The evidence bundle of a used proof (R-ID-16): who, what, when, by what, and its hash."""

    id: UUID
    subject_id: UUID
    act: str
    about: str
    digest: str
    nonce: str
    method: str
    facts: dict[str, Any]
    proven_at: datetime
    used_at: datetime
    proof_hash: str


METHODS: dict[str, ActMethod] = {}
ACT_NAMES: dict[str, str] = {}


def offer_method(method: ActMethod) -> None:
    """Add a method to the list."""
    METHODS[method.code] = method


def name_act(act: str, name: str) -> None:
    """Say what people read for an act (contexts above do, at import)."""
    ACT_NAMES[act] = name


def act_name(act: str) -> str:
    """What people read for an act."""
    return ACT_NAMES.get(act, act)


async def methods_for(person_id: UUID) -> list[MethodView]:
    """Every method, with what keeps this person from it; there is always one without a face."""
    return [
        MethodView(m.code, m.name, m.face, await m.obstacle(person_id)) for m in METHODS.values()
    ]


async def open_act(principal: Principal, act: str, about: str, digest: str) -> ActProof:
    """A fresh challenge; raises `NoSuchAct`, `IdentityLapsed`, `UnderReview`."""
    if act not in ACT_NAMES:
        raise NoSuchAct
    await needs_valid_identity(principal)
    await must_not_be_under_review(principal.subject)
    now = clock.now()
    return await ActProof.create(
        subject_id=principal.subject,
        act=act,
        about=about,
        digest=digest,
        nonce=secrets.token_urlsafe(32),
        created_at=now,
        expires_at=now + ACT_LIFE,
    )


async def challenge(principal: Principal, proof_id: UUID) -> ActProof:
    """One's own challenge; raises `NoSuchAct`."""
    row = await ActProof.get_or_none(id=proof_id, subject_id=principal.subject)
    if row is None:
        raise NoSuchAct
    return row


async def open_challenge(principal: Principal, proof_id: UUID) -> ActProof:
    """One's own challenge while it can still be proved; raises `NoSuchAct`, `ActOver`."""
    row = await challenge(principal, proof_id)
    if row.state != "open" or row.expires_at <= clock.now():
        raise ActOver
    return row


def check_named(given: dict[str, str]) -> UUID:
    """The check that is to prove an act; raises `ActNotProven`."""
    try:
        return UUID(given.get("check_id", ""))
    except ValueError as error:
        raise ActNotProven(reason="no_check") from error


async def prove_act(
    principal: Principal, proof_id: UUID, method: str, given: dict[str, str]
) -> tuple[str, datetime]:
    """Prove a challenge; answers the secret and until when it is good.

    Raises `NoSuchAct`, `NoSuchMethod`, `ActOver` (too late, proved, or five tries), `ActNotProven`.
    """
    row = await challenge(principal, proof_id)
    way = METHODS.get(method)
    if way is None or await way.obstacle(principal.subject):
        raise NoSuchMethod
    await _count_try(row)
    ground = await way.prove(principal, row, given)
    return await _proven(principal, row, method, ground)


async def _count_try(row: ActProof) -> None:
    counted = await db.execute(
        "UPDATE identity_act_proof SET tries = tries + 1 WHERE id=$1 AND state='open' "
        "AND expires_at > $2 AND tries < $3",
        row.id,
        clock.now(),
        ACT_TRIES,
    )
    if not counted:
        raise ActOver


async def _proven(
    principal: Principal, row: ActProof, method: str, ground: Ground
) -> tuple[str, datetime]:
    checked_edge(ACT_EDGES, "open", "proven")
    secret, now = secrets.token_urlsafe(32), clock.now()
    until = (ground.at or now) + ACT_LIFE
    if until <= now:
        raise ActOver
    try:
        async with db.unit_of_work():
            moved = await ActProof.filter(id=row.id, state="open").update(
                state="proven",
                method=method,
                basis=ground.basis,
                facts=ground.facts,
                proof_digest=_digest(secret),
                proven_at=now,
                expires_at=until,
            )
            if not moved:
                raise ActOver
            audit.record(
                principal, "identity.act_proven", f"act:{row.id}", owner=row.subject_id, how=method
            )
    except IntegrityError as error:
        # What it rests on has served another act already.
        raise ActNotProven(reason="used_before") from error
    return secret, until


def _digest(secret: str) -> str:
    return blind_index(secret, "identity.act_proof")


def proof_wanted(principal: Principal, act: str, about: str, digest: str) -> ActProofNeeded:
    """The refusal that tells a client exactly what to prove."""
    told: dict[str, object] = {
        "act": act,
        "act_name": ACT_NAMES[act],
        "about": about,
        "digest": digest,
    }
    return ActProofNeeded(principal.tier, told)


_CONSUME = (
    "UPDATE identity_act_proof SET state='used', used_at=$6 WHERE proof_digest=$1 "
    "AND subject_id=$2 AND act=$3 AND about=$4 AND digest=$5 AND state='proven' "
    "AND expires_at > $6 RETURNING *"
)


async def consume_act_proof(
    principal: Principal, act: str, about: str, digest: str, proof: str | None
) -> UsedProof:
    """Use a proof up in the caller's unit of work; of fifty at once one succeeds.

    Raises `ActProofNeeded` for any reason: none given, another person, act, thing or content, too
    late, used. When the caller's command fails, the proof is as unused as the command is undone.
    """
    db.needed()
    now = clock.now()
    row = None
    if proof:
        row = await db.row(_CONSUME, _digest(proof), principal.subject, act, about, digest, now)
    if row is None:
        raise proof_wanted(principal, act, about, digest)
    audit.record(principal, "identity.act_used", f"act:{row['id']}", owner=principal.subject)
    return UsedProof(
        id=row["id"],
        subject_id=row["subject_id"],
        act=act,
        about=about,
        digest=digest,
        nonce=row["nonce"],
        method=row["method"],
        facts=orjson.loads(row["facts"]),
        proven_at=row["proven_at"],
        used_at=now,
        proof_hash=row["proof_digest"],
    )


def to_sign(row: ActProof) -> bytes:
    """What a certificate's key signs: every part the proof is bound to."""
    parts: Sequence[str] = (
        "wanshi-act/1",
        str(row.id),
        row.act,
        row.about,
        row.digest,
        row.nonce,
    )
    return "\n".join(parts).encode()

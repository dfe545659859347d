"""The life of a seal, step by step; each step has an officer and a document (R-SEA-01)."""

import asyncio
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from tortoise.exceptions import IntegrityError
from tortoise.expressions import Q

from app_server.kernel import audit, clock, db, regions
from app_server.kernel.certificates.building import Subject
from app_server.kernel.crypto import sm3
from app_server.kernel.ids import uuid7
from app_server.kernel.principal import Principal
from app_server.seals.errors import (
    AlreadyHasSeal,
    NoSuchSeal,
    SealNotInThisState,
    StepOfAnotherPost,
    UnknownStep,
)
from app_server.seals.models import Authority, Leave, Seal, Step
from app_server.seals.providers.keystore import key, keystore, new_key
from app_server.seals.rules import life, ses
from app_server.seals.service import authorities, impression
from app_server.seals.service.authorities import Issued

SealRow = Seal
SEAL_LIFE = timedelta(days=365 * 3)


@dataclass(frozen=True, slots=True)
class Ground:
    """On what a step stands: the document (name or number), and a word of explanation."""

    document: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class SealWanted:
    """What is applied for: whose seal, its name, and its print (drawn where none is brought)."""

    org: str
    org_name: str
    region: str
    name: str
    picture: bytes | None = None


async def apply(principal: Principal, wanted: SealWanted, ground: Ground) -> UUID:
    """Apply for a seal; raises `AlreadyHasSeal`, `BadPicture`."""
    edge = life.step("apply", None, principal.ref, {})
    if wanted.picture is None:
        picture = await asyncio.to_thread(impression.draw, wanted.name)
    else:
        picture = await asyncio.to_thread(impression.check, wanted.picture)
    seal_id = uuid7()
    try:
        async with db.unit_of_work():
            await Seal.create(
                id=seal_id,
                org=wanted.org,
                org_name=wanted.org_name,
                region=wanted.region,
                name=wanted.name,
                code=_code(wanted.region),
                state=edge.to,
                picture=picture,
                created_at=clock.now(),
            )
            await _record(principal, seal_id, "apply", ground)
    except IntegrityError as error:
        raise AlreadyHasSeal from error
    return seal_id


def _code(region: str) -> str:
    """The seal's code: division, then eight digits that nobody can guess the order of."""
    return f"{region:0<6}{secrets.randbelow(10**8):08d}"


async def _record(principal: Principal, seal_id: UUID, deed: str, ground: Ground) -> None:
    await Step.create(
        seal_id=seal_id,
        deed=deed,
        officer=principal.ref,
        officer_name=principal.name,
        document=ground.document,
        note=ground.note,
        at=clock.now(),
    )
    audit.record(principal, f"seals.{deed}", f"seal:{seal_id}", purpose=ground.document)


async def seen(principal: Principal, seal_id: UUID) -> Seal:
    """A seal this officer may see: of his own organisation, or, for the authority, of his region.

    Raises `NoSuchSeal`.
    """
    found = await Seal.get_or_none(id=seal_id)
    if found is None or not _may_see(principal, found):
        raise NoSuchSeal
    return found


def _may_see(principal: Principal, seal: Seal) -> bool:
    if life.AUTHORITY in principal.roles and regions.covers(principal.region, seal.region):
        return True
    return principal.org == seal.org


async def take(principal: Principal, seal_id: UUID, name: str, ground: Ground) -> None:
    """Take one step of a seal's life; of many at once exactly one is taken.

    Raises `NoSuchSeal`, `UnknownStep`, `SealNotInThisState`, `SamePerson`, `NoUsableSeal` (no
    authority to make it).
    """
    seal = await seen(principal, seal_id)
    before = {row.deed: row.officer for row in await Step.filter(seal_id=seal_id)}
    edge = life.step(name, seal.state, principal.ref, before)
    changes: dict[str, Any] = {}
    issued: list[Issued] = []
    if name == "make":
        changes, issued = await _make(seal)
    elif name == "record":
        changes = {"record_no": ground.document}
    elif name == "report_lost":
        changes = {"lost_at": clock.now()}
    elif name == "destroy":
        await _destroy_keys(seal)
        changes = {"sm2_key": "", "p256_key": ""}
    async with db.unit_of_work():
        moved = await Seal.filter(id=seal_id, state=seal.state, version=seal.version).update(
            state=edge.to, version=seal.version + 1, **changes
        )
        if not moved:
            raise SealNotInThisState
        for certificate in issued:
            await authorities.keep(certificate, f"seal:{seal_id}")
        if name in _REASONS:
            await authorities.revoke(f"seal:{seal_id}", _REASONS[name])
            await Leave.filter(seal_id=seal_id, withdrawn_at=None).update(withdrawn_at=clock.now())
        await _record(principal, seal_id, name, ground)


# What a step does to the seal's certificates (RFC 5280 §5.3.1).
_REASONS = {"report_lost": "key_compromise", "retire": "cessation_of_operation"}


async def _make(seal: Seal) -> tuple[dict[str, Any], list[Issued]]:
    """Two keys, their certificates, and the seal that names the SM2 one; nothing stored yet."""
    until = clock.now() + SEAL_LIFE
    changes: dict[str, Any] = {"valid_until": until}
    issued = []
    for algorithm in authorities.ALGORITHMS:
        authority = await authorities.own_authority(algorithm)
        own = await asyncio.to_thread(new_key, algorithm)
        subject = Subject(seal.name, seal.org_name, seal.org)
        made = await authorities.sign_certificate(authority, subject, own.point, "seal", SEAL_LIFE)
        issued.append(made)
        changes |= {f"{algorithm}_key": own.handle, f"{algorithm}_certificate": made.der}
        if algorithm == "sm2":
            changes["esl"] = await _sealed(seal, authority, made.der, until)
    return changes, issued


async def _sealed(seal: Seal, maker: Authority, certificate: bytes, until: datetime) -> bytes:
    now = clock.now().replace(microsecond=0)
    side = impression.MILLIMETRES
    facts = ses.SealFacts(
        seal_id=seal.code,
        kind=ses.ORGANISATION_SEAL,
        name=seal.name,
        signers=frozenset({sm3(certificate)}),
        created=now,
        valid_from=now,
        valid_to=until.replace(microsecond=0),
        picture=ses.Picture(bytes(seal.picture), side, side),
    )
    info = ses.seal_info(facts, [certificate])
    made = await asyncio.to_thread(key(maker.maker_key, "sm2").sign, info)
    return ses.seal(info, bytes(maker.maker_certificate or b""), made)


async def _destroy_keys(seal: Seal) -> None:
    store = keystore()
    for handle in (seal.sm2_key, seal.p256_key):
        if handle:
            await asyncio.to_thread(store.destroy, handle)


def check_role(principal: Principal, name: str) -> None:
    """Raise `StepOfAnotherPost` where a step is not for the caller's posts, or `UnknownStep`."""
    edge = life.STEPS.get(name)
    if edge is None:
        raise UnknownStep
    if edge.role not in principal.roles:
        raise StepOfAnotherPost


async def seals(principal: Principal) -> list[Seal]:
    """The seals an officer may see, newest first."""
    within = Q(org=principal.org)
    if life.AUTHORITY in principal.roles:
        within |= Q(region__startswith=regions.prefix_of(principal.region))
    return await Seal.filter(within).order_by("-id")


async def steps(principal: Principal, seal_id: UUID) -> list[Step]:
    """What happened to a seal, oldest first; raises `NoSuchSeal`."""
    await seen(principal, seal_id)
    return await Step.filter(seal_id=seal_id).order_by("id")

"""Seals: made for an organisation, authorised per digest, used once."""

import asyncio
from dataclasses import dataclass
from uuid import UUID

from app_server.kernel import audit, clock, db, sm2
from app_server.kernel.principal import Principal
from app_server.seals.errors import NotAuthorised, NoUsableSeal
from app_server.seals.models import Authorisation, Seal


@dataclass(frozen=True, slots=True)
class Signed:
    """A seal's signature and what verifies it."""

    signature: str
    public_key: str
    seal_name: str


async def ensure_seal(org: str, org_name: str) -> UUID:
    """The active seal of an organisation, made when there is none."""
    async with db.unit_of_work():
        await db.lock(f"seals:{org}")
        found = await Seal.filter(org=org, state="active").first()
        if found is None:
            private, public = await asyncio.to_thread(sm2.make_key)
            found = await Seal.create(
                org=org,
                org_name=org_name,
                name=f"{org_name}电子印章",
                private_key=private,
                public_key=public,
            )
    return found.id


async def authorise(principal: Principal, org: str, digest: str, purpose: str) -> UUID:
    """Allow one use of the organisation's seal, with the decision; raises `NoUsableSeal`."""
    seal = await Seal.filter(org=org, state="active").first()
    if seal is None:
        raise NoUsableSeal
    async with db.unit_of_work():
        allowed = await Authorisation.create(
            seal_id=seal.id,
            digest=digest,
            purpose=purpose,
            by=principal.ref,
            granted_at=clock.now(),
        )
        audit.record(principal, "seals.authorised", f"seal:{seal.id}", purpose=purpose)
    return allowed.id


async def sign(authorisation_id: UUID, data: bytes, digest: str) -> Signed:
    """Use an authorisation up; the same call again gives the same signature.

    Raises `NotAuthorised` for another digest or a seal that stopped being active before the
    authorisation was given (a later loss does not undo it).
    """
    allowed = await Authorisation.get_or_none(id=authorisation_id, digest=digest)
    seal = await Seal.get_or_none(id=allowed.seal_id) if allowed else None
    if allowed is None or seal is None:
        raise NotAuthorised
    if not allowed.signature:
        made = await asyncio.to_thread(sm2.sign, seal.private_key, seal.public_key, data)
        async with db.unit_of_work():
            await Authorisation.filter(id=allowed.id, used_at=None).update(
                used_at=clock.now(), signature=made
            )
        await allowed.refresh_from_db()
    return Signed(allowed.signature, seal.public_key, seal.name)


async def verify(public_key: str, data: bytes, signature: str) -> bool:
    """Whether a signature holds."""
    return await asyncio.to_thread(sm2.verify, public_key, data, signature)

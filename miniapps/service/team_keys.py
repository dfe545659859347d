"""Keys that packages of an organisation are signed with: registered by its team, ended by it."""

import asyncio
from dataclasses import dataclass
from datetime import datetime

from app_server.kernel import audit, clock, db
from app_server.kernel.principal import Principal
from miniapps.errors import KeyTaken, NoSuchKey, PackageRefused
from miniapps.models import TeamKey, Version
from miniapps.service.archive import Package
from miniapps.service.signing import Algorithm, checked_public_key, key_id_of, verify

MOST = 20


@dataclass(frozen=True, slots=True)
class KeyFacts:
    """A registered public key."""

    key_id: str
    alg: Algorithm
    name: str
    added_at: datetime
    ended_at: datetime | None


def _facts(row: TeamKey) -> KeyFacts:
    alg: Algorithm = "sm2" if row.alg == "sm2" else "ed25519"
    return KeyFacts(row.key_id, alg, row.name, row.added_at, row.ended_at)


async def add_team_key(by: Principal, name: str, public_key: str) -> KeyFacts:
    """Register a public key (PEM) for the caller's organisation; the same again changes nothing.

    Raises `PublicKeyRefused`, `KeyTaken` (another organisation's, ended, or too many).
    """
    alg, pem = checked_public_key(public_key)
    key_id = key_id_of(pem)
    async with db.unit_of_work():
        await db.lock(f"miniapps:keys:{by.org}")
        found = await TeamKey.get_or_none(key_id=key_id)
        if found is not None:
            if found.owner_org != by.org or found.ended_at is not None:
                raise KeyTaken
            return _facts(found)
        if await TeamKey.filter(owner_org=by.org, ended_at=None).count() >= MOST:
            raise KeyTaken(f"最多登记 {MOST} 个公钥，请先停用不用的")
        made = await TeamKey.create(
            owner_org=by.org,
            key_id=key_id,
            alg=alg,
            pem=pem,
            name=name,
            added_by=by.ref,
            added_at=clock.now(),
        )
        audit.record(by, "miniapps.key_added", f"team_key:{key_id}", purpose=name)
    return _facts(made)


async def team_keys(by: Principal) -> list[KeyFacts]:
    """The keys of the caller's organisation, newest first."""
    return [_facts(row) for row in await TeamKey.filter(owner_org=by.org).order_by("-id")]


async def end_team_key(by: Principal, key_id: str) -> KeyFacts:
    """Let a key sign nothing more; what it signed stays. Raises `NoSuchKey`."""
    async with db.unit_of_work():
        found = await TeamKey.get_or_none(key_id=key_id, owner_org=by.org)
        if found is None:
            raise NoSuchKey
        if await TeamKey.filter(id=found.id, ended_at=None).update(ended_at=clock.now()):
            audit.record(by, "miniapps.key_ended", f"team_key:{key_id}")
    return _facts(await TeamKey.get(id=found.id))


async def check_signature(package: Package) -> str:
    """The registered key a package is signed with, or an empty text where it needs none.

    Raises `PackageRefused`: unknown, ended or another organisation's key, a signature that does
    not hold, or none although a version of this app was signed before.
    """
    manifest, signature = package.manifest, package.signature
    if signature is None:
        if await Version.filter(appid=manifest.appid).exclude(signed_by="").exists():
            raise PackageRefused("该应用以前的版本有开发者签名，新版本也必须签名")
        return ""
    key = await TeamKey.get_or_none(
        key_id=signature.key_id, owner_org=manifest.owner.org, ended_at=None
    )
    if key is None:
        raise PackageRefused("签名使用的不是登记的密钥，请先在工作台登记公钥")
    await asyncio.to_thread(verify, package.index_bytes, signature, key.pem)
    return key.key_id

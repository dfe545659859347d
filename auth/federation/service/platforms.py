"""The register of platforms: who they are, where they listen, which keys they sign with."""

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import jwt
import orjson

from app_server.kernel import audit, clock, db, outbox, regions
from app_server.kernel.errors import Conflict, PreconditionFailed
from app_server.kernel.principal import Principal
from app_server.kernel.settings import load
from app_server.kernel.wake import wake_workers
from auth.federation.errors import NoSuchPlatform, PlatformInvalid, PlatformTaken
from auth.federation.models import Platform
from auth.federation.rules import PLATFORM_EDGES, Here, level_kept_by
from auth.federation.service.homes import announce_everybody
from auth.federation.service.keys import public_jwk, public_jwks
from auth.grants import service as grants
from auth.grants.errors import RelyingPartyInvalid
from auth.grants.service.jose import thumbprint

SCOPE = "federation.import"
PUSHES = "auth.federation.push_user"
MERGES = "auth.federation.merge_import_part"
# What a platform refused for good waits for a person; everything else runs again by itself.
REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class PlatformWanted:
    """What an administrator says about a platform."""

    name: str
    partner_url: str
    public_url: str
    jwks: tuple[dict[str, str], ...]
    origins: tuple[str, ...] = ()
    redirect_uris: tuple[str, ...] = field(default=())


def here() -> Here:
    """This instance."""
    return Here(load().platform_tier, load().platform_region)


def own_key_set() -> dict[str, Any]:
    """Our public keys, for an administrator to hand to another platform's."""
    return {"keys": public_jwks()}


async def platforms() -> list[Platform]:
    """All registered platforms by code."""
    return await Platform.all().order_by("code")


async def platform(code: str, *, active: bool = True) -> Platform:
    """A platform (that does not rest); raises `NoSuchPlatform`."""
    found = await Platform.get_or_none(code=code)
    if found is None or (active and found.state != "active"):
        raise NoSuchPlatform
    return found


async def register_platform(by: Principal, code: str, wanted: PlatformWanted) -> Platform:
    """Register a platform; a city becomes a client of ours, and its users are pushed to it.

    Raises `WrongPlatform`, `NoSuchRegion`, `PlatformInvalid`, `PlatformTaken`.
    """
    level = level_kept_by(here(), regions.region(code).code)
    _check(wanted)
    async with db.unit_of_work():
        await db.lock("federation.platforms")
        if await Platform.exists(code=code):
            raise PlatformTaken
        row = Platform(code=code, level=level, **_columns(wanted))
        await _make_client(by, row)
        await row.save()
        audit.record(by, "federation.platform_registered", f"platform:{code}")
        if level == "city":
            await announce_everybody(code)
    return row


async def change_platform(
    by: Principal, code: str, version: int, wanted: PlatformWanted
) -> Platform:
    """Change addresses, origins or keys; `NoSuchPlatform`, `PlatformInvalid`."""
    _check(wanted)
    async with db.unit_of_work():
        row = await _held(code, version)
        row.update_from_dict(_columns(wanted))
        row.version += 1
        if row.state == "active":
            await _make_client(by, row)
        await row.save()
        audit.record(by, "federation.platform_changed", f"platform:{code}")
    return row


async def move_platform(by: Principal, code: str, version: int, to: str, reason: str) -> Platform:
    """Suspend a platform or let it go on; `NoSuchPlatform`, `Conflict`, `PreconditionFailed`.

    Its client is dead for good with the suspension: going on means another client id. What was
    not told meanwhile is told then.
    """
    async with db.unit_of_work():
        row = await _held(code, version)
        if to not in PLATFORM_EDGES[row.state]:
            raise Conflict
        row.state, row.version = to, row.version + 1
        if to == "suspended":
            if row.client_id:
                await grants.disable_client(by, row.client_id)
        else:
            row.generation += 1
            await _make_client(by, row)
            if row.level == "city":
                await announce_everybody(code)
        await row.save()
        audit.record(by, f"federation.platform_{to}", f"platform:{code}", purpose=reason)
    return row


async def _held(code: str, version: int) -> Platform:
    row = await Platform.select_for_update().get_or_none(code=code)
    if row is None:
        raise NoSuchPlatform
    if row.version != version:
        raise PreconditionFailed
    return row


async def _make_client(by: Principal, row: Platform) -> None:
    """A city is a client at our provider: its portal signs people in, its imports are its own."""
    if row.level != "city":
        return
    row.client_id = f"city-{row.code}-{row.generation}"
    try:
        await grants.register_relying_party(
            by,
            grants.RelyingParty(
                client_id=row.client_id,
                name=row.name,
                realm="residents",
                region=row.code,
                auth_method="private_key_jwt",
                jwks=tuple(row.jwks),
                redirect_uris=tuple(row.redirect_uris),
                login_scopes=("openid", "offline_access", "profile", "tier"),
                scopes=(SCOPE,),
                sector=f"city-{row.code}",
            ),
        )
    except RelyingPartyInvalid as error:
        raise PlatformInvalid(error.detail) from error


def _columns(wanted: PlatformWanted) -> dict[str, Any]:
    public = wanted.public_url.rstrip("/")
    return {
        "name": wanted.name,
        "partner_url": wanted.partner_url.rstrip("/"),
        "public_url": public,
        "jwks": list(wanted.jwks),
        "origins": list(wanted.origins),
        "redirect_uris": list(wanted.redirect_uris) or [f"{public}/federation/callback"],
    }


def _check(wanted: PlatformWanted) -> None:
    for url in (wanted.partner_url, wanted.public_url):
        if _origin_of(url) is None:
            raise PlatformInvalid("地址格式不正确")
    for origin in wanted.origins:
        if _origin_of(origin) != origin:
            raise PlatformInvalid("可嵌入来源须为完整的协议与域名，不含路径")
    if not wanted.jwks:
        raise PlatformInvalid("至少登记一个公钥")
    for jwk in wanted.jwks:
        _check_key(jwk)


def _check_key(jwk: dict[str, str]) -> None:
    if "d" in jwk or not jwk.get("kid") or (jwk.get("kty"), jwk.get("crv")) != ("EC", "P-256"):
        raise PlatformInvalid("公钥须为带 kid 的 P-256 公钥，且不含私钥")
    try:
        jwt.PyJWK(jwk, algorithm="ES256")
    except (jwt.PyJWTError, ValueError, KeyError, TypeError) as error:
        raise PlatformInvalid("公钥格式不正确") from error
    if thumbprint(jwk) == thumbprint(public_jwk()):
        raise PlatformInvalid("不能登记本平台自己的公钥")


def _origin_of(url: str) -> str | None:
    """The origin of an address that may be registered: https, on this machine also http."""
    try:
        parts = urlsplit(url)
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        return None
    host = parts.hostname or ""
    local = host in {"127.0.0.1", "localhost"} or host.endswith(".localhost")
    plain = parts.scheme == "http" and local and not load().production
    safe = all(c.isalnum() or c in ".-" for c in host) and host.isascii()
    if not host or not safe or parts.username or not (parts.scheme == "https" or plain):
        return None
    return f"{parts.scheme}://{host}{port}"


async def frame_origins() -> list[str]:
    """The origins that may embed the registration page (R-ID-23)."""
    rows = await db.rows("SELECT origins::text AS o FROM federation_platform WHERE state='active'")
    return sorted({origin for row in rows for origin in _list(row["o"])})


def _list(text: str) -> list[str]:
    return [str(item) for item in orjson.loads(text)]


async def backlog(code: str) -> dict[str, int]:
    """How many users a platform is still to be told of, and how many deliveries are held up."""
    rows = await db.rows(
        "SELECT state, count(*) AS n FROM kernel_delivery WHERE handler=$1 AND aggregate=$2 "
        "AND state IN ('ready', 'parked') GROUP BY state",
        PUSHES,
        f"federation:{code}",
    )
    found = {row["state"]: row["n"] for row in rows}
    return {"waiting": found.get("ready", 0), "held": found.get("parked", 0)}


async def push_again(by: Principal, code: str) -> int:
    """Let everything held up run again, also what the platform had refused; answers how many."""
    found = await platform(code)
    async with db.unit_of_work():
        audit.record(by, "federation.pushed_again", f"platform:{code}")
        return await _replay(f"federation:{found.code}", "")


async def replay_unreached() -> int:
    """Let deliveries that gave up on a platform or registry that was away run again (a job does).

    The outbox parks after a dozen tries: a platform that is away for a day must lose nothing, and
    nobody should have to press a button for it (R-ID-24).
    """
    async with db.unit_of_work():
        return await _replay("federation:%", f"{REFUSED}%")


async def _replay(aggregate: str, unless: str) -> int:
    parked = await db.rows(
        "SELECT id FROM kernel_delivery WHERE handler = ANY($1::text[]) AND state='parked' "
        "AND aggregate LIKE $2 AND coalesce(error, '') NOT LIKE $3",
        [PUSHES, MERGES],
        aggregate,
        unless,
    )
    for row in parked:
        await outbox.replay(str(row["id"]))
    db.needed().then(wake_workers)
    return len(parked)


async def sweep() -> None:
    """Delete attempts, tickets and delivery marks that can never count again."""
    now = clock.now()
    await db.execute("DELETE FROM federation_attempt WHERE expires_at < $1", now)
    await db.execute("DELETE FROM federation_ticket WHERE expires_at < $1", now)

"""The register of platforms, kept by the system administrator."""

from app_server.kernel import regions
from app_server.kernel.http import Call, endpoint, staff
from auth.federation import service
from auth.federation.rules import authority_of
from auth.federation.schemas import (
    KeyShape,
    OwnKeys,
    PlatformAsked,
    PlatformChanged,
    PlatformList,
    PlatformMove,
    PlatformView,
    PushedAgain,
)

READERS = staff("system_admin", "security_admin", "security_auditor")
KEEPERS = staff("system_admin")


@endpoint("GET", "/federation/keys", guard=READERS)
async def own_keys(call: Call) -> OwnKeys:
    """Our public key, to be handed to another platform's administrator."""
    del call
    here = service.here()
    keys = [KeyShape(**jwk) for jwk in service.own_key_set()["keys"]]
    return OwnKeys(code=here.region, level=here.tier, keys=keys)


@endpoint("GET", "/federation/platforms", guard=READERS)
async def list_platforms(call: Call) -> PlatformList:
    """All platforms we speak with."""
    del call
    return PlatformList(items=[await _view(row.code) for row in await service.platforms()])


@endpoint("POST", "/federation/platforms", guard=KEEPERS, status=201)
async def register_platform(call: Call, body: PlatformAsked) -> PlatformView:
    """Register a platform whose keys were handed over."""
    await service.register_platform(call.principal, body.code, _wanted(body))
    return await _view(body.code)


@endpoint("GET", "/federation/platforms/{code}", guard=READERS)
async def read_platform(call: Call, code: str) -> PlatformView:
    """One platform and its backlog."""
    del call
    return await _view(code)


@endpoint("PUT", "/federation/platforms/{code}", guard=KEEPERS)
async def change_platform(call: Call, code: str, body: PlatformChanged) -> PlatformView:
    """Change a platform's addresses, origins or keys."""
    await service.change_platform(call.principal, code, call.expected_version(), _wanted(body))
    return await _view(code)


@endpoint("POST", "/federation/platforms/{code}/suspend", guard=KEEPERS)
async def suspend_platform(call: Call, code: str, body: PlatformMove) -> PlatformView:
    """Refuse a platform from now on, and tell it nothing more."""
    version = call.expected_version()
    await service.move_platform(call.principal, code, version, "suspended", body.reason)
    return await _view(code)


@endpoint("POST", "/federation/platforms/{code}/resume", guard=KEEPERS)
async def resume_platform(call: Call, code: str, body: PlatformMove) -> PlatformView:
    """Let a platform go on, under a new client id; it is told what it missed."""
    version = call.expected_version()
    await service.move_platform(call.principal, code, version, "active", body.reason)
    return await _view(code)


@endpoint("POST", "/federation/platforms/{code}/push-again", guard=KEEPERS)
async def push_again(call: Call, code: str) -> PushedAgain:
    """Let what the platform refused run again, once the cause is mended."""
    return PushedAgain(count=await service.push_again(call.principal, code))


def _wanted(body: PlatformChanged) -> service.PlatformWanted:
    return service.PlatformWanted(
        name=body.name,
        partner_url=body.partner_url,
        public_url=body.public_url,
        jwks=tuple(key.model_dump() for key in body.keys),
        origins=tuple(body.origins),
        redirect_uris=tuple(body.redirect_uris),
    )


async def _view(code: str) -> PlatformView:
    row = await service.platform(code, active=False)
    backlog = await service.backlog(code)
    return PlatformView(
        code=row.code,
        level=row.level,
        name=row.name,
        region_name=regions.full_name(row.code),
        authority=authority_of(row.code),
        partner_url=row.partner_url,
        public_url=row.public_url,
        origins=row.origins,
        redirect_uris=row.redirect_uris,
        keys=[KeyShape.model_validate(jwk) for jwk in row.jwks],
        client_id=row.client_id,
        state=row.state,
        waiting=backlog["waiting"],
        held=backlog["held"],
        version=row.version,
    )

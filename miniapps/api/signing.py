"""Keys: the teams' for their packages, the platform's for what it released, and the schema."""

from typing import Any

import orjson

from app_server.kernel.http import Call, RawReply, anyone, client, endpoint, staff
from miniapps import rules, service
from miniapps.schemas.publishing import NewTeamKey, TeamKeyList, TeamKeyView

TEAM = staff(rules.PUBLISHER)
JSON = "application/json"


@endpoint("GET", "/team-keys", guard=TEAM)
async def list_team_keys(call: Call) -> TeamKeyList:
    """Public keys of my organisation, newest first."""
    return TeamKeyList(items=[_view(key) for key in await service.team_keys(call.principal)])


@endpoint("POST", "/team-keys", guard=TEAM, status=201)
async def add_team_key(call: Call, body: NewTeamKey) -> TeamKeyView:
    """Register a public key (PEM, Ed25519 or SM2) that our packages are signed with."""
    return _view(await service.add_team_key(call.principal, body.name, body.public_key))


@endpoint("POST", "/team-keys/{key_id}/end", guard=TEAM)
async def end_team_key(call: Call, key_id: str) -> TeamKeyView:
    """Let a key sign nothing more, for good."""
    return _view(await service.end_team_key(call.principal, key_id[:43]))


def _view(key: service.KeyFacts) -> TeamKeyView:
    return TeamKeyView(
        key_id=key.key_id, alg=key.alg, name=key.name, added_at=key.added_at, ended_at=key.ended_at
    )


@endpoint("GET", "/release-keys", guard=anyone(), reply_type=JSON)
async def release_keys(call: Call) -> RawReply:
    """The keys release documents are verified with, as a JWK set (RFC 7517)."""
    del call
    return _kept({"keys": service.release_jwks()})


async def manifest_schema(call: Call) -> RawReply:
    """The JSON Schema (2020-12) of `app.json`."""
    del call
    return _kept(service.json_schema())


for _guard in (anyone(), client(rules.PUBLISH_SCOPE)):
    endpoint("GET", "/miniapp-manifest-schema", guard=_guard, reply_type=JSON)(manifest_schema)


def _kept(value: dict[str, Any]) -> RawReply:
    return RawReply(orjson.dumps(value), JSON, 200, {"cache-control": "public, max-age=3600"})

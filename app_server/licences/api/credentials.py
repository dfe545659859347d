"""Credentials for wallets, and what verifiers everywhere need: keys, status lists, a check."""

from uuid import UUID

import orjson

from app_server.kernel.http import Call, RawReply, anyone, endpoint, person
from app_server.kernel.ratelimit import Limit
from app_server.licences import service
from app_server.licences.rules.sd_jwt import TYPE
from app_server.licences.rules.status_list import TTL
from app_server.licences.schemas.credentials import (
    CredentialCheckView,
    CredentialPresentation,
    CredentialRequest,
    CredentialView,
)

LIST_TYPE = "application/statuslist+jwt"
FOR_EVERYBODY = {"access-control-allow-origin": "*"}


@endpoint(
    "POST",
    "/licences/{licence_id}/credentials",
    guard=person(1),
    status=201,
    limit=Limit("credential", 20, 60),
)
async def get_credential(call: Call, licence_id: UUID, body: CredentialRequest) -> CredentialView:
    """A fresh verifiable credential of one of my licences, bound to my wallet's key."""
    made = await service.credential(call.principal, licence_id, body.holder_key.model_dump())
    return CredentialView(
        format=TYPE, credential=made.text, expires_at=made.expires_at, facts=list(made.facts)
    )


@endpoint(
    "POST",
    "/licence-credential-checks",
    guard=anyone(),
    status=200,
    limit=Limit("credential-check", 30, 60),
    max_body=128 * 1024,
)
async def check_credential(call: Call, body: CredentialPresentation) -> CredentialCheckView:
    """Verify a presentation: issuer, disclosures, binding, and the licence's state today."""
    told = await service.check_credential(
        call.principal, body.presentation, body.nonce, body.audience
    )
    return CredentialCheckView(
        valid=told.valid, reason=told.reason, claims=told.claims, checked_at=told.checked_at
    )


@endpoint("GET", "/licence-status-lists/{list_no}", guard=anyone(), reply_type=LIST_TYPE)
async def read_status_list(call: Call, list_no: int) -> RawReply:
    """A token status list as it stands this moment; keep it no longer than its `ttl`."""
    del call
    token = await service.status_list_token(list_no)
    age = f"public, max-age={int(TTL.total_seconds())}"
    return RawReply(token.encode(), LIST_TYPE, headers=FOR_EVERYBODY | {"cache-control": age})


@endpoint("GET", "/.well-known/jwt-vc-issuer", guard=anyone(), bare=True)
async def read_issuer(call: Call) -> RawReply:
    """Who issues licence credentials and with which keys."""
    del call
    return RawReply(orjson.dumps(service.issuer_metadata()), headers=FOR_EVERYBODY)

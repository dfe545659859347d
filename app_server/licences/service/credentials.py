"""A licence as a verifiable credential for its holder's own wallet, and what one shows."""

import secrets
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID

import orjson

from app_server.kernel import audit, clock, db
from app_server.kernel.errors import InvalidInput
from app_server.kernel.principal import Principal
from app_server.kernel.settings import load
from app_server.kernel.signing_keys import public_jwk, signing_keys
from app_server.licences.errors import NoSuchLicence, NotShowable
from app_server.licences.models import Licence
from app_server.licences.rules import sd_jwt
from app_server.licences.rules.jose import BadToken, Json, public_key
from app_server.licences.service.checking import examined
from app_server.licences.service.status import PURPOSE, licence_at, place_of
from app_server.licences.service.using import used

VCT = "urn:wanshi:licence:"
# A wallet fetches a fresh one often: what stays the same lets verifiers compare notes.
LIFE = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Credential:
    """A fresh credential, until when it is good, and what it can disclose."""

    text: str
    expires_at: datetime
    facts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CredentialCheck:
    """Whether a presentation holds, and what it disclosed."""

    valid: bool
    reason: str
    claims: Json
    checked_at: datetime


async def credential(principal: Principal, licence_id: UUID, holder_key: Json) -> Credential:
    """A credential of one of my licences, bound to a key of mine.

    Raises `NoSuchLicence`, `NotShowable`, and `InvalidInput` for a key that is not on P-256.
    """
    try:
        public_key(holder_key)
    except BadToken as error:
        raise InvalidInput(errors=[{"field": "holder_key", "message": "密钥无效"}]) from error
    row = await Licence.get_or_none(id=licence_id, holder_id=principal.subject)
    if row is None:
        raise NoSuchLicence
    if not (await examined(row)).valid:
        raise NotShowable
    now = clock.now()
    until = min(now + LIFE, _end(row) or now + LIFE)
    place = await place_of(row.id)
    key = signing_keys(PURPOSE)[0]
    claims: Json = {
        "iss": load().origin("public"),
        "vct": f"{VCT}{row.type_code}",
        "iat": int(now.timestamp()),
        "exp": int(until.timestamp()),
        "cnf": {"jwk": holder_key},
        "status": {"status_list": {"idx": place.index, "uri": place.uri}},
    }
    facts = facts_for_showing(row)
    text = sd_jwt.issue(
        key, public_jwk(key)["kid"], claims, facts, lambda: secrets.token_urlsafe(16)
    )
    async with db.single_statement():
        audit.record(principal, "licences.credential", f"licence:{row.id}", owner=row.holder_id)
    return Credential(text, until, tuple(facts))


def _end(row: Licence) -> datetime | None:
    if row.expires_on is None:
        return None
    return datetime.combine(row.expires_on + timedelta(days=1), time(), clock.SHANGHAI)


def facts_for_showing(row: Licence) -> dict[str, Any]:
    """Every fact of a licence that its holder can disclose by itself, under its name."""
    content = orjson.loads(row.content)["content"]
    return {
        "identifier": row.identifier,
        "type_name": row.type_name,
        "trust_class": row.trust_class,
        "holder_name": row.holder_name,
        "holder_number": row.holder_number,
        "issuer_name": row.issuer_name,
        "issued_on": row.issued_on.isoformat(),
        "expires_on": row.expires_on.isoformat() if row.expires_on else None,
    } | {f"content.{name}": value for name, value in content.items()}


def issuer_metadata() -> Json:
    """Who issues credentials and with which keys (SD-JWT VC issuer metadata)."""
    keys = [public_jwk(key) for key in signing_keys(PURPOSE)]
    return {"issuer": load().origin("public"), "jwks": {"keys": keys}}


async def check_credential(
    principal: Principal, presentation: str, nonce: str, audience: str
) -> CredentialCheck:
    """Verify a presentation for whoever asked for it, its licence's state today included."""
    now = clock.now()
    keys = {public_jwk(key)["kid"]: key.public_key() for key in signing_keys(PURPOSE)}
    try:
        claims = sd_jwt.verify(presentation, keys, sd_jwt.Asked(nonce, audience), now)
    except BadToken as error:
        return CredentialCheck(False, error.reason, {}, now)
    # Ours by its signature: these members are there.
    place = claims["status"]["status_list"]
    licence_id = await licence_at(place["uri"], place["idx"])
    row = await Licence.get_or_none(id=licence_id) if licence_id else None
    if row is None:
        return CredentialCheck(False, "status", {}, now)
    told = await examined(row)
    async with db.single_statement():
        used(principal, row, "credential")
    open_claims = {"cnf", "status"}
    shown = {name: value for name, value in claims.items() if name not in open_claims}
    return CredentialCheck(told.valid, told.reason, shown if told.valid else {}, now)

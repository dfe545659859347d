"""Showing (亮证): a one-time code of a minute, and what a verifier learns by it."""

import secrets
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from app_server.kernel import audit, clock, db
from app_server.kernel.crypto import blind_index
from app_server.kernel.principal import Principal
from app_server.kernel.settings import load
from app_server.kernel.signing_keys import public_jwk, signing_keys
from app_server.licences.errors import NoSuchLicence, NotShowable
from app_server.licences.models import Licence, Mandate, ShowCode
from app_server.licences.rules import SHOW_LIFE
from app_server.licences.rules.jose import signed
from app_server.licences.rules.showing import OFFLINE_TYPE, offline_payload
from app_server.licences.service.checking import Verification, examined
from app_server.licences.service.entrusting import mandate_for, still_entrusted
from app_server.licences.service.holding import facts_of
from app_server.licences.service.status import PURPOSE
from app_server.licences.service.using import used


@dataclass(frozen=True, slots=True)
class Shown:
    """A fresh code: the address a verifier opens, and when it ends."""

    token: str
    verify_url: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class OfflineCode:
    """A signed code for a verifier without a network, and when it ends."""

    text: str
    expires_at: datetime


def _digest(token: str) -> str:
    return blind_index(token, "licences.show")


async def _showable(principal: Principal, licence_id: UUID) -> tuple[Licence, Mandate | None]:
    row = await Licence.get_or_none(id=licence_id)
    mandate = None
    if row is not None and row.holder_id != principal.subject:
        mandate = await mandate_for(principal.subject, row)
    if row is None or (row.holder_id != principal.subject and mandate is None):
        raise NoSuchLicence
    if facts_of(row).state != "valid":
        raise NotShowable
    return row, mandate


def _noted(principal: Principal, row: Licence, mandate: Mandate | None) -> None:
    if mandate is not None:
        audit.record(
            principal,
            "licences.shown_for",
            f"licence:{row.id}",
            owner=row.holder_id,
            purpose=mandate.purpose,
        )


async def show(principal: Principal, licence_id: UUID) -> Shown:
    """Make a code for one of my licences, or one I was entrusted to show.

    Raises `NoSuchLicence`, `NotShowable`.
    """
    row, mandate = await _showable(principal, licence_id)
    token, now = secrets.token_urlsafe(24), clock.now()
    async with db.unit_of_work():
        await ShowCode.create(
            licence_id=licence_id,
            digest=_digest(token),
            created_at=now,
            expires_at=now + SHOW_LIFE,
            mandate_id=mandate.id if mandate else None,
        )
        _noted(principal, row, mandate)
    return Shown(token, f"{load().origin('public')}/verify/{token}", now + SHOW_LIFE)


async def show_offline(principal: Principal, licence_id: UUID) -> OfflineCode:
    """Sign masked facts for a verifier without a network; raises as `show`.

    It lives as long as a one-time code, but nobody can tell whether it was seen before.
    """
    row, mandate = await _showable(principal, licence_id)
    told = await examined(row)
    if not told.valid or told.licence is None:
        raise NotShowable
    facts = {
        "identifier": told.licence.identifier,
        "type_name": told.licence.type_name,
        "holder_masked": told.licence.holder_masked,
        "issuer_name": told.licence.issuer_name,
        "issued_on": told.licence.issued_on.isoformat(),
        "expires_on": told.licence.expires_on.isoformat() if told.licence.expires_on else None,
        "state": told.licence.state,
    }
    now, key = clock.now(), signing_keys(PURPOSE)[0]
    header = {"typ": OFFLINE_TYPE, "kid": public_jwk(key)["kid"]}
    text = signed(key, header, offline_payload(load().origin("public"), facts, now))
    async with db.single_statement():
        audit.record(principal, "licences.offline_code", f"licence:{row.id}", owner=row.holder_id)
        _noted(principal, row, mandate)
    return OfflineCode(text, now + SHOW_LIFE)


async def verify(principal: Principal, token: str) -> Verification:
    """Use a code: exactly one verifier gets the licence, however many ask at once.

    The holder sees that it was shown. The signature is checked here and now, not remembered, and
    so is the authorisation of whoever shows it for the holder.
    """
    now = clock.now()
    taken = await db.row(
        "UPDATE licences_show_code SET used_at=$2 WHERE digest=$1 AND used_at IS NULL "
        "AND expires_at > $2 RETURNING licence_id, mandate_id",
        _digest(token),
        now,
    )
    if taken is None:
        known = await ShowCode.get_or_none(digest=_digest(token))
        reason = "unknown" if known is None else "used" if known.used_at else "expired"
        return Verification(False, reason, None, now)
    row, mandate = await Licence.get(id=taken["licence_id"]), None
    if taken["mandate_id"] is not None:
        mandate = await still_entrusted(taken["mandate_id"])
        if mandate is None:
            return Verification(False, "mandate", None, now)
    why = f"由{mandate.other_masked}代为出示：{mandate.purpose}" if mandate else ""
    async with db.single_statement():
        used(principal, row, "shown", why[:200])
    return replace(await examined(row), shown_by=mandate.other_masked if mandate else "")

"""Showing (亮证): a one-time code of a minute, and what a verifier learns by it."""

import secrets
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app_server.kernel import clock, db
from app_server.kernel.crypto import blind_index
from app_server.kernel.principal import Principal
from app_server.kernel.settings import load
from app_server.licences.errors import NoSuchLicence, NotShowable
from app_server.licences.models import Licence, ShowCode
from app_server.licences.rules import SHOW_LIFE
from app_server.licences.service.checking import Verification, examined
from app_server.licences.service.holding import facts_of
from app_server.licences.service.using import used


@dataclass(frozen=True, slots=True)
class Shown:
    """A fresh code: the address a verifier opens, and when it ends."""

    token: str
    verify_url: str
    expires_at: datetime


def _digest(token: str) -> str:
    return blind_index(token, "licences.show")


async def show(principal: Principal, licence_id: UUID) -> Shown:
    """Make a code for one of my licences; raises `NoSuchLicence`, `NotShowable`."""
    row = await Licence.get_or_none(id=licence_id, holder_id=principal.subject)
    if row is None:
        raise NoSuchLicence
    if facts_of(row).state != "valid":
        raise NotShowable
    token, now = secrets.token_urlsafe(24), clock.now()
    await ShowCode.create(
        licence_id=licence_id,
        digest=_digest(token),
        created_at=now,
        expires_at=now + SHOW_LIFE,
    )
    return Shown(token, f"{load().origin('public')}/verify/{token}", now + SHOW_LIFE)


async def verify(principal: Principal, token: str) -> Verification:
    """Use a code: exactly one verifier gets the licence, however many ask at once.

    The holder sees that it was shown. The signature is checked here and now, not remembered.
    """
    now = clock.now()
    taken = await db.row(
        "UPDATE licences_show_code SET used_at=$2 WHERE digest=$1 AND used_at IS NULL "
        "AND expires_at > $2 RETURNING licence_id",
        _digest(token),
        now,
    )
    if taken is None:
        known = await ShowCode.get_or_none(digest=_digest(token))
        reason = "unknown" if known is None else "used" if known.used_at else "expired"
        return Verification(False, reason, None, now)
    row = await Licence.get(id=taken["licence_id"])
    async with db.single_statement():
        used(principal, row, "shown")
    return await examined(row)

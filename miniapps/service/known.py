"""Whom an app's number stands for: kept when the app first learns it, asked by the gateway."""

from uuid import UUID

from app_server.kernel import clock, db
from app_server.kernel.ids import uuid7
from miniapps.errors import UnknownVisitor
from miniapps.models import KnownVisitor
from miniapps.service.launching import openid_of


def introduce(appid: str, person_id: UUID, *, trial: bool) -> str:
    """The number of a person that an app is about to learn, in the caller's unit of work."""
    openid = openid_of(appid, person_id)
    db.needed().add(
        KnownVisitor.Meta.table,
        {
            "id": uuid7(),
            "appid": appid,
            "openid": openid,
            "trial": trial,
            "person_id": person_id,
            "since": clock.now(),
        },
        on_conflict="ON CONFLICT (appid, openid, trial) DO NOTHING",
    )
    return openid


async def known_person(appid: str, openid: str, *, trial: bool) -> UUID:
    """The person behind a number this very app was told; raises `UnknownVisitor`."""
    found = await KnownVisitor.get_or_none(appid=appid, openid=openid, trial=trial)
    if found is None:
        raise UnknownVisitor
    return found.person_id

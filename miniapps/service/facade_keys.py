"""Keys of apps' back ends for vendors' protocols: made by the team, shown once, kept sealed."""

import secrets

from app_server.kernel import clock, db
from app_server.kernel.principal import Principal
from miniapps import rules
from miniapps.models import App, FacadeKey
from miniapps.service.moves import may_publish_app, record


async def make_facade_key(by: Principal, appid: str, kind: str) -> tuple[str, str]:
    """A new key of an app for one protocol: its public name and its secret.

    The secret is shown this once; the key before it is good for one more day. Raises
    `NotYourApp`.
    """
    access_key, secret = f"wx{secrets.token_hex(8)}", secrets.token_urlsafe(32)
    if kind != "weixin":
        access_key = f"{appid}-{secrets.token_hex(3)}"
    await keep_facade_key(by, appid, kind, access_key, secret)
    return access_key, secret


async def keep_facade_key(
    by: Principal, appid: str, kind: str, access_key: str, secret: str
) -> None:
    """Make this the app's key for a protocol; the very same one again changes nothing.

    Raises `NotYourApp`.
    """
    await may_publish_app(by, appid)
    now = clock.now()
    async with db.unit_of_work():
        await db.lock(f"miniapps.facade_keys:{appid}")
        if await FacadeKey.filter(appid=appid, kind=kind, access_key=access_key).exists():
            return
        await FacadeKey.filter(appid=appid, kind=kind, ends_at=None).update(
            ends_at=now + rules.OLD_KEY_LIFE
        )
        await FacadeKey.create(
            appid=appid,
            kind=kind,
            access_key=access_key,
            secret=secret,
            made_by=by.ref,
            made_at=now,
        )
        record(by, appid, 0, "facade_key_made", kind)


async def facade_key(access_key: str, kind: str) -> FacadeKey | None:
    """The key of this name while it is good and its app is not taken down."""
    if not 0 < len(access_key) <= 40 or "\x00" in access_key:
        return None
    found = await FacadeKey.get_or_none(access_key=access_key, kind=kind)
    if found is None or (found.ends_at is not None and found.ends_at <= clock.now()):
        return None
    return found if await App.filter(appid=found.appid, state="active").exists() else None


def caller_of(key: FacadeKey) -> Principal:
    """Who calls with a key: the app's back end, by the name its own client has."""
    return Principal(
        kind="client",
        id=key.id,
        org=rules.client_id_of(key.appid),
        region=rules.home_region(key.appid),
        name=f"应用后台 {key.appid}",
        channel="partner",
    )

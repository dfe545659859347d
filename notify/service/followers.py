"""Who follows the official account."""

from uuid import UUID

from app_server.kernel import clock, db
from app_server.kernel.crypto import blind_index
from app_server.kernel.events import Ok, Outcome, Unknown
from app_server.kernel.outbox import announce
from auth.grants import service as grants
from auth.grants.errors import ChannelUnreachable
from notify.events import FollowerCame
from notify.models import Follower
from notify.providers.wechat_callback import Callback
from notify.providers.wechat_template import wechat_template


def _index(openid: str) -> str:
    return blind_index(openid, "notify.follower")


async def official_token(refused: str = "") -> str:
    """The token of the official account; raises `ChannelUnreachable`."""
    return await grants.official_token(wechat_template().account, refused)


async def follower_of(person_id: UUID) -> Follower | None:
    """The follower that WeChat calls the same as this person's bound account."""
    unions = await grants.union_indexes(person_id)
    return await Follower.filter(union_index__in=unions).first() if unions else None


async def count_follow(told: Callback) -> None:
    """Note that somebody follows us, or no more; in the caller's unit of work.

    Events come again and in any order: an older one changes nothing. Of who left, only the key
    of their name stays.
    """
    if told.kind != "event" or told.event not in {"subscribe", "unsubscribe"}:
        return
    index, follows = _index(told.sender), told.event == "subscribe"
    await db.lock(f"notify.follower:{index}")
    row = await Follower.get_or_none(openid_index=index)
    if row is None:
        row = Follower(openid_index=index)
    elif told.at <= row.changed_at:
        return
    row.openid, row.union_index, row.changed_at = told.sender if follows else "", "", told.at
    await row.save()
    if follows:
        announce(FollowerCame(follower_id=row.id))


async def learn_union(follower_id: UUID) -> Outcome:
    """Ask WeChat who a follower is in our other apps."""
    row = await Follower.get_or_none(id=follower_id)
    if row is None or not row.openid:
        return Ok("已不关注")
    try:
        found = await wechat_template().union_id(official_token, row.openid)
    except ChannelUnreachable:
        found = None
    if found is None:
        return Unknown("no answer")
    # Who left while we asked stays unknown.
    await Follower.filter(id=row.id, changed_at=row.changed_at).update(
        union_index=grants.union_index(found)
    )
    return Ok()


async def lost(follower: Follower) -> None:
    """WeChat says that somebody does not follow us (43004)."""
    await Follower.filter(id=follower.id, changed_at=follower.changed_at).update(
        openid="", union_index="", changed_at=clock.now()
    )

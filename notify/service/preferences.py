"""What a person wants to be told by, and when not; the inbox cannot be switched off."""

from collections.abc import Iterable
from uuid import UUID

from app_server.kernel.errors import InvalidInput
from notify.models import Preference
from notify.rules import OUTSIDE, Quiet


async def preference(person_id: UUID) -> Preference:
    """What somebody chose, or what everybody begins with (not stored)."""
    kept = await Preference.get_or_none(person_id=person_id)
    return kept or Preference(person_id=person_id, off=[], quiet_begins=22, quiet_ends=7)


async def prefer(person_id: UUID, off: Iterable[str], quiet: Quiet) -> Preference:
    """Choose the channels that are off and the quiet hours; raises `InvalidInput`."""
    chosen = sorted(set(off))
    if unknown := [name for name in chosen if name not in OUTSIDE]:
        message = "站内消息不能关闭" if "inbox" in unknown else "没有这个渠道"
        raise InvalidInput(errors=[{"field": "off", "message": message}])
    await Preference.update_or_create(
        person_id=person_id,
        defaults={"off": chosen, "quiet_begins": quiet.begins, "quiet_ends": quiet.ends},
    )
    return await preference(person_id)


def quiet_of(kept: Preference) -> Quiet:
    """The person's quiet hours."""
    return Quiet(kept.quiet_begins, kept.quiet_ends)

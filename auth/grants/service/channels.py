"""Log-in through WeChat and Alipay: a channel session first, a user only by binding (R-ID-01)."""

import secrets
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from tortoise.exceptions import IntegrityError

from app_server.kernel import audit, clock, db
from app_server.kernel.crypto import blind_index
from app_server.kernel.outbox import announce
from app_server.kernel.principal import Principal
from auth.grants.errors import ChannelRefused, ChannelTaken, ChannelUnreachable, NoSuchChannel
from auth.grants.events import ChannelUnbound
from auth.grants.models import Binding, ChannelIdentity
from auth.grants.providers import ChannelDown, CodeRefused, Withdrawal, channel
from auth.grants.rules import BINDING_LIFE, CHANNEL_NAMES
from auth.grants.service.registration import Registration, register
from auth.grants.service.sessions import (
    NOWHERE,
    Granted,
    Place,
    end_sessions_of,
    open_session,
)
from auth.grants.service.sign_in import proved_person
from auth.identity import service as identity


@dataclass(frozen=True, slots=True)
class Unbound:
    """The channel knows them, we do not yet: the token lets them bind an account."""

    binding_token: str
    expires_in_s: int


@dataclass(frozen=True, slots=True)
class BoundChannel:
    """A channel account of the caller's."""

    id: UUID
    channel: str
    channel_name: str
    bound_at: datetime


def _openid_index(openid: str) -> str:
    return blind_index(openid, "grants.openid")


def union_index(union_id: str) -> str:
    """The key under which a union id is kept; empty for none."""
    return blind_index(union_id, "grants.union_id") if union_id else ""


async def union_indexes(person_id: UUID) -> list[str]:
    """What WeChat calls this person in all our apps, keyed; none where nothing is bound."""
    rows = await ChannelIdentity.filter(person_id=person_id, channel="wechat")
    return [row.union_index for row in rows if row.union_index]


def _binding_digest(token: str) -> str:
    return blind_index(token, "grants.binding")


async def sign_in_by_channel(name: str, code: str, place: Place = NOWHERE) -> Granted | Unbound:
    """Sign in by a channel's code: a session for a bound user, else a binding token.

    Raises `ChannelRefused` for a bad or used code, `ChannelUnreachable`.
    """
    try:
        user = await channel(name).user_of(code)
    except CodeRefused as error:
        raise ChannelRefused from error
    except ChannelDown as error:
        raise ChannelUnreachable from error
    known = await ChannelIdentity.get_or_none(
        channel=user.channel,
        app_id=user.app_id,
        id_kind=user.id_kind,
        openid_index=_openid_index(user.openid),
    )
    union = union_index(user.union_id)
    if known is not None:
        if union and known.union_index != union:
            await ChannelIdentity.filter(id=known.id).update(union_index=union)
        return await open_session("person", known.person_id, name, (name,), place)
    token = secrets.token_urlsafe(32)
    await Binding.create(
        digest=_binding_digest(token),
        channel=user.channel,
        app_id=user.app_id,
        id_kind=user.id_kind,
        openid=user.openid,
        union_index=union,
        expires_at=clock.now() + BINDING_LIFE,
    )
    return Unbound(token, int(BINDING_LIFE.total_seconds()))


async def _waiting(binding_token: str) -> Binding:
    binding = await Binding.get_or_none(
        digest=_binding_digest(binding_token), used_at=None, expires_at__gt=clock.now()
    )
    if binding is None:
        raise ChannelRefused
    return binding


async def bind_channel(
    binding_token: str, login: str, password: str, place: Place = NOWHERE
) -> Granted:
    """Bind a channel account to the person who proves an account, and sign in.

    Raises `SignInRefused`, `SignInLocked`, `TooManyTries`, `ChannelRefused` (token used or too
    old), `ChannelTaken` when the channel account belongs to somebody else, and `UnderReview`:
    identities are not joined while two means disagree about one (R-ID-38).
    """
    binding = await _waiting(binding_token)
    person_id = await proved_person(login, password, place)
    await identity.must_not_be_under_review(person_id)
    async with db.unit_of_work():
        await _bind(binding, person_id)
        return await open_session("person", person_id, binding.channel, place=place)


async def sign_up_by_channel(
    binding_token: str, wanted: Registration, place: Place = NOWHERE
) -> Granted:
    """Open an account and bind the channel account to it, in one step (R-ID-27).

    Raises what `register` raises, `ChannelRefused`, `ChannelTaken`; then there is no account.
    """
    binding = await _waiting(binding_token)
    return await register(
        replace(wanted, channel=binding.channel), place, then=lambda who: _bind(binding, who)
    )


async def _bind(binding: Binding, person_id: UUID) -> None:
    """One channel account, one resident; in the caller's unit of work."""
    now = clock.now()
    if not await Binding.filter(id=binding.id, used_at=None, expires_at__gt=now).update(
        used_at=now
    ):
        raise ChannelRefused
    try:
        row = await ChannelIdentity.create(
            channel=binding.channel,
            app_id=binding.app_id,
            id_kind=binding.id_kind,
            openid_index=_openid_index(binding.openid),
            openid=binding.openid,
            union_index=binding.union_index,
            person_id=person_id,
            bound_at=now,
        )
    except IntegrityError as error:
        raise ChannelTaken from error
    audit.record(
        Principal(kind="person", id=person_id, channel=binding.channel),
        "grants.channel_bound",
        f"channel:{row.id}",
        owner=person_id,
    )


async def channels_of(principal: Principal) -> list[BoundChannel]:
    """The channel accounts bound to the caller, the newest first."""
    rows = await ChannelIdentity.filter(person_id=principal.subject).order_by("-bound_at")
    return [
        BoundChannel(row.id, row.channel, CHANNEL_NAMES[row.channel], row.bound_at) for row in rows
    ]


async def openid_at(person_id: UUID, channel: str, app_id: str) -> str | None:
    """What a vendor's app calls this person, if it is bound: paying there needs it."""
    row = await ChannelIdentity.filter(person_id=person_id, channel=channel, app_id=app_id).first()
    return str(row.openid) if row else None


async def unbind_channel(principal: Principal, binding_id: UUID) -> None:
    """The resident gives a binding up: its sessions end; raises `NoSuchChannel`."""
    row = await ChannelIdentity.get_or_none(id=binding_id, person_id=principal.subject)
    if row is None or not await _unbind(principal, row, "by_owner"):
        raise NoSuchChannel


async def withdrawn_at_vendor(told: Withdrawal) -> int:
    """The user took the authorisation back at WeChat or Alipay; answers how many bindings ended.

    A binding made after that moment stands: a notice may be told again, and late.
    """
    ended = 0
    vendor = Principal(name=CHANNEL_NAMES[told.channel], channel=told.channel)
    for id_kind, openid in told.names:
        row = await ChannelIdentity.get_or_none(
            channel=told.channel,
            app_id=told.app_id,
            id_kind=id_kind,
            openid_index=_openid_index(openid),
            bound_at__lt=told.at,
        )
        if row is not None:
            ended += await _unbind(vendor, row, "at_vendor")
    return ended


async def _unbind(by: Principal, row: ChannelIdentity, reason: str) -> bool:
    async with db.unit_of_work():
        if not await ChannelIdentity.filter(id=row.id, bound_at=row.bound_at).delete():
            return False
        await end_sessions_of(row.person_id, "channel_unbound", channel=row.channel)
        audit.record(
            by, "grants.channel_unbound", f"channel:{row.id}", owner=row.person_id, reason=reason
        )
        announce(ChannelUnbound(person_id=row.person_id, channel=row.channel, reason=reason))
    return True

"""Log-in through WeChat and Alipay: a channel session first, a user only by binding (R-ID-01)."""

import secrets
from dataclasses import dataclass

from tortoise.exceptions import IntegrityError

from app_server.kernel import audit, clock, db
from app_server.kernel.crypto import blind_index
from app_server.kernel.principal import Principal
from auth.grants.errors import ChannelRefused, ChannelTaken, ChannelUnreachable
from auth.grants.models import Binding, ChannelIdentity
from auth.grants.providers import ChannelDown, CodeRefused, channel
from auth.grants.rules import BINDING_LIFE
from auth.grants.service.sessions import Granted, open_session
from auth.grants.service.sign_in import sign_in_person


@dataclass(frozen=True, slots=True)
class Unbound:
    """The channel knows them, we do not yet: the token lets them bind an account."""

    binding_token: str
    expires_in_s: int


def _openid_index(openid: str) -> str:
    return blind_index(openid, "grants.openid")


def _binding_digest(token: str) -> str:
    return blind_index(token, "grants.binding")


async def sign_in_by_channel(name: str, code: str) -> Granted | Unbound:
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
        channel=user.channel, app_id=user.app_id, openid_index=_openid_index(user.openid)
    )
    if known is not None:
        return await open_session("person", known.person_id, name, (name,))
    token = secrets.token_urlsafe(32)
    await Binding.create(
        digest=_binding_digest(token),
        channel=user.channel,
        app_id=user.app_id,
        openid=user.openid,
        expires_at=clock.now() + BINDING_LIFE,
    )
    return Unbound(token, int(BINDING_LIFE.total_seconds()))


async def bind_channel(binding_token: str, login: str, password: str) -> Granted:
    """Bind a channel account to the person who proves an account, and sign in.

    Raises `SignInRefused`, `SignInLocked`, `ChannelRefused` (token used or too old) and
    `ChannelTaken` when the channel account belongs to somebody else.
    """
    granted = await sign_in_person(login, password, "channel")
    person_id = granted.principal.subject
    now = clock.now()
    async with db.unit_of_work():
        binding = await Binding.select_for_update().get_or_none(
            digest=_binding_digest(binding_token), used_at=None, expires_at__gt=now
        )
        if binding is None:
            raise ChannelRefused
        await Binding.filter(id=binding.id).update(used_at=now)
        try:
            await ChannelIdentity.create(
                channel=binding.channel,
                app_id=binding.app_id,
                openid_index=_openid_index(binding.openid),
                openid=binding.openid,
                person_id=person_id,
                bound_at=now,
            )
        except IntegrityError as error:
            raise ChannelTaken from error
        audit.record(
            Principal(kind="person", id=person_id, channel=binding.channel),
            "grants.channel_bound",
            f"channel:{binding.channel}",
            owner=person_id,
        )
    return granted

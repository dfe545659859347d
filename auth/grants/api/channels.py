"""WeChat and Alipay: signing in, binding, signing up, unbinding, and the vendors' notices."""

from urllib.parse import parse_qsl
from uuid import UUID

from app_server.kernel.http import Call, RawReply, anyone, endpoint, own_credentials, person
from app_server.kernel.ratelimit import Limit
from auth.grants import service
from auth.grants.api.accounts import SIGN_IN_LIMIT, registration_of
from auth.grants.api.presenting import channel_session, place_of
from auth.grants.errors import NoticeRefused
from auth.grants.providers import PushQuery
from auth.grants.schemas import ChannelBinding, ChannelRefresh, ChannelSessionView, ChannelSignIn
from auth.grants.schemas.sessions import ChannelList, ChannelSignUp, ChannelView, PushMarks


@endpoint("POST", "/sessions/channel", guard=anyone(), status=201, limit=SIGN_IN_LIMIT)
async def sign_in_by_channel(call: Call, body: ChannelSignIn) -> ChannelSessionView:
    """Sign in with a WeChat or Alipay mini-program code."""
    got = await service.sign_in_by_channel(body.channel, body.code, place_of(call))
    if isinstance(got, service.Unbound):
        return ChannelSessionView(
            state="unbound", binding_token=got.binding_token, expires_in_s=got.expires_in_s
        )
    return await channel_session(got)


@endpoint("POST", "/sessions/channel/bindings", guard=anyone(), status=201, limit=SIGN_IN_LIMIT)
async def bind_channel(call: Call, body: ChannelBinding) -> ChannelSessionView:
    """Bind the channel account to my account, and sign in."""
    return await channel_session(
        await service.bind_channel(body.binding_token, body.login, body.password, place_of(call))
    )


@endpoint("POST", "/sessions/channel/refresh", guard=anyone(), limit=Limit("c-refresh", 60, 60))
async def refresh_channel(call: Call, body: ChannelRefresh) -> ChannelSessionView:
    """Exchange a mini-program's refresh token for a fresh pair."""
    del call
    return await channel_session(await service.refresh(body.refresh_token, "person"))


@endpoint(
    "POST",
    "/sessions/channel/sign-ups",
    guard=anyone(),
    status=201,
    limit=Limit("sign-up", 10, 60, fail_closed=True),
)
async def sign_up_by_channel(call: Call, body: ChannelSignUp) -> ChannelSessionView:
    """Open an account (tier 1) and bind the channel account to it, in one step."""
    return await channel_session(
        await service.sign_up_by_channel(body.binding_token, registration_of(body), place_of(call))
    )


@endpoint("GET", "/me/channels", guard=person(0))
async def list_channels(call: Call) -> ChannelList:
    """The WeChat and Alipay accounts bound to mine."""
    return ChannelList(
        items=[
            ChannelView(
                id=c.id, channel=c.channel, channel_name=c.channel_name, bound_at=c.bound_at
            )
            for c in await service.channels_of(call.principal)
        ]
    )


@endpoint("DELETE", "/me/channels/{binding_id}", guard=person(0))
async def unbind_channel(call: Call, binding_id: UUID) -> None:
    """Unbind one; its sessions end."""
    await service.unbind_channel(call.principal, binding_id)


# The vendors' own signatures are the credentials; what they send is small.
VENDOR = own_credentials("partner", "vendor's signature")
NOTICES = Limit("vendor-notice", 600, 60)


@endpoint(
    "GET",
    "/callbacks/wechat/events",
    guard=VENDOR,
    bare=True,
    limit=NOTICES,
    reply_type="text/plain",
)
async def check_wechat_address(call: Call, query: PushMarks) -> RawReply:
    """Answer WeChat's check of this address when message push is set up."""
    del call
    marks = PushQuery(query.timestamp, query.nonce, signature=query.signature)
    return RawReply(service.wechat_echo(marks, query.echostr).encode(), "text/plain")


@endpoint(
    "POST",
    "/callbacks/wechat/events",
    guard=VENDOR,
    bare=True,
    limit=NOTICES,
    raw=("text/xml", "application/xml", "application/json"),
    max_body=16 * 1024,
    reply_type="text/plain",
)
async def take_wechat_event(call: Call, query: PushMarks) -> RawReply:
    """An event of WeChat's message push (secure mode): a user took the authorisation back."""
    marks = PushQuery(query.timestamp, query.nonce, query.msg_signature)
    await service.wechat_notice(marks, call.raw)
    return RawReply(b"success", "text/plain")


@endpoint(
    "POST",
    "/callbacks/alipay/messages",
    guard=VENDOR,
    bare=True,
    limit=NOTICES,
    raw=("application/x-www-form-urlencoded",),
    max_body=16 * 1024,
    reply_type="text/plain",
)
async def take_alipay_message(call: Call) -> RawReply:
    """A message of Alipay's open platform: a user took the authorisation back."""
    try:
        pairs = parse_qsl(call.raw.decode(), keep_blank_values=True, max_num_fields=40)
    except ValueError as error:
        raise NoticeRefused from error
    if len({name for name, _ in pairs}) < len(pairs):
        raise NoticeRefused
    await service.alipay_notice(dict(pairs))
    return RawReply(b"success", "text/plain")

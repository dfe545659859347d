"""Tickets in other platforms' protocols, on the partner surface; and the keys they need."""

from typing import Any

import orjson

from app_server.kernel.errors import Problem
from app_server.kernel.http import (
    Call,
    RawReply,
    Refusals,
    client,
    endpoint,
    own_credentials,
    staff,
)
from app_server.kernel.ratelimit import Limit
from app_server.kernel.settings import load
from miniapps import rules, service
from miniapps.api.back_ends import visitor_view
from miniapps.errors import RequestUnsigned
from miniapps.schemas.back_ends import VisitorView
from miniapps.schemas.facades import (
    CroodsToken,
    FacadeKeyAsked,
    FacadeKeyMade,
    IrsTicket,
    IrsToken,
    OidcClientAsked,
    OidcClientView,
    SimpleAuthForm,
    WeixinTicketQuery,
    WeixinTokenAsked,
    WeixinTokenQuery,
)

# By the caller's address: a whole city's visitors come from one.
CALLS = Limit("miniapp-facade", 3000, 60, fail_closed=True)
IRS = "/restapi/prod/IC33000020220329000007/uc/sso/access_token"
IRS_USER = "/restapi/prod/IC33000020220329000008/uc/sso/getUserInfo"
SIGNED = own_credentials("partner", "facade key")
_SHARED: dict[str, Any] = {"guard": SIGNED, "status": 200, "bare": True, "limit": CALLS}


def _json(body: dict[str, Any], status: int = 200) -> RawReply:
    return RawReply(orjson.dumps(body), "application/json", status)


def _irs_refusal(problem: Problem) -> RawReply:
    """A refusal in the words of the vendor's gateway."""
    return _json({"message": problem.detail or problem.title}, problem.status)


IRS_REFUSALS = Refusals(
    "Refused by the gateway",
    "application/json",
    {"type": "object", "required": ["message"], "properties": {"message": {"type": "string"}}},
    _irs_refusal,
)


async def make_facade_key(call: Call, appid: str, body: FacadeKeyAsked) -> FacadeKeyMade:
    """Make a key of my app for one protocol, or a new one: the old one ends a day later."""
    access_key, secret = await service.make_facade_key(call.principal, appid[:40], body.kind)
    title = service.KIND_NAMES[body.kind]
    return FacadeKeyMade(kind=body.kind, title=title, access_key=access_key, secret=secret)


async def keep_oidc_client(call: Call, appid: str, body: OidcClientAsked) -> OidcClientView:
    """Let my app's back end sign people in by OpenID Connect, with codes taken in the shell."""
    client_id, secret = await service.keep_oidc_client(call.principal, appid[:40], body.jwks)
    return OidcClientView(client_id=client_id, secret=secret, issuer=load().origin("public"))


for _guard in (staff(rules.PUBLISHER), client(rules.PUBLISH_SCOPE)):
    endpoint("POST", "/miniapps/{appid}/facade-keys", guard=_guard, status=201)(make_facade_key)
    endpoint("PUT", "/miniapps/{appid}/oidc-client", guard=_guard)(keep_oidc_client)


@endpoint("POST", "/tickets/exchange-signed", guard=SIGNED, raw=("application/json",), limit=CALLS)
async def exchange_signed(call: Call) -> VisitorView:
    """Learn who opened the app, once, by a request signed with the app's own key."""
    key = await _key(call, "native")
    ticket = _object(call.raw).get("ticket", "")
    return visitor_view(await service.exchange(service.caller_of(key), ticket))


@endpoint("POST", "/sso/servlet/simpleauth", **_SHARED)
async def simple_auth(call: Call, form: SimpleAuthForm) -> RawReply:
    """浙里办 simpleauth: a token for a ticket, then the person of the token."""
    del call
    return _json(await service.simple_auth(form.model_dump()))


@endpoint("POST", IRS, raw=("application/json",), refusals=IRS_REFUSALS, **_SHARED)
async def irs_token(call: Call) -> RawReply:
    """浙里办 IRS: an access token for a ticket."""
    key = await _key(call, "irs")
    asked = IrsTicket.model_validate(_object(call.raw))
    return _json(await service.irs_token(key, asked.ticketId, asked.appId))


@endpoint("POST", IRS_USER, raw=("application/json",), refusals=IRS_REFUSALS, **_SHARED)
async def irs_user(call: Call) -> RawReply:
    """浙里办 IRS: the person of an access token."""
    key = await _key(call, "irs")
    return _json(await service.irs_user(key, IrsToken.model_validate(_object(call.raw)).token))


@endpoint("POST", "/croods/user", **_SHARED)
async def croods_user(call: Call, body: CroodsToken) -> RawReply:
    """皖事通 croods: the person of a token."""
    del call
    return _json(await service.croods_user(body.serviceId, body.token, body.time, body.sign))


@endpoint("GET", "/cgi-bin/token", **_SHARED)
async def weixin_token(call: Call, query: WeixinTokenQuery) -> RawReply:
    """WeChat: an access token of the app's key."""
    del call
    return await _weixin_token(query.grant_type, query.appid, query.secret)


@endpoint("POST", "/cgi-bin/stable_token", **_SHARED)
async def weixin_stable_token(call: Call, body: WeixinTokenAsked) -> RawReply:
    """WeChat: the same, with the secret in the body."""
    del call
    return await _weixin_token(body.grant_type, body.appid, body.secret)


async def _weixin_token(grant_type: str, appid: str, secret: str) -> RawReply:
    if grant_type != "client_credential":
        return _json({"errcode": 40002, "errmsg": "invalid grant_type"})
    token = await service.weixin_token(appid, secret)
    if token is None:
        return _json({"errcode": 40001, "errmsg": "invalid credential"})
    return _json({"access_token": token, "expires_in": service.left_s()})


@endpoint("GET", "/cgi-bin/ticket/getticket", **_SHARED)
async def weixin_ticket(call: Call, query: WeixinTicketQuery) -> RawReply:
    """WeChat: the ticket pages' calls are signed with."""
    del call
    key = await service.key_of_token(query.access_token)
    if key is None or query.type != "jsapi":
        return _json({"errcode": 40001, "errmsg": "invalid credential"})
    told = {"errcode": 0, "errmsg": "ok", "ticket": service.jsapi_ticket(key)}
    return _json(told | {"expires_in": service.left_s()})


async def _key(call: Call, kind: str) -> Any:
    request = call.request
    signed = service.Signed("POST", request.path, request.query_string, call.headers, call.raw)
    try:
        return await service.signed_by(signed, kind)
    except service.SignatureRefused as error:
        raise RequestUnsigned(str(error)) from error


def _object(raw: bytes) -> dict[str, Any]:
    try:
        found = orjson.loads(raw)
    except orjson.JSONDecodeError:
        return {}
    named = found if isinstance(found, dict) else {}
    return {k: v for k, v in named.items() if isinstance(v, str) and len(v) <= 200}

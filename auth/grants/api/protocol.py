"""OAuth 2.1 and OpenID Connect on both surfaces: parse, one service call, present."""

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

import orjson

from app_server.kernel.errors import Problem
from app_server.kernel.http import Call, RawReply, Refusals, endpoint, own_credentials
from app_server.kernel.http.guard import Surface
from app_server.kernel.ratelimit import Limit
from auth.grants.api import pages
from auth.grants.errors import OAuthRefused
from auth.grants.rules import KEY_SET_AGE
from auth.grants.schemas.protocol import (
    AuthorizeForm,
    AuthorizeQuery,
    ClientProof,
    ConfirmForm,
    HeldTokenForm,
    LogoutForm,
    LogoutQuery,
    PushForm,
    TokenForm,
    UserInfoForm,
)
from auth.grants.service import oauth

SURFACES: tuple[Surface, ...] = ("public", "staff")
BROWSER = "interaction"
MAX_REQUEST = 8 * 1024  # as much as an address may hold
# No cookie plays a part at these, so any origin may read what it could fetch anyway.
OPEN = {
    "access-control-allow-origin": "*",
    "access-control-expose-headers": "www-authenticate",
}
PREFLIGHT = OPEN | {
    "access-control-allow-methods": "GET, POST",
    "access-control-allow-headers": "authorization, content-type, dpop",
    "access-control-max-age": "600",
}
_STATUS = {"invalid_client": 401, "invalid_token": 401, "insufficient_scope": 403}
_ERROR = {
    "type": "object",
    "required": ["error"],
    "properties": {"error": {"type": "string"}, "error_description": {"type": "string"}},
}


def _told(problem: Problem) -> tuple[int, str, str]:
    if isinstance(problem, OAuthRefused):
        return _STATUS.get(problem.error, 400), problem.error, str(problem.detail)
    if problem.status in {429, 503}:
        return problem.status, "temporarily_unavailable", "try again later"
    if problem.status >= 500:
        return problem.status, "server_error", "unexpected"
    return (404 if problem.status == 404 else 400), "invalid_request", "the request cannot be read"


def _as_json(problem: Problem) -> RawReply:
    status, error, description = _told(problem)
    body = orjson.dumps({"error": error, "error_description": description})
    headers = OPEN | {"pragma": "no-cache"} | dict(problem.headers)
    if "retry_after_s" in problem.facts:
        headers["retry-after"] = str(problem.facts["retry_after_s"])
    return RawReply(body, status=status, headers=headers)


def _as_page(problem: Problem) -> RawReply:
    status, error, description = _told(problem)
    # A browser would ask for a password in its own window on 401.
    return pages.refused_page(f"{error}: {description}", 400 if status == 401 else status)


IN_JSON = Refusals("Error (RFC 6749 §5.2)", "application/json", _ERROR, _as_json)
ON_A_PAGE = Refusals("页面", "text/html", {"type": "string"}, _as_page)

Handler = Callable[..., Any]


def provided(
    method: str,
    path: str,
    needs: str,
    refusals: Refusals = IN_JSON,
    *,
    limit: int = 1200,
    **options: Any,
) -> Callable[[Handler], Handler]:
    """Declare a route of the protocol on both surfaces; the realm follows from the surface."""

    def register(run: Handler) -> Handler:
        for surface in SURFACES:
            endpoint(
                method,
                path,
                guard=own_credentials(surface, needs),
                bare=True,
                refusals=refusals,
                limit=Limit(f"oauth-{run.__name__}", limit, 60),
                **options,
            )(run)
        return run

    return register


def _json(document: dict[str, Any], headers: dict[str, str] | None = None) -> RawReply:
    return RawReply(orjson.dumps(document), headers=OPEN | (headers or {}))


def _proofs(call: Call) -> list[str]:
    return [str(value) for value in call.headers.getall("dpop", [])]


async def _client(call: Call, form: ClientProof) -> Any:
    return await oauth.proved_client(
        oauth.realm_on(call.surface),
        oauth.Credentials(
            call.headers.get("authorization", ""),
            form.client_id,
            form.client_secret,
            form.client_assertion_type,
            form.client_assertion,
        ),
    )


def _to(location: str) -> RawReply:
    return RawReply(b"", pages.HTML, 303, {"location": location, "referrer-policy": "no-referrer"})


@provided("GET", "/.well-known/openid-configuration", "anyone: discovery")
async def discovery(call: Call) -> RawReply:
    """What the provider offers (OpenID Connect Discovery)."""
    age = f"public, max-age={int(KEY_SET_AGE.total_seconds())}"
    return _json(oauth.metadata(oauth.realm_on(call.surface)), {"cache-control": age})


@provided("GET", "/.well-known/jwks.json", "anyone: discovery")
async def key_set(call: Call) -> RawReply:
    """The keys our tokens are signed with."""
    age = f"public, max-age={int(KEY_SET_AGE.total_seconds())}"
    return _json(await oauth.key_set(oauth.realm_on(call.surface)), {"cache-control": age})


@provided("POST", "/oauth/par", "oauth client", status=201)
async def push(call: Call, form: PushForm) -> RawReply:
    """Push an authorisation request (RFC 9126)."""
    realm = oauth.realm_on(call.surface)
    client = await _client(call, form)
    if form.request_uri is not None:
        raise OAuthRefused("invalid_request", "request_uri cannot be pushed")
    jkt = await oauth.proof_of(_proofs(call), "POST", realm.endpoint("par"))
    reference, life = await oauth.push(realm, client, _asked(form), jkt)
    body = orjson.dumps({"request_uri": reference, "expires_in": life})
    return RawReply(body, status=201, headers=dict(OPEN))


def _asked(form: AuthorizeForm) -> dict[str, str | None]:
    return {name: getattr(form, name) for name in AuthorizeForm.model_fields}


@provided(
    "GET", "/oauth/authorize", "anyone: a browser", ON_A_PAGE, status=303, reply_type="text/html"
)
async def authorize(call: Call, query: AuthorizeQuery) -> RawReply:
    """Take a browser sent by a relying party: back with a code, or on to our pages."""
    return await _arrive(call, query)


@provided(
    "POST",
    "/oauth/authorize",
    "anyone: a browser",
    ON_A_PAGE,
    status=303,
    reply_type="text/html",
    max_body=MAX_REQUEST,
)
async def authorize_by_form(call: Call, form: AuthorizeForm) -> RawReply:
    """The same by form; no cookie comes along from another site, so the pages follow."""
    return await _arrive(call, form)


async def _arrive(call: Call, asked: AuthorizeForm) -> RawReply:
    realm = oauth.realm_on(call.surface)
    arrival = await oauth.arrive(
        realm, _asked(asked), call.cookie(f"{oauth.COOKIE[realm.kind]}-sso"), call.cookie(BROWSER)
    )
    if arrival.browser:
        # Lax: the next relying party's visit must find it, or it would lose this one's request.
        call.set_cookie(BROWSER, arrival.browser, 12 * 3600, "Lax")
    return _to(arrival.location)


@provided("POST", "/oauth/token", "oauth client")
async def token(call: Call, form: TokenForm) -> RawReply:
    """Exchange a code, a refresh token or a client's own proof for tokens."""
    realm = oauth.realm_on(call.surface)
    client = await _client(call, form)
    if form.grant_type == "client_credentials":
        own = oauth.client_credentials(client, form.scope)
        return _json(
            {
                "access_token": own.access_token,
                "token_type": "Bearer",
                "expires_in": own.expires_in_s,
                "scope": " ".join(own.scopes),
            }
        )
    if form.grant_type not in {"authorization_code", "refresh_token"}:
        known = "unsupported_grant_type" if form.grant_type else "invalid_request"
        raise OAuthRefused(known, "grant_type")
    jkt = await oauth.proof_of(_proofs(call), "POST", realm.endpoint("token"))
    if form.grant_type == "authorization_code":
        got = await oauth.exchange_code(
            realm, client, form.code or "", form.redirect_uri or "", form.code_verifier or "", jkt
        )
    else:
        got = await oauth.exchange_refresh(realm, client, form.refresh_token or "", form.scope, jkt)
    return _json({name: value for name, value in asdict(got).items() if value is not None})


@provided("POST", "/oauth/revoke", "oauth client")
async def revoke(call: Call, form: HeldTokenForm) -> RawReply:
    """End a token and its family (RFC 7009)."""
    client = await _client(call, form)
    if not form.token:
        raise OAuthRefused("invalid_request", "token is missing")
    await oauth.revoke_token(oauth.realm_on(call.surface), client, form.token)
    return _json({})


@provided("POST", "/oauth/introspect", "oauth client")
async def introspect(call: Call, form: HeldTokenForm) -> RawReply:
    """Whether a client's own token holds (RFC 7662)."""
    client = await _client(call, form)
    if client.auth_method == "none":
        raise OAuthRefused("unauthorized_client", "public clients cannot introspect")
    if not form.token:
        raise OAuthRefused("invalid_request", "token is missing")
    return _json(await oauth.introspect(oauth.realm_on(call.surface), client, form.token))


@provided("GET", "/oauth/userinfo", "access token of a relying party")
async def userinfo(call: Call) -> RawReply:
    """The consented claims behind an access token."""
    return await _userinfo(call, None, "GET")


@provided("POST", "/oauth/userinfo", "access token of a relying party")
async def userinfo_by_post(call: Call, form: UserInfoForm) -> RawReply:
    """The same by POST, the token in the header or in the form."""
    return await _userinfo(call, form.access_token, "POST")


async def _userinfo(call: Call, in_body: str | None, method: str) -> RawReply:
    realm = oauth.realm_on(call.surface)
    held = call.headers.get("authorization", "")
    return _json(await oauth.userinfo(realm, held, in_body, _proofs(call), method))


def _preflight(path: str) -> None:
    async def preflight(call: Call) -> RawReply:
        """Let a public client's page call from its own origin (CORS)."""
        del call
        return RawReply(b"", status=204, headers=dict(PREFLIGHT))

    preflight.__name__ = f"preflight_{path}"
    provided("OPTIONS", f"/oauth/{path}", "anyone: preflight", status=204)(preflight)


for _path in ("token", "userinfo", "revoke", "par"):
    _preflight(_path)


@provided("GET", "/oauth/logout", "anyone: a browser", ON_A_PAGE, reply_type="text/html")
async def logout(call: Call, query: LogoutQuery) -> RawReply:
    """Take a browser that a relying party sends to log out."""
    return await _leave(call, query)


@provided("POST", "/oauth/logout", "anyone: a browser", ON_A_PAGE, reply_type="text/html")
async def logout_by_form(call: Call, form: LogoutForm) -> RawReply:
    """The same by form."""
    return await _leave(call, form)


async def _leave(call: Call, asked: LogoutForm) -> RawReply:
    realm = oauth.realm_on(call.surface)
    mark = call.cookie(f"{oauth.COOKIE[realm.kind]}-sso")
    return _left(call, realm, asked, await oauth.leave(realm, asked.model_dump(), mark))


@provided(
    "POST", "/oauth/logout/confirmation", "anyone: a browser", ON_A_PAGE, reply_type="text/html"
)
async def confirm_logout(call: Call, form: ConfirmForm) -> RawReply:
    """The person agreed to log out."""
    realm = oauth.realm_on(call.surface)
    mark = call.cookie(f"{oauth.COOKIE[realm.kind]}-sso")
    left = await oauth.confirm_leaving(realm, form.model_dump(), form.confirmation, mark)
    return _left(call, realm, form, left)


def _left(call: Call, realm: oauth.Realm, asked: LogoutForm, left: oauth.Leaving) -> RawReply:
    if left.confirm:
        kept = {name: getattr(asked, name) for name in ("id_token_hint", "client_id", "state")}
        kept["post_logout_redirect_uri"] = asked.post_logout_redirect_uri
        return pages.confirm_page(left.client_name, kept, left.confirm, left.target)
    for name in (oauth.COOKIE[realm.kind], f"{oauth.COOKIE[realm.kind]}-sso"):
        call.set_cookie(name, "", 0)
    return _to(left.target) if left.target else pages.left_page()

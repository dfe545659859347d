"""Signing on through the platform, as any department's system does it (OpenID Connect Core).

Authorization code with PKCE, state, nonce and the issuer parameter (RFC 9207); the ID token is
verified against the published keys; back-channel logout ends the system's own sessions.
"""

import base64
import hashlib
import secrets
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import httpx
import jwt
from jwt import PyJWK

from app_server.kernel.settings import load
from auth.staff.service.demo import CLIENT_SECRET, DemoSystem

SCOPE = "openid profile staff"
LOGOUT = "http://schemas.openid.net/event/backchannel-logout"


class _Loopback(httpx.AsyncHTTPTransport):
    """Names below .localhost are this machine (RFC 6761), also where no resolver says so."""

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if request.url.host.endswith(".localhost"):
            request.url = request.url.copy_with(host="127.0.0.1")
        return await super().handle_async_request(request)


class SignOnFailed(Exception):
    """The platform refused, or its answer does not hold."""


@dataclass
class Visit:
    """A browser's session here: who, by which session over there."""

    account: str
    name: str
    subject: str
    sid: str
    id_token: str


@dataclass
class RelyingParty:
    """One system's side of the protocol."""

    system: DemoSystem
    begun: dict[str, tuple[str, str]] = field(default_factory=dict)
    visits: dict[str, Visit] = field(default_factory=dict)

    @property
    def _issuer(self) -> str:
        return load().origin("staff")

    @property
    def _redirect_uri(self) -> str:
        return f"{self.system.url}/callback"

    async def authorization_url(self) -> tuple[str, str]:
        """Where to send the browser, and the state to remember it by."""
        state, nonce, verifier = (secrets.token_urlsafe(48) for _ in range(3))
        self.begun[state] = (nonce, verifier)
        digest = hashlib.sha256(verifier.encode()).digest()
        asked = {
            "response_type": "code",
            "client_id": self.system.client_id,
            "redirect_uri": self._redirect_uri,
            "scope": SCOPE,
            "state": state,
            "nonce": nonce,
            "code_challenge": base64.urlsafe_b64encode(digest).rstrip(b"=").decode(),
            "code_challenge_method": "S256",
        }
        endpoint = (await self._metadata())["authorization_endpoint"]
        return f"{endpoint}?{urlencode(asked)}", state

    async def finish(self, given: dict[str, str], state: str) -> tuple[dict[str, Any], str]:
        """The claims about who came back, and the ID token; raises `SignOnFailed`."""
        nonce, verifier = self.begun.pop(state, ("", ""))
        if not nonce or given.get("state") != state or given.get("iss") != self._issuer:
            raise SignOnFailed("登录请求已失效，请重新登录")
        if "error" in given:
            raise SignOnFailed(given.get("error_description", given["error"]))
        metadata = await self._metadata()
        async with self._client() as client:
            reply = await client.post(
                metadata["token_endpoint"],
                data={
                    "grant_type": "authorization_code",
                    "code": given.get("code", ""),
                    "redirect_uri": self._redirect_uri,
                    "code_verifier": verifier,
                },
                auth=(self.system.client_id, CLIENT_SECRET),
            )
            tokens = _json(reply)
            claims = await self._verified(tokens.get("id_token", ""))
            if claims.get("nonce") != nonce:
                raise SignOnFailed("登录请求已失效，请重新登录")
            bearer = {"authorization": f"Bearer {tokens['access_token']}"}
            told = _json(await client.get(metadata["userinfo_endpoint"], headers=bearer))
        if told.get("sub") != claims["sub"]:
            raise SignOnFailed("身份信息不一致")
        return claims | told, tokens["id_token"]

    async def log_out(self, token: str) -> bool:
        """End the sessions a logout token names (OIDC Back-Channel Logout 1.0 §2.6)."""
        try:
            claims = await self._verified(token)
        except SignOnFailed:
            return False
        if LOGOUT not in claims.get("events", {}) or "nonce" in claims:
            return False
        self.end(sid=claims.get("sid"), subject=claims.get("sub"))
        return True

    def end(self, *, sid: str | None = None, subject: str | None = None) -> None:
        """End this system's own sessions of a session or a person over there."""
        self.visits = {
            key: visit
            for key, visit in self.visits.items()
            if not (visit.sid == sid if sid else visit.subject == subject)
        }

    async def _verified(self, token: str) -> dict[str, Any]:
        keys = {k["kid"]: k for k in (await self._get("jwks_uri"))["keys"]}
        try:
            key = PyJWK(keys[jwt.get_unverified_header(token)["kid"]])
            claims: dict[str, Any] = jwt.decode(
                token,
                key,
                algorithms=["ES256"],
                audience=self.system.client_id,
                issuer=self._issuer,
                options={"require": ["iss", "aud", "exp", "iat"]},
                leeway=5,
            )
        except (jwt.PyJWTError, KeyError) as error:
            raise SignOnFailed("令牌无效") from error
        return claims

    async def _metadata(self) -> dict[str, Any]:
        async with self._client() as client:
            found = _json(await client.get(f"{self._issuer}/.well-known/openid-configuration"))
        if found.get("issuer") != self._issuer:
            raise SignOnFailed("认证平台地址不一致")
        return found

    async def _get(self, name: str) -> dict[str, Any]:
        address = (await self._metadata())[name]
        async with self._client() as client:
            return _json(await client.get(address))

    @staticmethod
    def _client() -> httpx.AsyncClient:
        return httpx.AsyncClient(timeout=5, trust_env=False, transport=_Loopback())


def _json(reply: httpx.Response) -> dict[str, Any]:
    try:
        body = reply.json()
    except ValueError as error:
        raise SignOnFailed("认证平台没有应答") from error
    if reply.is_error or not isinstance(body, dict):
        raise SignOnFailed(f"认证平台拒绝：{body.get('error', reply.status_code)}")
    return body

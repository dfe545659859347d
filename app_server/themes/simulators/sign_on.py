"""The investment platform's side of single sign-on (OpenID Connect Core, PKCE, RFC 9207)."""

import base64
import hashlib
import secrets
from typing import Any
from urllib.parse import urlencode

import httpx
import jwt

from app_server.kernel.settings import load
from app_server.themes.providers.investment import CLIENT_ID, CLIENT_SECRET, InvestmentSettings

SCOPE = "openid profile tier real_name"


class SignOnFailed(Exception):
    """The identity provider refused, or its answer does not hold."""


class _Loopback(httpx.AsyncHTTPTransport):
    """Names below .localhost are this machine (RFC 6761), also where no resolver says so."""

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if request.url.host.endswith(".localhost"):
            request.url = request.url.copy_with(host="127.0.0.1")
        return await super().handle_async_request(request)


class SignOn:
    """Browsers on their way through the provider, by state."""

    def __init__(self) -> None:
        self._begun: dict[str, tuple[str, str]] = {}
        self._issuer = load().origin("public")
        self._redirect_uri = f"{InvestmentSettings().url}/callback"

    async def authorization_url(self) -> tuple[str, str]:
        """Where to send the browser, and the state to remember it by."""
        state, nonce, verifier = (secrets.token_urlsafe(48) for _ in range(3))
        self._begun[state] = (nonce, verifier)
        digest = hashlib.sha256(verifier.encode()).digest()
        wanted = {
            "response_type": "code",
            "client_id": CLIENT_ID,
            "redirect_uri": self._redirect_uri,
            "scope": SCOPE,
            "state": state,
            "nonce": nonce,
            "code_challenge": base64.urlsafe_b64encode(digest).rstrip(b"=").decode(),
            "code_challenge_method": "S256",
        }
        return f"{(await self._metadata())['authorization_endpoint']}?{urlencode(wanted)}", state

    async def finish(self, given: dict[str, str | None], state: str) -> dict[str, Any]:
        """Who came back; raises `SignOnFailed`."""
        nonce, verifier = self._begun.pop(state, ("", ""))
        if not nonce or given.get("state") != state or given.get("iss") != self._issuer:
            raise SignOnFailed("登录请求已失效，请重新登录")
        if given.get("error"):
            raise SignOnFailed("认证平台没有同意登录")
        metadata = await self._metadata()
        tokens = await self._call(
            "POST",
            metadata["token_endpoint"],
            data={
                "grant_type": "authorization_code",
                "code": given.get("code") or "",
                "redirect_uri": self._redirect_uri,
                "code_verifier": verifier,
            },
            auth=(CLIENT_ID, CLIENT_SECRET),
        )
        claims = self._verified(str(tokens.get("id_token", "")), metadata, await self._keys())
        if claims.get("nonce") != nonce:
            raise SignOnFailed("登录请求已失效，请重新登录")
        bearer = {"authorization": f"Bearer {tokens.get('access_token', '')}"}
        told = await self._call("GET", metadata["userinfo_endpoint"], headers=bearer)
        if told.get("sub") != claims["sub"]:
            raise SignOnFailed("身份信息不一致")
        return claims | told

    def _verified(
        self, token: str, metadata: dict[str, Any], keys: dict[str, Any]
    ) -> dict[str, Any]:
        try:
            key = jwt.PyJWK(keys[jwt.get_unverified_header(token)["kid"]])
            claims: dict[str, Any] = jwt.decode(
                token,
                key,
                algorithms=["ES256"],
                audience=CLIENT_ID,
                issuer=metadata["issuer"],
                options={"require": ["iss", "aud", "exp", "iat"]},
                leeway=5,
            )
        except (jwt.PyJWTError, KeyError) as error:
            raise SignOnFailed("令牌无效") from error
        return claims

    async def _keys(self) -> dict[str, Any]:
        found = await self._call("GET", (await self._metadata())["jwks_uri"])
        return {key["kid"]: key for key in found["keys"]}

    async def _metadata(self) -> dict[str, Any]:
        found = await self._call("GET", f"{self._issuer}/.well-known/openid-configuration")
        if found.get("issuer") != self._issuer:
            raise SignOnFailed("认证平台地址不一致")
        return found

    @staticmethod
    async def _call(method: str, url: str, **more: Any) -> dict[str, Any]:
        try:
            async with httpx.AsyncClient(
                timeout=5, trust_env=False, transport=_Loopback()
            ) as client:
                reply = await client.request(method, url, **more)
            body = reply.raise_for_status().json()
        except (httpx.HTTPError, ValueError) as error:
            raise SignOnFailed("认证平台没有应答") from error
        if not isinstance(body, dict):
            raise SignOnFailed("认证平台没有应答")
        return body

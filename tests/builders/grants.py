"""Relying parties, browsers and tokens for tests of the provider."""

import asyncio
import base64
import hashlib
import json
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Self
from urllib.parse import parse_qsl, urlsplit

import httpx
import jwt
from cryptography.hazmat.primitives.asymmetric import ec
from jwt.algorithms import ECAlgorithm

from app_server.kernel.principal import Principal
from auth.grants import service as grants
from auth.grants.service import oauth

BACK = "http://127.0.0.1:9/callback"
AFTER = "http://127.0.0.1:9/after"
OPERATOR = Principal(name="测试")
EVERYTHING = (
    "openid",
    "offline_access",
    "profile",
    "tier",
    "real_name",
    "phone",
    "id_number",
    "organisation",
)


def pkce() -> tuple[str, str]:
    """A verifier and its S256 challenge."""
    verifier = secrets.token_urlsafe(48)
    digest = hashlib.sha256(verifier.encode()).digest()
    return verifier, base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


@dataclass
class Browser:
    """Somebody's browser: the cookies of their session, and their access token for our pages."""

    cookies: dict[str, str] = field(default_factory=dict)
    bearer: dict[str, str] = field(default_factory=dict)
    session: Any = None

    def keep(self, reply: httpx.Response) -> None:
        """Take the cookies of a reply."""
        for line in reply.headers.get_list("set-cookie"):
            name, _, value = line.partition(";")[0].partition("=")
            self.cookies[name] = value
            if not value or value == '""':
                self.cookies.pop(name)

    @property
    def headers(self) -> dict[str, str]:
        """The Cookie header (httpx would drop `Secure` cookies here)."""
        text = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        return {"cookie": text} if text else {}


async def signed_in(principal: Principal) -> Browser:
    """A browser in which somebody signed in."""
    assert principal.id is not None
    granted = await grants.open_session(principal.kind, principal.id, "web")
    session = granted.principal.session
    assert session is not None
    name = {"person": "__Host-session-sso", "staff": "__Host-staff-session-sso"}[principal.kind]
    return Browser(
        {name: oauth.sso_mark(session)},
        {"authorization": f"Bearer {granted.access_token}"},
        session,
    )


@dataclass
class Party:
    """A registered relying party, and how it speaks to the provider."""

    client_id: str
    secret: str
    issuer: str
    http: httpx.AsyncClient
    surface: str = "public"
    redirect_uri: str = BACK
    method: str = "client_secret_basic"
    verifier: str = ""

    def request(self, **changes: Any) -> dict[str, str]:
        """A good authorisation request, with changes (None leaves a parameter out)."""
        self.verifier, challenge = pkce()
        asked = {
            "client_id": self.client_id,
            "redirect_uri": self.redirect_uri,
            "response_type": "code",
            "scope": "openid",
            "state": "st-1",
            "nonce": "n-1",
            "code_challenge": challenge,
            "code_challenge_method": "S256",
        } | changes
        return {name: str(value) for name, value in asked.items() if value is not None}

    async def authorize(self, browser: Browser | None = None, **changes: Any) -> httpx.Response:
        """Send a browser to the provider."""
        return await self.send(self.request(**changes), browser)

    async def send(self, asked: Any, browser: Browser | None = None) -> httpx.Response:
        """Send a browser with this request; its cookies are kept."""
        browser = browser or Browser()
        reply = await self.http.get(
            f"{self.issuer}/oauth/authorize", params=asked, headers=browser.headers
        )
        browser.keep(reply)
        return reply

    def _proved(self, form: dict[str, str]) -> tuple[dict[str, str], Any]:
        if self.method == "client_secret_basic":
            return form, httpx.BasicAuth(self.client_id, self.secret)
        if self.method == "client_secret_post":
            return form | {"client_id": self.client_id, "client_secret": self.secret}, None
        return form | {"client_id": self.client_id}, None

    async def post(self, path: str, headers: Any = None, **form: str) -> httpx.Response:
        """Call an endpoint as this client."""
        body, auth = self._proved(form)
        return await self.http.post(
            f"{self.issuer}/oauth/{path}", data=body, headers=headers, auth=auth
        )

    async def exchange(self, code: str, headers: Any = None, **changes: str) -> httpx.Response:
        """Exchange a code."""
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self.redirect_uri,
            "code_verifier": self.verifier,
        } | changes
        return await self.post("token", headers, **form)

    async def refresh(self, token: str, headers: Any = None, **more: str) -> httpx.Response:
        """Use a refresh token."""
        return await self.post(
            "token", headers, grant_type="refresh_token", refresh_token=token, **more
        )

    async def code(self, browser: Browser, **changes: Any) -> str:
        """A code for somebody who is signed in and consents to what is asked."""
        reply = await self.authorize(browser, **changes)
        told = told_to(reply)
        if "code" not in told:
            told = await self.approve(browser, reply.headers["location"])
        return told["code"]

    async def approve(self, browser: Browser, page: str, **body: Any) -> dict[str, str]:
        """Approve on the page the browser was led to."""
        prefix = {"public": "/api/v1", "staff": "/staff/v1"}[self.surface]
        reply = await self.http.post(
            f"{self.issuer}{prefix}/oauth/interactions/{page.rpartition('/')[2]}/decision",
            json={"decision": "approve"} | body,
            headers=browser.headers | browser.bearer,
        )
        assert reply.status_code == 200, reply.text
        return query_of(reply.json()["redirect_to"])

    async def tokens(self, browser: Browser, headers: Any = None, **changes: Any) -> dict[str, Any]:
        """Tokens for somebody who is signed in and consents."""
        reply = await self.exchange(await self.code(browser, **changes), headers)
        assert reply.status_code == 200, reply.text
        return reply.json()

    async def userinfo(self, token: str, scheme: str = "Bearer") -> httpx.Response:
        """Ask UserInfo."""
        return await self.http.get(
            f"{self.issuer}/oauth/userinfo", headers={"authorization": f"{scheme} {token}"}
        )


def query_of(location: str) -> dict[str, str]:
    """What an address says."""
    return dict(parse_qsl(urlsplit(location).query))


def told_to(reply: httpx.Response) -> dict[str, str]:
    """What a redirect tells the relying party (or our page)."""
    assert reply.status_code == 303, reply.text
    return query_of(reply.headers["location"])


def claims_of(token: str) -> dict[str, Any]:
    """The claims of a token, unread by any key."""
    return jwt.decode(token, options={"verify_signature": False})


Parties = Callable[..., Any]


async def party(issuer: str, http: httpx.AsyncClient, **changes: Any) -> Party:
    """Register a relying party of the residents' realm."""
    wanted = {
        "client_id": f"rp-{secrets.token_hex(4)}",
        "name": "合肥市公积金中心（测试）",
        "realm": "residents",
        "redirect_uris": (BACK,),
        "login_scopes": EVERYTHING,
        "post_logout_redirect_uris": (AFTER,),
        "region": "340100",
    } | changes
    secret = await grants.register_relying_party(OPERATOR, grants.RelyingParty(**wanted))
    return Party(
        wanted["client_id"],
        secret,
        issuer,
        http,
        surface="staff" if wanted["realm"] == "staff" else "public",
        redirect_uri=wanted["redirect_uris"][0],
        method=wanted.get("auth_method", "client_secret_basic"),
    )


@dataclass
class ProofKey:
    """A client's DPoP key."""

    key: Any = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))

    @property
    def jwk(self) -> dict[str, Any]:
        """Its public part."""
        found: dict[str, Any] = ECAlgorithm.to_jwk(self.key.public_key(), as_dict=True)
        return {name: found[name] for name in ("kty", "crv", "x", "y")}

    @property
    def thumbprint(self) -> str:
        """RFC 7638."""
        plain = json.dumps(self.jwk, sort_keys=True, separators=(",", ":")).encode()
        return base64.urlsafe_b64encode(hashlib.sha256(plain).digest()).rstrip(b"=").decode()

    def proof(
        self, method: str, url: str, token: str = "", *, header: Any = None, **claims: Any
    ) -> str:
        """A proof, with changes to its header and claims (None leaves one out)."""
        told: dict[str, Any] = {
            "jti": secrets.token_hex(8), "htm": method, "htu": url, "iat": int(time.time()),
        }  # fmt: skip
        if token:
            digest = hashlib.sha256(token.encode()).digest()
            told["ath"] = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        told = {name: value for name, value in (told | claims).items() if value is not None}
        head = {"typ": "dpop+jwt", "jwk": self.jwk} | (header or {})
        return jwt.encode(told, self.key, "ES256", headers=head)


class Receiver:
    """A relying party's back channel on a real socket: what arrives is kept."""

    def __init__(self) -> None:
        self.tokens: list[str] = []
        self.answers: list[int] = []
        self._server: Any = None

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._take, "127.0.0.1", 0)
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        await self._server.wait_closed()

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}/logout"

    async def _take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
        length = int(head.partition("content-length:")[2].split("\r\n")[0])
        body = dict(parse_qsl((await reader.readexactly(length)).decode()))
        self.tokens.append(body["logout_token"])
        status = self.answers.pop(0) if self.answers else 200
        writer.write(
            f"HTTP/1.1 {status} X\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".encode()
        )
        await writer.drain()
        writer.close()

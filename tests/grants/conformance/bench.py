"""What every module of the OpenID suite's Basic plan starts from."""

from datetime import timedelta
from typing import Any

import jwt
import pytest
from authlib.oidc.core import CodeIDToken
from authlib.oidc.core.util import create_half_hash
from jwt import PyJWK

from app_server.kernel import clock
from tests.builders.grants import Browser, Party, signed_in, told_to
from tests.builders.people import resident


class Bench:
    """One relying party, one resident's browser, and the provider between them."""

    def __init__(self, register: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        self.register = register
        self.monkeypatch = monkeypatch
        self.party: Party
        self.browser: Browser

    async def ready(self, **changes: Any) -> "Bench":
        """Register the party and sign the resident in."""
        self.party = await self.register(**changes)
        self.browser = await signed_in(await resident(tier=2))
        return self

    async def tokens(self, **asked: Any) -> dict[str, Any]:
        """A whole flow that must succeed; the ID token is checked as a relying party does."""
        got = await self.party.tokens(self.browser, **asked)
        await self.checked(got)
        return got

    async def checked(self, got: dict[str, Any], nonce: str | None = None) -> dict[str, Any]:
        """The ID token under the published key, and by Authlib's rules for the code flow."""
        told = await self.get("/.well-known/jwks.json")
        header = jwt.get_unverified_header(got["id_token"])
        key = next(k for k in told["keys"] if k["kid"] == header["kid"])
        claims = jwt.decode(
            got["id_token"], PyJWK(key), algorithms=["ES256"], audience=self.party.client_id,
            issuer=self.party.issuer, leeway=60, options={"require": ["exp", "iat", "sub", "auth_time"]},
        )  # fmt: skip
        params = {"client_id": self.party.client_id, "access_token": got["access_token"]}
        CodeIDToken(claims, header, {}, params | ({"nonce": nonce} if nonce else {})).validate(
            leeway=60
        )
        assert claims["at_hash"] == create_half_hash(got["access_token"], "ES256").decode()
        return claims

    async def get(self, path: str) -> Any:
        """A public document."""
        return (await self.party.http.get(f"{self.party.issuer}{path}")).json()

    async def told(self, **asked: Any) -> dict[str, str]:
        """What the provider tells the party at once."""
        return told_to(await self.party.authorize(self.browser, **asked))

    def later(self, seconds: int) -> None:
        """Let time pass."""
        moment = clock.now() + timedelta(seconds=seconds)
        self.monkeypatch.setattr(clock, "_source", lambda: moment)

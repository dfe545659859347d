"""The national mutual-recognition service: users of other provinces (R-ID-26).

A request and its answer are signed tokens (RS256), ours under the province's key at the national
platform, theirs under its own. The neutral shape is this file's; the national platform's own field
names are a mapping of it, and its user record is already that of `data/user_record.json`.
"""

import time
import uuid
from functools import lru_cache
from typing import Any

import jwt
from pydantic_settings import SettingsConfigDict

from app_server.kernel.rsa2 import key_pair
from app_server.kernel.settings import VendorSettings, load
from auth.federation.providers.peers import PeerDown, PeerRefused, tell
from auth.federation.rules import NATION, urn_of

PATH = "/recognitions"
KIND = "recognition+jwt"


class NationalSettings(VendorSettings):
    """The account at the national platform (`NATIONAL_KEY_ID`) and both sides' keys (PEM)."""

    model_config = SettingsConfigDict(env_prefix="NATIONAL_", extra="ignore", frozen=True)
    simulator = 19

    page: str = ""
    our_private_key: str = ""
    national_public_key: str = ""


class National:
    """The national platform, asked over one shared client."""

    def __init__(self, account: NationalSettings) -> None:
        self._account = account
        self._ours, self._theirs = key_pair(
            account.our_private_key, account.national_public_key, simulated="national"
        )

    @property
    def page(self) -> str:
        """Where people of other provinces sign in."""
        return self._account.page or f"{self._account.url}/sign-in"

    async def recognise(self, ticket: str, attempt: str) -> dict[str, Any]:
        """Who holds a ticket: `authority` and `user`; raises `PeerDown`, `PeerRefused`."""
        us, asked, now = urn_of(load().platform_region), uuid.uuid4().hex, int(time.time())
        message = jwt.encode(
            {
                "iss": us,
                "aud": urn_of(NATION),
                "iat": now,
                "exp": now + 60,
                "jti": asked,
                "ticket": ticket,
                "attempt": attempt,
            },
            self._ours,
            "RS256",
            headers={"kid": self._account.key_id, "typ": KIND},
        )
        answer = await tell(self._account.url, message, PATH)
        try:
            told: dict[str, Any] = jwt.decode(
                answer,
                self._theirs,
                ["RS256"],
                audience=us,
                issuer=urn_of(NATION),
                options={"require": ["exp", "iss", "aud", "re", "authority", "user"]},
            )
        except jwt.PyJWTError as error:
            raise PeerDown("an answer that is not the national platform's") from error
        if told["re"] != asked:
            raise PeerRefused(409, "another question's answer")
        return told


@lru_cache(maxsize=1)
def national() -> National:
    """The national platform of this instance."""
    return National(NationalSettings())

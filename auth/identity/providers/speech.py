"""The speech service: which digits were spoken, and whether a voice is the enrolled one.

A neutral REST contract any vendor's adapter can meet: the body is the recording, the headers
carry key id, time, a nonce and HMAC-SHA256 over method, path, time, nonce and body digest; the
answer is signed the same way. The recording is passed on and never kept.
"""

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import httpx
import orjson
from pydantic_settings import SettingsConfigDict

from app_server.kernel import clock
from app_server.kernel.settings import VendorSettings


class SpeechSettings(VendorSettings):
    """The account at the speech service."""

    model_config = SettingsConfigDict(env_prefix="SPEECH_", extra="ignore", frozen=True)
    simulator = 18


class SpeechDown(OSError):
    """The speech service does not answer, or its answer is not its own."""


@dataclass(frozen=True, slots=True)
class Spoken:
    """What was heard: the digits, and how sure the service is (0..1)."""

    digits: str
    confidence: float


def signature(secret: str, *parts: str) -> str:
    """HMAC-SHA256 (hex) over the parts, one a line."""
    return hmac.digest(secret.encode(), "\n".join(parts).encode(), "sha256").hex()


class Speech:
    """The service over one shared client; every method raises `SpeechDown`."""

    def __init__(self, account: SpeechSettings) -> None:
        self._account = account
        self._client = httpx.AsyncClient(
            base_url=account.url, timeout=httpx.Timeout(6, connect=1), trust_env=False
        )

    async def heard(self, recording: bytes) -> Spoken:
        """The digits in a recording (WAV, 16-bit mono)."""
        told = await self._call("POST", "/v1/digits", recording)
        return Spoken(str(told["digits"]), float(told["confidence"]))

    async def enrol(self, reference: str, recording: bytes) -> None:
        """Keep this voice under an opaque reference, replacing an older one."""
        await self._call("PUT", f"/v1/voiceprints/{reference}", recording)

    async def forget(self, reference: str) -> None:
        """Delete the voice of a reference."""
        await self._call("DELETE", f"/v1/voiceprints/{reference}", b"")

    async def likeness(self, reference: str, recording: bytes) -> float:
        """How alike the recording is to the enrolled voice, 0..1; 0 when none is enrolled."""
        told = await self._call("POST", f"/v1/voiceprints/{reference}/comparisons", recording)
        return float(told["likeness"])

    async def _call(self, method: str, path: str, recording: bytes) -> dict[str, Any]:
        at, nonce = str(int(clock.now().timestamp())), secrets.token_hex(16)
        digest = hashlib.sha256(recording).hexdigest()
        secret = self._account.secret
        headers = {
            "content-type": "audio/wav",
            "x-key-id": self._account.key_id,
            "x-time": at,
            "x-nonce": nonce,
            "x-signature": signature(secret, method, path, at, nonce, digest),
        }
        try:
            reply = await self._client.request(method, path, content=recording, headers=headers)
        except httpx.HTTPError as error:
            raise SpeechDown("speech") from error
        expected = signature(secret, nonce, hashlib.sha256(reply.content).hexdigest())
        if reply.status_code != httpx.codes.OK or not hmac.compare_digest(
            expected, reply.headers.get("x-signature", "")
        ):
            raise SpeechDown(f"speech {reply.status_code}")
        found: dict[str, Any] = orjson.loads(reply.content)
        return found


@lru_cache(maxsize=1)
def speech() -> Speech:
    """The speech service of this instance."""
    return Speech(SpeechSettings())

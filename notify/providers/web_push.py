"""Web Push: encryption (RFC 8291, RFC 8188), VAPID (RFC 8292) and the POST (RFC 8030)."""

import base64
import hashlib
import hmac
import json
import secrets
from functools import lru_cache
from urllib.parse import urlsplit

import httpx
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from pydantic_settings import BaseSettings, SettingsConfigDict

from app_server.kernel import clock
from app_server.kernel.crypto import signature
from app_server.kernel.events import Ok, Outcome, Rejected, Unknown
from app_server.kernel.settings import ConfigurationRefused, load
from notify.providers import NotSent

CURVE = ec.SECP256R1()
RECORD = 4096
LIFE_S = 12 * 3600
TTL_S = 24 * 3600
GONE = Rejected("gone")
UNREACHED = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)


class WebPushSettings(BaseSettings):
    """Our VAPID key (PEM, P-256), whom push services may write to, and who they are."""

    model_config = SettingsConfigDict(env_prefix="WEB_PUSH_", extra="ignore", frozen=True)

    private_key: str = ""
    contact: str = "mailto:ops@wanshi.invalid"
    # A subscription names its own address: only these suffixes are ever called (SSRF).
    services: str = "push.services.mozilla.com,fcm.googleapis.com,push.apple.com,notify.windows.com"


def decoded(text: str) -> bytes:
    """Base64url without padding; raises `ValueError`."""
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def encoded(data: bytes) -> str:
    """Base64url without padding."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _point(key: ec.EllipticCurvePublicKey) -> bytes:
    return key.public_bytes(
        serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
    )


def _expand(key: bytes, info: bytes, length: int) -> bytes:
    return hmac.digest(key, info + b"\x01", hashlib.sha256)[:length]


def _keys(salt: bytes, secret: bytes) -> tuple[bytes, bytes]:
    prk = hmac.digest(salt, secret, hashlib.sha256)
    return (
        _expand(prk, b"Content-Encoding: aes128gcm\x00", 16),
        _expand(prk, b"Content-Encoding: nonce\x00", 12),
    )


def _secret(shared: bytes, auth: bytes, theirs: bytes, ours: bytes) -> bytes:
    info = b"WebPush: info\x00" + theirs + ours
    return _expand(hmac.digest(auth, shared, hashlib.sha256), info, 32)


def encrypt(
    plain: bytes,
    p256dh: bytes,
    auth: bytes,
    *,
    ours: ec.EllipticCurvePrivateKey | None = None,
    salt: bytes = b"",
) -> bytes:
    """One aes128gcm record for a browser's keys; raises `ValueError` for a bad point."""
    ours, salt = ours or ec.generate_private_key(CURVE), salt or secrets.token_bytes(16)
    shared = ours.exchange(ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(CURVE, p256dh))
    public = _point(ours.public_key())
    key, nonce = _keys(salt, _secret(shared, auth, p256dh, public))
    head = salt + RECORD.to_bytes(4) + len(public).to_bytes(1) + public
    return head + AESGCM(key).encrypt(nonce, plain + b"\x02", None)


def decrypt(body: bytes, browser: ec.EllipticCurvePrivateKey, auth: bytes) -> bytes:
    """What a browser reads; for the simulator. Raises `ValueError` and `InvalidTag`."""
    salt, size = body[:16], body[20]
    sender, sealed = body[21 : 21 + size], body[21 + size :]
    shared = browser.exchange(
        ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(CURVE, sender)
    )
    key, nonce = _keys(salt, _secret(shared, auth, _point(browser.public_key()), sender))
    return AESGCM(key).decrypt(nonce, sealed, None).rstrip(b"\x00")[:-1]


class WebPush:
    """Push services of browsers over one shared client."""

    def __init__(self, settings: WebPushSettings) -> None:
        if settings.private_key:
            key = serialization.load_pem_private_key(settings.private_key.encode(), None)
            if not isinstance(key, ec.EllipticCurvePrivateKey):
                raise ConfigurationRefused(["WEB_PUSH_PRIVATE_KEY 须为 P-256 私钥"])
            self._key = key
        elif load().production:
            raise ConfigurationRefused(["WEB_PUSH_PRIVATE_KEY 未设置"])
        else:
            # One for all processes of this machine, from its own secrets.
            self._key = ec.derive_private_key(_own_number(), CURVE)
        self._settings = settings
        self._client = httpx.AsyncClient(timeout=httpx.Timeout(5, connect=2), trust_env=False)

    @property
    def public_key(self) -> str:
        """`applicationServerKey` for the browser."""
        return encoded(_point(self._key.public_key()))

    def may_call(self, endpoint: str) -> bool:
        """Whether the address is a known push service's (or this machine's, in development)."""
        parts = urlsplit(endpoint)
        host = parts.hostname or ""
        if not load().production and load().simulators and host == "127.0.0.1":
            return parts.scheme == "http"
        known = [name.strip() for name in self._settings.services.split(",") if name.strip()]
        named = any(host == name or host.endswith(f".{name}") for name in known)
        return parts.scheme == "https" and named and parts.port in {None, 443}

    async def send(
        self, endpoint: str, p256dh: str, auth: str, plain: bytes, *, urgent: bool
    ) -> Outcome | NotSent:
        """Send once; 404 and 410 are `GONE`: the subscription is over."""
        try:
            body = encrypt(plain, decoded(p256dh), decoded(auth))
        except ValueError:
            return GONE
        if not self.may_call(endpoint):
            return GONE
        headers = {
            "authorization": f"vapid t={self._token(endpoint)}, k={self.public_key}",
            "content-encoding": "aes128gcm",
            "content-type": "application/octet-stream",
            "ttl": str(TTL_S),
            "urgency": "high" if urgent else "normal",
        }
        try:
            reply = await self._client.post(endpoint, content=body, headers=headers)
        except UNREACHED:
            return NotSent("unreachable")
        except httpx.HTTPError:
            return Unknown("no answer")
        return _outcome(reply)

    def _token(self, endpoint: str) -> str:
        parts = urlsplit(endpoint)
        claims = {
            "aud": f"{parts.scheme}://{parts.netloc}",
            "exp": int(clock.now().timestamp()) + LIFE_S,
            "sub": self._settings.contact,
        }
        head = encoded(json.dumps({"typ": "JWT", "alg": "ES256"}).encode())
        signed = f"{head}.{encoded(json.dumps(claims).encode())}"
        r, s = decode_dss_signature(self._key.sign(signed.encode(), ec.ECDSA(hashes.SHA256())))
        return f"{signed}.{encoded(r.to_bytes(32) + s.to_bytes(32))}"


def _outcome(reply: httpx.Response) -> Outcome | NotSent:
    if reply.is_success:
        return Ok(reply.headers.get("location", "")[-80:])
    if reply.status_code in {404, 410}:
        return GONE
    busy = reply.status_code == 429 or reply.status_code >= 500
    return NotSent(str(reply.status_code)) if busy else Rejected(str(reply.status_code))


def _own_number() -> int:
    return int.from_bytes(hashlib.sha256(signature("web-push").encode()).digest()) % (2**255) + 1


@lru_cache(maxsize=1)
def web_push() -> WebPush:
    """The push of this instance."""
    return WebPush(WebPushSettings())

"""A browser's push service, and the browsers behind it (模拟推送服务): RFC 8030, 8291, 8292.

`POST /__subscribe` is a browser that subscribes: it answers what `PushSubscription` holds.
`POST /__gone {"id"}` ends a subscription; `GET /__messages?id=` is what the browser decrypted.
"""

import secrets
import time
from dataclasses import dataclass, field
from typing import Any

import orjson
from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from sanic import HTTPResponse, Request, Sanic

from app_server.kernel.http.simulating import refuse_production, run_simulator
from notify.providers.web_push import CURVE, decoded, decrypt, encoded

DAY_S = 86_400


@dataclass(slots=True)
class Browser:
    """One subscription: the browser's private key never leaves it."""

    key: ec.EllipticCurvePrivateKey
    auth: bytes
    gone: bool = False
    heard: list[str] = field(default_factory=list)


def _signed_by(header: str, audience: str) -> bool:
    """Whether a VAPID header (RFC 8292) is signed by the key it names, for us, and fresh."""
    try:
        parts = dict(one.strip().split("=", 1) for one in header.removeprefix("vapid ").split(","))
        head, body, mark = parts["t"].split(".")
        claims, raw = orjson.loads(decoded(body)), decoded(mark)
        key = ec.EllipticCurvePublicKey.from_encoded_point(CURVE, decoded(parts["k"]))
        signature = encode_dss_signature(int.from_bytes(raw[:32]), int.from_bytes(raw[32:]))
        key.verify(signature, f"{head}.{body}".encode(), ec.ECDSA(hashes.SHA256()))
    except (ValueError, KeyError, InvalidSignature):
        return False
    return bool(claims["aud"] == audience) and 0 < claims["exp"] - time.time() <= DAY_S


def _deliver(request: Request, browser: Browser | None) -> int:
    if browser is None:
        return 404
    if browser.gone:
        return 410
    if not _signed_by(request.headers.get("authorization", ""), f"http://{request.host}"):
        return 403
    if request.headers.get("content-encoding") != "aes128gcm" or "ttl" not in request.headers:
        return 400
    try:
        browser.heard.append(decrypt(request.body, browser.key, browser.auth).decode())
    except (ValueError, InvalidTag):
        return 400
    return 201


def build() -> "Sanic[Any, Any]":
    """The simulator's application."""
    refuse_production()
    app: Sanic[Any, Any] = Sanic("simulator_push", configure_logging=False)
    app.config.AUTO_EXTEND = False
    browsers: dict[str, Browser] = {}

    def answer(body: Any, status: int = 200) -> HTTPResponse:
        marks = {"X-Simulator": "push"}
        return HTTPResponse(orjson.dumps(body), status, marks, "application/json")

    @app.post("/__subscribe")
    async def subscribe(request: Request) -> HTTPResponse:
        name = secrets.token_urlsafe(24)
        made = browsers[name] = Browser(ec.generate_private_key(CURVE), secrets.token_bytes(16))
        point = made.key.public_key().public_bytes(
            serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
        )
        return answer(
            {
                "endpoint": f"http://{request.host}/push/{name}",
                "keys": {"p256dh": encoded(point), "auth": encoded(made.auth)},
            }
        )

    @app.post("/__gone")
    async def gone(request: Request) -> HTTPResponse:
        browsers[orjson.loads(request.body)["id"]].gone = True
        return answer({})

    @app.get("/__messages")
    async def messages(request: Request) -> HTTPResponse:
        return answer(browsers[request.args.get("id", "")].heard)

    @app.post("/push/<name:str>")
    async def push(request: Request, name: str) -> HTTPResponse:
        return answer({}, _deliver(request, browsers.get(name)))

    return app


def run(port: int) -> None:
    """Serve until told to stop."""
    run_simulator(build(), port)

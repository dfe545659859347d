"""A department's approval system: takes signed cases once per delivery, reports signed messages.

模拟部门审批业务系统: nothing leaves this machine. It checks our signature as a real one would and
keeps what it took. `POST /__faults {"lose_answers": n, "down": n, "refuse": n}` makes the next
requests fail; `GET /__cases` and `GET /__key` tell tests what it took and its key.
"""

from typing import Any

import orjson
from sanic import HTTPResponse, Request, Sanic

from app_server.exchange.errors import BadSignature
from app_server.exchange.service import signing
from app_server.exchange.service.demo import CODE, demo_key
from app_server.kernel.http.simulating import refuse_production, run_simulator
from app_server.kernel.signing_keys import public_jwk

LABEL = {"X-Simulator": "approvals"}


def report(body: bytes, number: str = "") -> str:
    """The system's signature over a message to us."""
    kid = public_jwk(demo_key())["kid"]
    sender = signing.system_name(CODE)
    return signing.signed_by(demo_key(), kid, sender, signing.our_name(), "report", body, number)


def _is_ours(request: Request, kind: str, body: bytes) -> bool:
    try:
        facts = signing.verified(
            request.headers.get(signing.HEADER, ""),
            body,
            jwks=signing.own_keys(),
            sender=signing.our_name(),
            to=signing.system_name(CODE),
        )
    except BadSignature:
        return False
    return facts.kind == kind


def _json(told: Any, status: int = 200) -> HTTPResponse:
    return HTTPResponse(orjson.dumps(told), status, LABEL, "application/json")


def build() -> "Sanic[Any, Any]":
    """The simulator's application."""
    refuse_production()
    app: Sanic[Any, Any] = Sanic("simulator_approvals", configure_logging=False)
    app.config.AUTO_EXTEND = False
    taken: dict[str, dict[str, Any]] = {}
    faults: dict[str, int] = {}
    asked: list[str] = []

    def fails(name: str) -> bool:
        faults[name] = faults.get(name, 0) - 1
        return faults[name] >= 0

    def receipt(delivery: str) -> dict[str, str]:
        return {"delivery": delivery, "reference": f"SP{taken[delivery]['number']:06d}"}

    @app.post("/cases")
    async def take(request: Request) -> HTTPResponse:
        if not _is_ours(request, "case", request.body):
            return _json({"error": "signature"}, 403)
        if fails("down"):
            return _json({"error": "down"}, 503)
        if fails("refuse"):
            return _json({"error": "refused"}, 422)
        told = orjson.loads(request.body)
        held = taken.setdefault(told["delivery"], told | {"number": len(taken) + 1, "times": 0})
        held["times"] += 1
        if fails("lose_answers"):
            # Taken, but nobody is told: the connection breaks off.
            return _json({"error": "lost"}, 504)
        return _json(receipt(told["delivery"]), 201)

    @app.get("/cases/<delivery:str>")
    async def ask(request: Request, delivery: str) -> HTTPResponse:
        if not _is_ours(request, "ask", delivery.encode()):
            return _json({"error": "signature"}, 403)
        asked.append(delivery)
        return _json(receipt(delivery)) if delivery in taken else _json({"error": "unknown"}, 404)

    @app.post("/__faults")
    async def fault(request: Request) -> HTTPResponse:
        faults.update(orjson.loads(request.body))
        return _json(faults)

    @app.get("/__cases")
    async def show(_: Request) -> HTTPResponse:
        return _json({"cases": list(taken.values()), "asked": asked})

    @app.get("/__key")
    async def show_key(_: Request) -> HTTPResponse:
        return _json(public_jwk(demo_key()))

    return app


def run(port: int) -> None:
    """Serve until told to stop."""
    run_simulator(build(), port)

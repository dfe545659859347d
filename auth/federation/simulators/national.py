"""The national mutual-recognition service (模拟国家互认服务).

It knows two fictional users of another province. On its sign-in page one chooses who one is and
goes back with a ticket, which the province redeems by a signed request; the answer is signed too.
`POST /__tickets {"request", "user"}` is the page's button, for tests.
"""

import html
import secrets
import time
from typing import Any

import jwt
import orjson
from sanic import HTTPResponse, Request, Sanic, redirect

from app_server.kernel.crypto import sm3
from app_server.kernel.http.simulating import BANNER, refuse_production, run_simulator
from app_server.kernel.rsa2 import private_key, public_key, simulated_keys
from auth.federation.providers.national import KIND, PATH, NationalSettings
from auth.federation.rules import ID_CARD, NATION, authority_of, urn_of

LIFE_S = 60
# Users of the province 320000: made up, the ID numbers check-valid (GB 11643).
USERS = {
    "320102199105200011": ("顾云舟", "1", "13951000001", "4"),
    "320102198811110027": ("许知意", "2", "13951000002", "3"),
}


def _record(cert_no: str, batch: str) -> dict[str, Any]:
    name, sex, mobile, level = USERS[cert_no]
    return {
        "user_no": sm3(f"demo-nation{cert_no}".encode()).hex()[:32],
        "cert_key": sm3(f"{ID_CARD}{cert_no}".encode()).hex(),
        "cert_type": ID_CARD,
        "cert_no": cert_no,
        "cert_ext_date": None,
        "user_name": name,
        "user_sex": sex,
        "user_nation": "汉族",
        "user_birthday": f"{cert_no[6:10]}-{cert_no[10:12]}-{cert_no[12:14]}",
        "user_mobile": mobile,
        "user_region": cert_no[:2] + "0000",
        "user_real_lvl": level,
        "real_until": None,
        "user_state": "active",
        "cd_operation": "U",
        "cd_time": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "cd_batch": batch,
    }


def _page(request_token: str) -> str:
    buttons = "".join(
        f"<form method=post action=/sign-in><input type=hidden name=request value="
        f"'{html.escape(request_token, quote=True)}'><input type=hidden name=user value={number}>"
        f"<button style='min-height:48px;width:100%;margin:.5rem 0'>{html.escape(user[0])}</button>"
        "</form>"
        for number, user in USERS.items()
    )
    return (
        "<!doctype html><html lang=zh-CN><meta charset=utf-8>"
        "<meta name=viewport content='width=device-width'><title>国家互认（模拟）</title>"
        f"<body style='max-width:28rem;margin:1rem auto;padding:0 1rem'>{BANNER}"
        f"<h1>选择外省用户登录</h1>{buttons}"
    )


class Desk:
    """The tickets it gave, and the redeeming of them."""

    def __init__(self) -> None:
        keys = simulated_keys("national")
        self._account = NationalSettings()
        self._ours, self._theirs = private_key(keys.their_private), public_key(keys.our_public)
        self._tickets: dict[str, tuple[str, str, float]] = {}
        self._seen: set[str] = set()

    def give(self, request_token: str, user: str) -> str:
        """The address that takes a user back with a ticket; raises `KeyError`."""
        # The province's request is for this reader; its key is exchanged out of band in truth.
        claims = jwt.decode(request_token, options={"verify_signature": False})
        if claims["aud"] != urn_of(NATION) or user not in USERS or claims["exp"] < time.time():
            raise KeyError(user)
        ticket = secrets.token_urlsafe(24)
        self._tickets[ticket] = (user, str(claims["attempt"]), time.time() + LIFE_S)
        return f"{claims['return_to']}?attempt={claims['attempt']}#ticket={ticket}"

    def redeem(self, message: str) -> str:
        """The signed answer to a province's request; raises `KeyError`, `PyJWTError`."""
        header = jwt.get_unverified_header(message)
        asked = jwt.decode(message, self._theirs, ["RS256"], audience=urn_of(NATION))
        known = (header.get("kid"), header.get("typ")) == (self._account.key_id, KIND)
        if not known or asked["jti"] in self._seen:
            raise KeyError(asked["jti"])
        self._seen.add(asked["jti"])
        user, attempt, until = self._tickets.pop(asked["ticket"])
        if attempt != asked["attempt"] or until < time.time():
            raise KeyError(attempt)
        now = int(time.time())
        answer = {
            "iss": urn_of(NATION),
            "aud": asked["iss"],
            "iat": now,
            "exp": now + LIFE_S,
            "re": asked["jti"],
            "authority": authority_of(user[:2] + "0000"),
            "user": _record(user, asked["jti"]),
        }
        return jwt.encode(answer, self._ours, "RS256", headers={"typ": KIND})


def build() -> "Sanic[Any, Any]":
    """The simulator's application."""
    refuse_production()
    app: Sanic[Any, Any] = Sanic("simulator_national", configure_logging=False)
    app.config.AUTO_EXTEND = False
    desk = Desk()

    @app.get("/sign-in")
    async def sign_in(request: Request) -> HTTPResponse:
        headers = {"X-Simulator": "national"}
        page = _page(request.args.get("request", ""))
        return HTTPResponse(page, 200, headers, "text/html; charset=utf-8")

    @app.post("/sign-in")
    async def chosen(request: Request) -> HTTPResponse:
        form: dict[str, Any] = dict(request.form or {})
        try:
            return redirect(desk.give(str(form["request"][0]), str(form["user"][0])))
        except (KeyError, jwt.PyJWTError):
            return HTTPResponse("bad request", 400)

    @app.post("/__tickets")
    async def button(request: Request) -> HTTPResponse:
        told = orjson.loads(request.body)
        target = desk.give(told["request"], told["user"])
        return HTTPResponse(orjson.dumps({"redirect_to": target}), 200)

    @app.post(PATH)
    async def recognise(request: Request) -> HTTPResponse:
        try:
            text = desk.redeem(request.body.decode())
        except (jwt.PyJWTError, KeyError, UnicodeDecodeError):
            return HTTPResponse("refused", 401)
        return HTTPResponse(text, 200, {"X-Simulator": "national"}, "application/jose")

    return app


def run(port: int) -> None:
    """Serve until told to stop."""
    run_simulator(build(), port)

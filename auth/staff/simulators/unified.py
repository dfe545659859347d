"""A system whose accounts are ours (统一用户): SCIM tells it who is there, sign-on is ours too."""

from typing import Any

from sanic import HTTPResponse, Request, Sanic

from app_server.kernel.http.simulating import run_simulator
from auth.staff.service.demo import ACCOUNTS_KEY, UNIFIED
from auth.staff.simulators import department, pages
from auth.staff.simulators.relying_party import RelyingParty, SignOnFailed
from auth.staff.simulators.scim import Accounts, add_scim


def build() -> "Sanic[Any, Any]":
    """The system's application."""
    app = department.build(UNIFIED)
    party = RelyingParty(UNIFIED)
    accounts = Accounts(on_deactivated=lambda subject: party.end(subject=subject))
    add_scim(app, accounts, ACCOUNTS_KEY)

    async def resolve(claims: dict[str, Any]) -> tuple[str, str]:
        user = next(
            (u for u in accounts.users.values() if u.get("externalId") == claims["sub"]), None
        )
        if user is None or not user.get("active"):
            raise SignOnFailed("本系统没有您的账号，或账号已停用")
        return str(user["userName"]), str(user.get("displayName", ""))

    department.add_sign_on(app, party, resolve)

    @app.get("/")
    async def start(request: Request) -> HTTPResponse:
        visit = department.visit_of(party, request)
        rows = [
            (str(u["userName"]), str(u.get("displayName")), "在用" if u.get("active") else "停用")
            for u in accounts.users.values()
        ]
        head = pages.welcome(visit.name, visit.account) if visit else pages.SIGN_ON
        note = "<p>账号由省级统一身份认证平台开通、调整和停用，本系统没有自己的密码。</p>"
        return department.answer(UNIFIED.name, head + note + pages.people(rows))

    return app


def run(port: int) -> None:
    """Serve until told to stop."""
    run_simulator(build(), port)

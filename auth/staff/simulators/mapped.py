"""A system that keeps its own users (账号映射): its own passwords, and one bind page.

Whoever carries a bind code from the platform proves a local account here; the system confirms
that over the partner surface. From then on the platform signs them on as that local account.
"""

from typing import Any

import httpx
from sanic import HTTPResponse, Request, Sanic

from app_server.kernel.crypto import same
from app_server.kernel.http.simulating import run_simulator
from app_server.kernel.settings import load
from auth.staff.service.demo import CLIENT_SECRET, MAPPED
from auth.staff.simulators import department, pages
from auth.staff.simulators.relying_party import RelyingParty, SignOnFailed, Visit

# Local accounts of the simulator; their password stands on its own page.
PASSWORD = "archive-2026"  # noqa: S105 - a simulator's
LOCAL = {"dagl_qian": "档案管理员 钱", "dagl_li": "档案督查 李", "dagl_zhao": "档案员 赵"}


def _form(code: str = "", deed: str = "登录") -> str:
    hint = f"<p>演示账号：{'、'.join(LOCAL)}，密码均为 {PASSWORD}。</p>"
    return pages.LOCAL_FORM.format(code=code, deed=deed) + hint


def _proved(request: Request) -> str:
    account = department.field(request, "account")
    if account not in LOCAL or not same(department.field(request, "password"), PASSWORD):
        raise SignOnFailed("本系统账号或密码不正确")
    return account


async def _confirm(code: str, account: str) -> str:
    """Tell the platform whose local account it is; raises `SignOnFailed` with its sentence."""
    base = f"{load().origin('partner')}/partner/v1"
    known = {"client_id": MAPPED.client_id, "client_secret": CLIENT_SECRET}
    try:
        async with httpx.AsyncClient(timeout=5, trust_env=False) as client:
            token = await client.post(f"{base}/tokens", json=known)
            bearer = {"authorization": f"Bearer {token.raise_for_status().json()['access_token']}"}
            told = {"code": code, "local_account": account}
            reply = await client.post(f"{base}/staff-bindings", json=told, headers=bearer)
            answer: dict[str, Any] = reply.json()
    except (httpx.HTTPError, ValueError, KeyError) as error:
        raise SignOnFailed("认证平台没有应答") from error
    if reply.is_error:
        raise SignOnFailed(str(answer.get("title", "绑定没有成功")))
    return str(answer["login"])


def build() -> "Sanic[Any, Any]":
    """The system's application."""
    app = department.build(MAPPED)
    party = RelyingParty(MAPPED)

    async def resolve(claims: dict[str, Any]) -> tuple[str, str]:
        account = str(claims.get("local_account", ""))
        if account not in LOCAL:
            raise SignOnFailed("您的统一账号还没有绑定本系统账号")
        return account, LOCAL[account]

    department.add_sign_on(app, party, resolve)

    @app.get("/")
    async def start(request: Request) -> HTTPResponse:
        visit = department.visit_of(party, request)
        if visit:
            return department.answer(MAPPED.name, pages.welcome(visit.name, visit.account))
        return department.answer(MAPPED.name, pages.SIGN_ON + "<hr>" + _form())

    @app.post("/")
    async def sign_in(request: Request) -> HTTPResponse:
        try:
            account = _proved(request)
        except SignOnFailed as error:
            return department.answer(MAPPED.name, pages.said(str(error)) + _form(), 401)
        return department.enter(party, Visit(account, LOCAL[account], "", "", ""))

    @app.get("/bind")
    async def bind_page(_: Request) -> HTTPResponse:
        return department.answer("绑定统一账号", _form(pages.CODE_FIELD, "确认绑定"))

    @app.post("/bind")
    async def bind(request: Request) -> HTTPResponse:
        try:
            account = _proved(request)
            login = await _confirm(department.field(request, "code"), account)
        except SignOnFailed as error:
            body = pages.said(str(error)) + _form(pages.CODE_FIELD, "确认绑定")
            return department.answer("绑定统一账号", body, 409)
        done = f"<p>已将本系统账号 <b>{account}</b> 绑定到统一账号 <b>{login}</b>。</p>"
        return department.answer("绑定成功", done + pages.SIGN_ON)

    return app


def run(port: int) -> None:
    """Serve until told to stop."""
    run_simulator(build(), port)

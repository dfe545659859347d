"""What both demo systems share: sign-on through the platform, their own sessions, logout."""

import secrets
from collections.abc import Awaitable, Callable
from typing import Any

from sanic import HTTPResponse, Request, Sanic, redirect

from app_server.kernel.http.simulating import refuse_production
from auth.staff.service.demo import DemoSystem
from auth.staff.simulators import pages
from auth.staff.simulators.relying_party import RelyingParty, SignOnFailed, Visit

COOKIE = "department-session"
BEGUN = "department-login"

# From the platform's claims to (account, name) here; raises `SignOnFailed` for a stranger.
Resolve = Callable[[dict[str, Any]], Awaitable[tuple[str, str]]]


def answer(title: str, body: str, status: int = 200) -> HTTPResponse:
    """A page."""
    text = pages.page(title, body)
    return HTTPResponse(text, status, content_type="text/html; charset=utf-8")


def build(system: DemoSystem) -> "Sanic[Any, Any]":
    """An application named after the system."""
    refuse_production()
    app: Sanic[Any, Any] = Sanic(system.client_id, configure_logging=False)
    app.config.AUTO_EXTEND = False
    return app


def field(request: Request, name: str) -> str:
    """One field of a posted form."""
    return str(request.form.get(name, "")) if request.form else ""


def enter(party: RelyingParty, visit: Visit) -> HTTPResponse:
    """Open a session here, and show the start page."""
    key = secrets.token_urlsafe(24)
    party.visits[key] = visit
    reply = redirect("/")
    reply.add_cookie(COOKIE, key, httponly=True, samesite="Lax", secure=False)
    return reply


def visit_of(party: RelyingParty, request: Request) -> Visit | None:
    """Who sits at this browser."""
    return party.visits.get(request.cookies.get(COOKIE) or "")


def add_sign_on(app: "Sanic[Any, Any]", party: RelyingParty, resolve: Resolve) -> None:
    """Give the application its sign-on, its own log-out and the back channel."""

    @app.get("/login")
    async def login(_: Request) -> HTTPResponse:
        try:
            url, state = await party.authorization_url()
        except SignOnFailed as error:
            return answer(party.system.name, pages.said(str(error)), 503)
        reply = redirect(url)
        reply.add_cookie(BEGUN, state, httponly=True, samesite="Lax", secure=False, max_age=600)
        return reply

    @app.get("/callback")
    async def callback(request: Request) -> HTTPResponse:
        given = {name: values[0] for name, values in request.args.items()}
        try:
            claims, token = await party.finish(given, request.cookies.get(BEGUN) or "")
            account, name = await resolve(claims)
        except SignOnFailed as error:
            return answer(party.system.name, pages.said(str(error)) + pages.SIGN_ON, 403)
        return enter(party, Visit(account, name, claims["sub"], claims.get("sid", ""), token))

    @app.post("/leave")
    async def leave(request: Request) -> HTTPResponse:
        party.visits.pop(request.cookies.get(COOKIE) or "", None)
        return redirect("/", status=303)

    @app.post("/backchannel-logout")
    async def backchannel(request: Request) -> HTTPResponse:
        done = await party.log_out(field(request, "logout_token"))
        return HTTPResponse(b"", 200 if done else 400, {"cache-control": "no-store"})

    @app.get("/whoami")
    async def whoami(request: Request) -> HTTPResponse:
        visit = visit_of(party, request)
        if visit is None:
            return HTTPResponse("nobody", 401)
        return HTTPResponse(visit.account, content_type="text/plain; charset=utf-8")

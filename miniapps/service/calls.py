"""Calls of an app that need a permission: everything the shell checked is checked again here.

The page is the city's, the shell runs in the person's browser: neither is believed. What passes
is put on record where the person sees it (`uses`), and what only we can do is done here.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from app_server.kernel import db, regions
from app_server.kernel.crypto import same, sha256_hex
from app_server.kernel.errors import Unauthenticated
from app_server.kernel.principal import Principal
from auth.grants.errors import OAuthRefused
from auth.grants.service import oauth
from auth.identity import service as identity
from auth.people import service as people
from miniapps import rules
from miniapps.errors import (
    AppTierTooLow,
    CodeRefused,
    ConsentNeeded,
    ForeignOrigin,
    NotPayable,
    ProofRefused,
    ScopeNotDeclared,
    ScopeUnapproved,
    UnknownMethod,
)
from miniapps.models import Launch
from miniapps.service import consents, jsapi, tickets, uses
from miniapps.service.gateway import BILL_SOURCE
from miniapps.service.known import introduce
from miniapps.service.launching import OpenApp, open_app
from payments import service as payments

FACE_ACT = "miniapps.verify_face"
identity.name_act(FACE_ACT, "向应用证明是您本人")


@dataclass(frozen=True, slots=True)
class Asked:
    """A call as the shell passes it on; `proof` is a vendor's signature over it."""

    token: str
    origin: str
    method: str
    params: Mapping[str, Any] = field(default_factory=dict)
    proof: Mapping[str, Any] = field(default_factory=dict)
    act_proof: str | None = None


@dataclass(frozen=True, slots=True)
class Called:
    """Whether it was done here, with what; else the shell does it."""

    done: bool
    value: Any = None


async def call(principal: Principal, launch_id: UUID, asked: Asked) -> Called:
    """Check a call and do it, or let the shell do it.

    Raises `UnknownMethod`, `NoSuchLaunch`, `AppSuspended`, `ForeignOrigin`, `ScopeNotDeclared`,
    `ScopeUnapproved`, `ConsentNeeded`, `AppTierTooLow`, `ProofRefused`, and what the call itself
    refuses.
    """
    method = rules.METHODS.get(asked.method)
    if method is None:
        raise UnknownMethod
    opened = await open_app(principal, launch_id, asked.token)
    if not same(asked.origin, opened.origin):
        raise ForeignOrigin
    # A vendor's signature stands for the page that sends it, whatever it asks for.
    await _check_proof(opened, asked.proof)
    if not method.scope:
        return Called(False)
    check_scope(opened, method.scope)
    await check_consent(principal, opened, method.scope)
    check_tier(principal, opened, method.scope)
    run = _RUN.get(asked.method)
    async with db.unit_of_work():
        done = await run(principal, opened, asked) if run else None
        what = done.what if done else rules.SCOPES[method.scope].title
        uses.note(opened.launch, asked.method, method.scope, what, "done" if done else "passed")
        if principal.kind == "person":
            await consents.touch(principal.subject, opened.launch.appid, method.scope)
    return Called(True, done.value) if done else Called(False)


def check_scope(opened: OpenApp, scope: str) -> None:
    """Raise `ScopeNotDeclared` or `ScopeUnapproved` unless review gave the app this permission."""
    if scope not in opened.manifest.scopes:
        raise ScopeNotDeclared(scope=scope)
    if scope in opened.version.withheld:
        raise ScopeUnapproved(scope=scope)


async def check_consent(principal: Principal, opened: OpenApp, scope: str) -> None:
    """Raise `ConsentNeeded` unless the person agreed; `Unauthenticated` where nobody could."""
    if scope in rules.PERSONAL and principal.kind != "person":
        raise Unauthenticated
    person = principal.id if principal.kind == "person" and not opened.launch.trial else None
    held = await consents.held_by(person, opened.manifest, opened.launch.held)
    if held[scope] == "no":
        raise ConsentNeeded(scope=scope)


def check_tier(principal: Principal, opened: OpenApp, scope: str) -> None:
    """Raise `AppTierTooLow` below what the app takes, or what a permission about them takes."""
    held = principal.tier if principal.kind == "person" else 0
    needed = max(opened.manifest.min_tier, 1 if scope in rules.PERSONAL else 0)
    if held < needed:
        raise AppTierTooLow(needed, held)


async def _check_proof(opened: OpenApp, proof: Mapping[str, Any]) -> None:
    if proof and not await jsapi.is_signed(opened.launch.appid, opened.origin, proof):
        raise ProofRefused


async def decide(
    principal: Principal, launch_id: UUID, token: str, scope: str, *, allow: bool, keep: bool
) -> None:
    """Keep what a person answered to a permission sheet, for this opening or for good.

    Raises `NoSuchLaunch`, `AppSuspended`, `ScopeNotDeclared`, `ScopeUnapproved`, and
    `Unauthenticated` where what is asked for is about a person.
    """
    opened = await open_app(principal, launch_id, token)
    check_scope(opened, scope)
    signed_in = principal.kind == "person"
    if scope in rules.PERSONAL and not signed_in:
        raise Unauthenticated
    reason = next(p.reason for p in opened.manifest.permissions if p.scope == scope)
    appid = opened.launch.appid
    async with db.unit_of_work():
        if not allow:
            if signed_in:
                await consents.revoke(principal, appid, scope)
            await consents.drop(launch_id, scope)
            title = rules.SCOPES[scope].title
            uses.note(opened.launch, "", scope, title, "refused")
        elif keep and signed_in and not opened.launch.trial:
            await consents.remember(principal, appid, scope, reason)
        else:
            await consents.hold(launch_id, scope)


# --- what is done here ------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Done:
    value: Any
    what: str


async def _get_ticket(principal: Principal, opened: OpenApp, asked: Asked) -> _Done:
    del asked
    ticket = tickets.issue(principal, opened.launch)
    told = "、".join(rules.TICKET_FIELDS[key].title for key in opened.manifest.token_scopes)
    life = int(rules.TICKET_LIFE.total_seconds())
    return _Done({"ticket": ticket, "expires_in_s": life}, told)


async def _get_code(principal: Principal, opened: OpenApp, asked: Asked) -> _Done:
    """A code of OpenID Connect for the app's own client, exchanged at the token endpoint."""
    challenge, nonce = asked.params.get("code_challenge"), asked.params.get("nonce", "")
    if not isinstance(challenge, str) or not isinstance(nonce, str):
        raise CodeRefused
    client_id = rules.client_id_of(opened.launch.appid)
    try:
        code, target = await oauth.code_in_app(principal, client_id, challenge, nonce)
    except OAuthRefused as error:
        raise CodeRefused(error=error.error) from error
    introduce(opened.launch.appid, principal.subject, trial=opened.launch.trial)
    return _Done({"code": code, "redirect_uri": target}, rules.TICKET_FIELDS["openid"].title)


async def _get_user(principal: Principal, opened: OpenApp, asked: Asked) -> _Done:
    # The page is code of others in the person's browser: no name, number or phone in full.
    del asked
    home = regions.region(opened.manifest.region)
    launch = opened.launch
    value = {
        "openid": introduce(launch.appid, principal.subject, trial=launch.trial),
        "tier": principal.tier,
        "name": await people.display_name(principal.subject),
        "kind": "legal" if principal.organisation else "natural",
        "region": {"code": home.code, "name": home.name},
    }
    return _Done(value, "应用内编号、隐去部分的姓名、实名等级")


async def _verify_face(principal: Principal, opened: OpenApp, asked: Asked) -> _Done:
    """What the app learns is that they proved it, when; how and with what stays with identity."""
    about = str(opened.launch.id)
    digest = sha256_hex(f"{opened.launch.appid}\0{about}".encode())
    used = await identity.consume_act_proof(principal, FACE_ACT, about, digest, asked.act_proof)
    await Launch.filter(id=opened.launch.id).update(proved_at=used.proven_at)
    return _Done({"passed": True, "at": used.proven_at.isoformat()}, "证明是您本人")


async def _pay(principal: Principal, opened: OpenApp, asked: Asked) -> _Done:
    """The bill is the app's own and this person's; the cashier is the shell's."""
    bill_no = asked.params.get("bill")
    if not isinstance(bill_no, str) or len(bill_no) > 32:
        raise NotPayable
    bill = await payments.bill(principal.subject, bill_no)
    # A page must not send somebody to pay what another app, or the government, is owed.
    appid = opened.launch.appid
    if bill.source != BILL_SOURCE or not bill.source_ref.startswith(f"{appid}/"):
        raise NotPayable
    if bill.state not in {"unpaid", "paid"}:
        raise NotPayable
    value = {"bill": bill_no, "title": bill.title, "amount_fen": bill.amount_fen}
    status = {"status": "paid"} if bill.state == "paid" else {}
    return _Done(value | status, bill.title)


_Run = Callable[[Principal, OpenApp, Asked], Awaitable[_Done]]
_RUN: Mapping[str, _Run] = {
    "ah.auth.getTicket": _get_ticket,
    "ah.auth.getCode": _get_code,
    "ah.auth.getUser": _get_user,
    "ah.auth.verifyFace": _verify_face,
    "ah.pay.request": _pay,
}

"""The open gateway for apps' back ends: messages, bills, licences of people who agreed.

Whatever a client's token says, the released manifest and the person have the last word: the
permission must be reviewed and given now. `miniapps` alone knows whose number an openid is, so it
asks the contexts below for the work itself.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID

from tortoise.exceptions import IntegrityError

from app_server.cases import service as cases
from app_server.kernel import audit, clock, db, ratelimit
from app_server.kernel.errors import InvalidInput, TooManyRequests
from app_server.kernel.ids import uuid7
from app_server.kernel.principal import Principal
from app_server.licences import service as licences
from auth.grants import service as grants
from miniapps import rules
from miniapps.errors import (
    BillExists,
    ConsentNeeded,
    NoSuchMiniApp,
    ScopeNotDeclared,
    ScopeUnapproved,
)
from miniapps.models import App, Version
from miniapps.rules.gateway import (
    A_MINUTE,
    MOST_BILL_FEN,
    OFFERS,
    PROGRESS_SCOPE,
    app_of_gateway,
    gateway_client,
)
from miniapps.service import consents, uses
from miniapps.service.known import known_person
from miniapps.service.manifest import Manifest
from miniapps.service.moves import may_publish_app, record
from notify import service as notify
from payments import service as payments
from payments.errors import NoSuchBill

BILL_SOURCE = "miniapp"


@dataclass(frozen=True, slots=True)
class BackEnd:
    """An app's back end at work for one of its people."""

    app: App
    manifest: Manifest
    person_id: UUID
    sandbox: bool
    scope: str

    @property
    def permission(self) -> str:
        """What the person agreed to."""
        return OFFERS[self.scope].permission

    @property
    def reason(self) -> str:
        """Why, in the app's reviewed words."""
        return next(p.reason for p in self.manifest.permissions if p.scope == self.permission)


@dataclass(frozen=True, slots=True)
class Done:
    """What came of it; in the sandbox nothing was sent, owed or shown."""

    sandbox: bool
    bill_no: str = ""
    seen: list[licences.LicenceFacts] = field(default_factory=list)


async def make_gateway_key(
    by: Principal, appid: str, *, sandbox: bool
) -> tuple[str, str, list[str]]:
    """A machine client for the gateway with what review gave the app; its secret is shown once.

    Made again it has a new secret, and the one before ends at once. Raises `NotYourApp`,
    `NoSuchMiniApp` when nothing is out.
    """
    app = await may_publish_app(by, appid)
    scopes = await given_scopes(appid)
    client_id = gateway_client(appid, sandbox=sandbox)
    secret = await grants.add_client(
        client_id=client_id,
        name=app.name or appid,
        scopes=scopes,
        region=rules.home_region(appid),
    )
    async with db.unit_of_work():
        record(by, appid, 0, "sandbox_key_made" if sandbox else "gateway_key_made")
    return client_id, secret, scopes


async def given_scopes(appid: str) -> list[str]:
    """What the released version's permissions allow here; raises `NoSuchMiniApp`."""
    _, version = await _released(appid)
    manifest = Manifest.model_validate(version.manifest)
    given = set(manifest.scopes) - set(version.withheld)
    if manifest.items:
        given.add(OFFERS[PROGRESS_SCOPE].permission)
    return [scope for scope, offer in OFFERS.items() if offer.permission in given]


async def _released(appid: str) -> tuple[App, Version]:
    app = await App.get_or_none(appid=appid, state="active", current__gt=0)
    if app is None:
        raise NoSuchMiniApp
    return app, await Version.get(appid=appid, code=app.current)


async def _at_work(client: Principal, scope: str) -> tuple[App, Manifest, bool]:
    """The app of a gateway's client, when review gave it this and its turns are not used up."""
    appid, sandbox = app_of_gateway(client.org)
    if not appid:
        raise NoSuchMiniApp
    limit = ratelimit.Limit(f"gateway-{scope}", A_MINUTE, 60, fail_closed=True)
    await ratelimit.take(limit, client.org)
    app, version = await _released(appid)
    manifest = Manifest.model_validate(version.manifest)
    permission = OFFERS[scope].permission
    if permission and permission not in manifest.scopes:
        raise ScopeNotDeclared(scope=permission)
    if permission in version.withheld:
        raise ScopeUnapproved(scope=permission)
    await _count(client.org, scope)
    return app, manifest, sandbox


async def _admitted(client: Principal, scope: str, openid: str) -> BackEnd:
    """The back end, when it may do this for this person now, within its quota."""
    app, manifest, sandbox = await _at_work(client, scope)
    permission = OFFERS[scope].permission
    person = await known_person(app.appid, openid, trial=sandbox)
    if not await consents.stands(person, manifest, permission, trial=sandbox):
        raise ConsentNeeded(scope=permission)
    return BackEnd(app, manifest, person, sandbox, scope)


_COUNT = """
INSERT INTO miniapps_quota AS q (id, client, scope, day, used) VALUES ($1, $2, $3, $4, 1)
ON CONFLICT (client, scope, day) DO UPDATE SET used = q.used + 1 WHERE q.used < $5
RETURNING used
"""


async def _count(client_id: str, scope: str) -> None:
    """Take one of today's turns; raises `TooManyRequests` until midnight."""
    today = clock.today()
    turn = await db.value(_COUNT, uuid7(), client_id, scope, today, OFFERS[scope].a_day)
    if turn is None:
        now = clock.local(clock.now())
        midnight = (now + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
        raise TooManyRequests(
            "今天的调用次数已用完", retry_after_s=int((midnight - now).total_seconds()) + 1
        )


def _note(client: Principal, by: BackEnd, what: str) -> None:
    if by.sandbox:
        return
    uses.note_of(by.person_id, by.app.appid, f"gateway.{by.scope}", by.permission, what, "done")
    audit.record(
        client,
        f"miniapps.{by.scope}",
        f"miniapp:{by.app.appid}",
        owner=by.person_id,
        purpose=f"{by.manifest.name}：{by.reason}",
    )


async def send_message(
    client: Principal, openid: str, template: str, params: dict[str, str], ref: str
) -> Done:
    """Send one of the app's reviewed messages; the same `ref` twice is one message.

    Raises `NoSuchMiniApp`, `ScopeNotDeclared`, `ScopeUnapproved`, `UnknownVisitor`,
    `ConsentNeeded`, `TooManyRequests`, and `InvalidInput` for what is no message of the app's.
    """
    by = await _admitted(client, "messages.send", openid)
    words = next((m for m in by.manifest.messages if m.code == template), None)
    if words is None:
        raise InvalidInput(errors=[{"field": "template", "message": "清单中没有这个消息模板"}])
    wrong = sorted(words.names ^ params.keys())
    if wrong:
        errors = [{"field": f"params.{name}", "message": "模板中没有或缺少"} for name in wrong]
        raise InvalidInput(errors=errors)
    appid = by.app.appid
    if by.sandbox:
        return Done(sandbox=True)
    async with db.unit_of_work():
        await notify.send(
            person_id=by.person_id,
            template=notify.Template(
                code=f"miniapp.{appid}.{template}",
                title=f"{by.manifest.short_name}：{words.title}",
                body=words.body,
            ),
            params=params,
            dedupe=f"miniapp:{appid}:{ref}",
            link=f"/apps/{appid}",
        )
        _note(client, by, f"消息：{words.title}")
    return Done(sandbox=False)


async def push_progress(client: Principal, case_no: str, title: str, note: str) -> Done:
    """Tell how far the department is with a case of an item the app handles.

    Raises `NoSuchMiniApp`, `TooManyRequests`, `NoSuchCase`, `NotInThisState`.
    """
    app, manifest, sandbox = await _at_work(client, PROGRESS_SCOPE)
    if not sandbox:
        await cases.note_progress(
            client, case_no, org=app.owner_org, items=manifest.items, title=title, note=note
        )
    return Done(sandbox=sandbox)


async def create_bill(
    client: Principal, openid: str, title: str, items: Sequence[payments.BillItem], ref: str
) -> Done:
    """Make a bill for one of the app's people; its page asks them to pay it (`ah.pay.request`).

    Raises as `send_message`, and `BillExists` for a `ref` that has one already.
    """
    by = await _admitted(client, "bills.create", openid)
    if sum(item.amount_fen for item in items) > MOST_BILL_FEN:
        raise InvalidInput(errors=[{"field": "items", "message": "金额超过单笔上限"}])
    if by.sandbox:
        return Done(sandbox=True, bill_no="SANDBOX")
    appid, owner = by.app.appid, by.manifest.owner
    try:
        async with db.unit_of_work():
            await db.lock(f"miniapps.bill:{appid}/{ref}")
            bill_no = await payments.create_bill(
                person_id=by.person_id,
                title=title,
                items=list(items),
                agency_code=owner.org,
                agency_name=owner.name,
                region=rules.home_region(appid),
                source=BILL_SOURCE,
                source_ref=f"{appid}/{ref}",
            )
            _note(client, by, f"账单：{title}")
    except IntegrityError as error:
        raise BillExists from error
    return Done(sandbox=False, bill_no=bill_no)


async def own_bill(client: Principal, bill_no: str) -> payments.BillFacts:
    """How a bill the app made stands; raises `NoSuchBill` for any other, `NoSuchMiniApp`."""
    appid, sandbox = app_of_gateway(client.org)
    if not appid or sandbox:
        raise NoSuchMiniApp
    bill = await payments.bill_summary(bill_no)
    if bill.source != BILL_SOURCE or not bill.source_ref.startswith(f"{appid}/"):
        raise NoSuchBill
    return bill


async def read_licences(client: Principal, openid: str, type_name: str) -> Done:
    """A person's licences of one kind the manifest names; they see that it was looked at.

    Raises as `send_message`, and `InvalidInput` for a kind the manifest does not name.
    """
    by = await _admitted(client, "licences.read", openid)
    if type_name not in by.manifest.licence_types:
        raise InvalidInput(errors=[{"field": "type_name", "message": "清单没有申请这种证照"}])
    if by.sandbox:
        return Done(sandbox=True)
    found = [
        facts for facts in await licences.licences_of(by.person_id) if facts.type_name == type_name
    ]
    async with db.unit_of_work():
        _note(client, by, f"证照：{type_name}")
    return Done(sandbox=False, seen=found)

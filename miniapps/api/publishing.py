"""Teams publish and reviewers decide, in the console and by an app's key (R-POR-14, 17, 18)."""

from dataclasses import asdict

from app_server.kernel import regions
from app_server.kernel.http import Call, RawReply, client, endpoint, staff
from app_server.kernel.ratelimit import Limit
from app_server.kernel.settings import load
from miniapps import rules, service
from miniapps.schemas.publishing import (
    AppDetail,
    AppKey,
    AppList,
    AppQuery,
    AppView,
    AskedPermission,
    CheckedView,
    DeedView,
    FindingView,
    FloorAsked,
    GreyAsked,
    GreyView,
    Opinion,
    Reason,
    Remark,
    RollBackAsked,
    ShotView,
    TrialView,
    UsageView,
    VersionList,
    VersionView,
)

BOTH = staff(rules.PUBLISHER, rules.REVIEWER)
TEAM = staff(rules.PUBLISHER)
REVIEWERS = staff(rules.REVIEWER)
KEY = client(rules.PUBLISH_SCOPE)
ZIP = ("application/zip", "application/octet-stream")
UPLOADS = Limit("miniapp-upload", 20, 600, fail_closed=True)
PAGE = 50
DEED_NAMES = {
    **{deed: edge.name for deed, edge in {**rules.MOVES, **rules.APP_MOVES}.items()},
    "grey_changed": "调整灰度",
    "floor_raised": "提高最低版本",
    "key_made": "生成应用密钥",
    "facade_key_made": "生成换票密钥",
    "gateway_key_made": "生成开放网关密钥",
    "sandbox_key_made": "生成沙箱密钥",
}


@endpoint("GET", "/miniapps", guard=BOTH)
async def list_apps(call: Call, query: AppQuery) -> AppList:
    """Apps I publish or review."""
    states = ["submitted", "city_approved"] if query.waiting else None
    found = await service.apps_of(call.principal, query.after, states)
    return AppList(
        items=[_app(app) for app in found], next=found[-1].appid if len(found) == PAGE else None
    )


async def read_app(call: Call, appid: str) -> AppDetail:
    """One app with its versions, rollout, history and use."""
    app = await service.app_facts(call.principal, appid[:40])
    grey = await service.grey_of(app.appid)
    return AppDetail(
        app=_app(app),
        versions=[_version(v) for v in await service.versions_of(app.appid)],
        grey=_grey(grey) if grey else None,
        history=[
            DeedView(
                code=s.code,
                deed=s.deed,
                deed_name=DEED_NAMES.get(s.deed, s.deed),
                by_name=s.by_name,
                note=s.note,
                at=s.at,
            )
            for s in await service.history_of(app.appid)
        ],
        usage=[UsageView(**row) for row in await service.usage_of(app.appid)],
    )


@endpoint("POST", "/miniapps/{appid}/key", guard=TEAM, status=201)
async def make_key(call: Call, appid: str) -> AppKey:
    """Make the app's key, or a new one: the old one ends a day later."""
    client_id, secret = await service.make_key(call.principal, appid[:40])
    return AppKey(client_id=client_id, secret=secret)


async def upload(call: Call) -> VersionView:
    """Upload a package; machines look at it at once, and the reply says what they found."""
    return _version(await service.upload(call.principal, call.raw))


async def look_over(call: Call) -> CheckedView:
    """Have machines look at a package before it is uploaded; nothing is kept."""
    manifest, findings = await service.look_over(call.principal, call.raw)
    return CheckedView(
        appid=manifest.appid,
        code=manifest.version.code,
        name=manifest.version.name,
        findings=[FindingView(**asdict(finding)) for finding in findings],
    )


async def list_versions(call: Call, appid: str) -> VersionList:
    """Versions of my app."""
    app = await service.app_facts(call.principal, appid[:40])
    return VersionList(items=[_version(v) for v in await service.versions_of(app.appid)])


async def read_version(call: Call, appid: str, code: int) -> VersionView:
    """One version of my app."""
    app = await service.app_facts(call.principal, appid[:40])
    return _version(await service.version_facts(app.appid, code))


async def begin_trial(call: Call, appid: str, code: int) -> TrialView:
    """A link by which team and reviewers open a version before anybody else."""
    facts, token = await service.begin_trial(call.principal, appid[:40], code)
    link = f"{load().origin('public')}/apps/{facts.appid}?trial={token}"
    return TrialView(version=_version(facts), link=link)


async def submit(call: Call, appid: str, code: int, body: Remark) -> VersionView:
    """Hand a version in for review."""
    return _version(await service.submit(call.principal, appid[:40], code, body.note))


async def withdraw(call: Call, appid: str, code: int, body: Remark) -> VersionView:
    """Take a version back before it is out."""
    return _version(await service.withdraw(call.principal, appid[:40], code, body.note))


async def set_grey(call: Call, appid: str, code: int, body: GreyAsked) -> VersionView:
    """Give an approved version to some residents, or change to whom."""
    for region in body.regions:
        regions.region(region)
    wanted = service.GreyWanted(**body.model_dump())
    return _version(await service.set_grey(call.principal, appid[:40], code, wanted))


async def halt(call: Call, appid: str, code: int, body: Reason) -> VersionView:
    """Stop giving a grey version to anybody new."""
    return _version(await service.halt(call.principal, appid[:40], code, body.reason))


async def resume(call: Call, appid: str, code: int, body: Remark) -> VersionView:
    """Go on with a halted version."""
    return _version(await service.resume(call.principal, appid[:40], code, body.note))


async def release(call: Call, appid: str, code: int) -> VersionView:
    """Give a version to everybody."""
    return _version(await service.release(call.principal, appid[:40], code))


async def roll_back(call: Call, appid: str, body: RollBackAsked) -> VersionView:
    """Go back to the version before, or to a named one."""
    facts = await service.roll_back(call.principal, appid[:40], body.reason, body.to)
    return _version(facts)


_APP, _ONE = "/miniapps/{appid}", "/miniapps/{appid}/versions/{code}"
for _guard in (TEAM, KEY):
    endpoint(
        "POST",
        "/miniapps/versions",
        guard=_guard,
        status=201,
        raw=ZIP,
        max_body=rules.MAX_PACKAGE,
        limit=UPLOADS,
    )(upload)
    endpoint(
        "POST",
        "/miniapps/checks",
        guard=_guard,
        raw=ZIP,
        max_body=rules.MAX_PACKAGE,
        limit=UPLOADS,
    )(look_over)
    endpoint("POST", f"{_ONE}/submit", guard=_guard)(submit)
    endpoint("POST", f"{_ONE}/withdraw", guard=_guard)(withdraw)
    endpoint("PUT", f"{_ONE}/grey", guard=_guard)(set_grey)
    endpoint("POST", f"{_ONE}/halt", guard=_guard)(halt)
    endpoint("POST", f"{_ONE}/resume", guard=_guard)(resume)
    endpoint("POST", f"{_APP}/roll-back", guard=_guard)(roll_back)
for _guard in (BOTH, KEY):
    endpoint("GET", _APP, guard=_guard)(read_app)
    endpoint("GET", f"{_APP}/versions", guard=_guard)(list_versions)
    endpoint("GET", _ONE, guard=_guard)(read_version)
    endpoint("POST", f"{_ONE}/trial", guard=_guard, status=201)(begin_trial)
    endpoint("POST", f"{_ONE}/release", guard=_guard)(release)


@endpoint("POST", "/miniapps/{appid}/versions/{code}/review", guard=REVIEWERS)
async def review(call: Call, appid: str, code: int, body: Opinion) -> VersionView:
    """Decide what waits for my level; uploader, city and province are three people."""
    facts = await service.review(
        call.principal,
        appid[:40],
        code,
        agree=body.agree,
        note=body.note,
        withheld=body.withheld,
    )
    return _version(facts)


@endpoint(
    "GET",
    "/miniapps/{appid}/versions/{code}/pictures/{number}",
    guard=BOTH,
    reply_type="image/jpeg",
)
async def picture(call: Call, appid: str, code: int, number: int) -> RawReply:
    """What a page looked like in a real browser."""
    app = await service.app_facts(call.principal, appid[:40])
    data = await service.picture(app.appid, code, number)
    return RawReply(data, "image/jpeg", 200, {"cache-control": "private, max-age=86400"})


@endpoint("POST", "/miniapps/{appid}/suspend", guard=REVIEWERS)
async def suspend(call: Call, appid: str, body: Reason) -> AppView:
    """Take an app down for everybody at once, open shells included."""
    return await _moved(call, appid, "suspend", body.reason)


@endpoint("POST", "/miniapps/{appid}/reopen", guard=REVIEWERS)
async def reopen(call: Call, appid: str, body: Reason) -> AppView:
    """Open an app again that was taken down."""
    return await _moved(call, appid, "reopen", body.reason)


@endpoint("POST", "/miniapps/{appid}/retire", guard=REVIEWERS)
async def retire(call: Call, appid: str, body: Reason) -> AppView:
    """End an app for good."""
    return await _moved(call, appid, "retire", body.reason)


@endpoint("PUT", "/miniapps/{appid}/floor", guard=REVIEWERS)
async def raise_floor(call: Call, appid: str, body: FloorAsked) -> AppView:
    """Say below which version nobody may go any more."""
    app = await service.app_facts(call.principal, appid[:40])
    await service.raise_floor(call.principal, app.appid, body.floor, body.reason)
    return _app(await service.app_facts(call.principal, app.appid))


async def _moved(call: Call, appid: str, deed: str, reason: str) -> AppView:
    app = await service.app_facts(call.principal, appid[:40])
    await service.move_app(call.principal, app.appid, deed, reason)
    return _app(await service.app_facts(call.principal, app.appid))


def _app(app: service.AppFacts) -> AppView:
    return AppView(
        appid=app.appid,
        name=app.name,
        owner_org=app.owner_org,
        owner_name=app.owner_name,
        region_name=regions.region(app.home).name,
        state=app.state,
        state_name=rules.APP_STATE_NAMES[app.state],
        state_reason=app.state_reason,
        current=app.current,
        floor=app.floor,
        newest=app.newest,
        newest_state=app.newest_state,
        newest_state_name=rules.STATE_NAMES.get(app.newest_state, "还没有版本"),
    )


def _version(facts: service.VersionFacts) -> VersionView:
    findings = facts.findings
    return VersionView(
        appid=facts.appid,
        code=facts.code,
        name=facts.name,
        state=facts.state,
        state_name=rules.STATE_NAMES[facts.state],
        digest=facts.digest,
        uploaded_at=facts.uploaded_at,
        scopes=facts.manifest.scopes,
        permissions=[
            AskedPermission(
                scope=p.scope,
                title=rules.SCOPES[p.scope].title,
                reason=p.reason,
                required=p.required,
                withheld=p.scope in facts.withheld,
            )
            for p in facts.manifest.permissions
        ],
        signed_by=facts.signed_by,
        looking=service.is_looked_at(facts),
        shots=None
        if facts.shots is None
        else [
            ShotView(n=n, mode=shot["mode"], path=shot["path"])
            for n, shot in enumerate(facts.shots)
        ],
        findings=None if findings is None else [FindingView(**f) for f in findings],
    )


def _grey(grey: service.GreyFacts) -> GreyView:
    return GreyView(
        code=grey.code,
        state=grey.state,
        state_name=rules.STATE_NAMES[grey.state],
        permille=grey.permille,
        error_permille=grey.error_permille,
        openids=grey.openids,
        regions=grey.regions,
        systems=grey.systems,
        starts_at=grey.starts_at,
        ends_at=grey.ends_at,
        opened=grey.opened,
        failed=grey.failed,
    )

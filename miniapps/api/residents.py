"""Apps for residents: lists, launches and the calls of what is open."""

from dataclasses import asdict
from uuid import UUID

from app_server.kernel import regions
from app_server.kernel.http import Call, EventStream, RawReply, anyone, endpoint
from app_server.kernel.ratelimit import Limit
from app_server.kernel.settings import load
from miniapps import rules, service
from miniapps.rules import unity
from miniapps.schemas.residents import (
    CallAsked,
    CallView,
    CategoryCount,
    ConsentGiven,
    GroupQuery,
    GroupsView,
    LaunchedApp,
    LaunchView,
    ListQuery,
    MiniAppList,
    MiniAppView,
    Opening,
    Outcome,
    OwnerCount,
    PermissionView,
    RegionCount,
    ReportGiven,
    ServiceCard,
    ThemeView,
    TicketField,
    UiView,
)

OUTCOMES = Limit("miniapp-outcome", 120, 60)
CALLS = Limit("miniapp-call", 120, 60, fail_closed=True)
REPORTS = Limit("miniapp-report", 5, 600, fail_closed=True)


def app_view(app: service.ListedApp) -> MiniAppView:
    """An app as lists show it."""
    return MiniAppView(**asdict(app))


@endpoint("GET", "/miniapps", guard=anyone())
async def list_apps(call: Call, query: ListQuery) -> MiniAppList:
    """Apps for people of a region."""
    del call
    wanted = service.Wanted(query.category, query.owner, query.q)
    region = query.region or load().platform_region
    found = await service.listed(region, wanted, query.after, query.limit)
    return MiniAppList(
        items=[app_view(app) for app in found.items], next=found.next, total=found.total
    )


@endpoint("GET", "/miniapps/groups", guard=anyone())
async def list_groups(call: Call, query: GroupQuery) -> GroupsView:
    """How the apps for a region fall into categories, owners and divisions."""
    del call
    found = await service.groups(query.region or load().platform_region)
    return GroupsView(
        categories=[
            CategoryCount(key=key, title=unity.CATEGORIES.get(key, key), count=count)
            for key, count in found.categories.items()
        ],
        owners=[OwnerCount(name=name, count=count) for name, count in found.owners.items()],
        regions=[
            RegionCount(code=code, name=regions.region(code).name, count=count)
            for code, count in found.regions.items()
        ],
        total=found.total,
    )


@endpoint("GET", "/miniapps/{appid}/icon", guard=anyone(), reply_type="image/svg+xml")
async def icon(call: Call, appid: str) -> RawReply:
    """An app's icon, checked at upload to be a picture and nothing else."""
    data, digest = await service.icon(appid[:40])
    mark = f'"{digest[:32]}"'
    headers = {
        "etag": mark,
        "cache-control": "public, max-age=86400",
        "content-security-policy": "default-src 'none'; sandbox; frame-ancestors 'none'",
    }
    if call.headers.get("if-none-match", "") == mark:
        return RawReply(b"", "image/svg+xml", 304, headers)
    return RawReply(data, "image/svg+xml; charset=utf-8", 200, headers)


@endpoint(
    "POST",
    "/miniapps/{appid}/launches",
    guard=anyone(),
    status=201,
    limit=Limit("miniapp-launch", 60, 60),
)
async def launch(call: Call, appid: str, body: Opening) -> LaunchView:
    """Open an app; a tier that is too low is told with the tier it takes."""
    opened = await service.launch(call.principal, appid[:40], service.Opening(**body.model_dump()))
    manifest = opened.manifest
    theme = manifest.ui.theme
    return LaunchView(
        launch_id=opened.id,
        token=opened.token,
        origin=opened.origin,
        url=opened.url,
        mode=manifest.mode,
        trial=opened.trial,
        sandbox=rules.sandbox(s for s in manifest.scopes if s not in opened.withheld),
        allow=opened.allow,
        min_tier=manifest.min_tier,
        permissions=_permissions(opened),
        ticket_fields=[
            TicketField(key=key, title=rules.TICKET_FIELDS[key].title)
            for key in manifest.token_scopes
        ],
        ui=UiView(
            titlebar=manifest.ui.titlebar,
            elder=manifest.ui.elder,
            theme=ThemeView(primary=theme.primary, accent=theme.accent) if theme else None,
        ),
        release=opened.release,
        jwk=opened.jwk,
        services=[
            ServiceCard(key=s.key, title=s.title, summary=s.summary, kind=s.kind)
            for s in (manifest.api.services if manifest.api else ())
        ],
        app=LaunchedApp(
            appid=manifest.appid,
            name=manifest.name,
            owner_name=manifest.owner.name,
            version=manifest.version.name,
            icon_url=service.icon_url(manifest.appid, opened.code),
            hotline=manifest.owner.contact,
        ),
    )


def _permissions(opened: service.LaunchFacts) -> list[PermissionView]:
    return [
        PermissionView(
            scope=p.scope,
            title=rules.SCOPES[p.scope].title,
            reason=p.reason,
            required=p.required,
            approved=p.scope not in opened.withheld,
            granted=opened.held[p.scope],
        )
        for p in opened.manifest.permissions
    ]


@endpoint("PUT", "/launches/{launch_id}/consents", guard=anyone(), limit=CALLS)
async def decide(call: Call, launch_id: UUID, body: ConsentGiven) -> None:
    """Keep what I answered to a permission sheet, for this opening or until I take it back."""
    await service.decide(
        call.principal,
        launch_id,
        body.token,
        body.scope,
        allow=body.allow,
        keep=body.remember,
    )


@endpoint("POST", "/launches/{launch_id}/calls", guard=anyone(), limit=CALLS)
async def make_call(call: Call, launch_id: UUID, body: CallAsked) -> CallView:
    """Verify a call that needs a permission, and do it where only we can."""
    asked = service.Asked(
        token=body.token,
        origin=body.origin,
        method=body.method,
        params=body.params or {},
        proof=body.proof or {},
        act_proof=body.act_proof,
    )
    called = await service.call(call.principal, launch_id, asked)
    return CallView(done=called.done, value=called.value)


@endpoint("POST", "/launches/{launch_id}/outcome", guard=anyone(), limit=OUTCOMES)
async def tell_outcome(call: Call, launch_id: UUID, body: Outcome) -> None:
    """Say once how an opening went."""
    del call
    await service.told_outcome(launch_id, ready=body.ready, ready_ms=body.ready_ms)


@endpoint("GET", "/launches/{launch_id}/live", guard=anyone(), limit=OUTCOMES)
async def watch(call: Call, launch_id: UUID) -> EventStream:
    """Nudges for an open shell: `changed`, `suspended` or `retired`, within seconds."""
    del call
    return EventStream(await service.watched(launch_id))


@endpoint("POST", "/miniapps/{appid}/reports", guard=anyone(), status=201, limit=REPORTS)
async def report(call: Call, appid: str, body: ReportGiven) -> None:
    """Tell the reviewers what is wrong with an app."""
    await service.report(call.principal, appid[:40], body.reason, body.note)

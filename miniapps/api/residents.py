"""Apps and launches for residents; the exchange of tickets for their back ends."""

from uuid import UUID

from app_server.kernel.http import Call, EventStream, RawReply, anyone, client, endpoint, person
from app_server.kernel.ratelimit import Limit
from app_server.kernel.settings import load
from miniapps import service
from miniapps.rules import SANDBOX, TICKET_LIFE, TICKETS_CLIENT_SCOPE
from miniapps.schemas import (
    LaunchedApp,
    LaunchView,
    ListQuery,
    MiniAppList,
    MiniAppView,
    Opening,
    Outcome,
    PermissionView,
    TicketExchange,
    TicketView,
    VisitorView,
)

OUTCOMES = Limit("miniapp-outcome", 120, 60)


@endpoint("GET", "/miniapps", guard=anyone())
async def list_apps(call: Call, query: ListQuery) -> MiniAppList:
    """Apps for people of a region."""
    del call
    found = await service.listed(query.region or load().platform_region)
    return MiniAppList(
        items=[
            MiniAppView(
                appid=app.appid,
                name=app.name,
                short_name=app.short_name,
                summary=app.summary,
                icon_url=app.icon_url,
                owner_name=app.owner_name,
                region_name=app.region_name,
                min_tier=app.min_tier,
            )
            for app in found
        ]
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
    return LaunchView(
        launch_id=opened.id,
        origin=opened.origin,
        url=opened.url,
        trial=opened.trial,
        sandbox=SANDBOX,
        allow=opened.allow,
        permissions=[
            # Nothing is remembered between launches: the shell asks when an app first needs it.
            PermissionView(scope=p.scope, reason=p.reason, required=p.required, granted=False)
            for p in manifest.permissions
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


@endpoint(
    "POST",
    "/launches/{launch_id}/tickets",
    guard=person(1),
    status=201,
    limit=Limit("miniapp-ticket", 20, 60, fail_closed=True),
)
async def issue_ticket(call: Call, launch_id: UUID) -> TicketView:
    """A ticket for the back end of the app I opened."""
    ticket = await service.issue_ticket(call.principal, launch_id)
    return TicketView(ticket=ticket, expires_in_s=int(TICKET_LIFE.total_seconds()))


@endpoint("POST", "/tickets/exchange", guard=client(TICKETS_CLIENT_SCOPE))
async def exchange_ticket(call: Call, body: TicketExchange) -> VisitorView:
    """Learn who opened the app, once."""
    visitor = await service.exchange(call.principal, body.ticket)
    tier = visitor.tier
    return VisitorView(
        openid=visitor.openid,
        tier=tier,
        acr=None if tier is None else f"urn:wanshi:acr:t{tier}",  # type: ignore[arg-type]
        region=visitor.region,
    )

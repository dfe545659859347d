"""What is mine: apps at hand, the permissions I gave them, and what they did with them."""

from dataclasses import asdict

from app_server.kernel.http import Call, endpoint, person
from miniapps import service
from miniapps.api.residents import app_view
from miniapps.rules import SCOPES
from miniapps.schemas.residents import (
    GrantedApp,
    GrantedApps,
    GrantedScope,
    MineView,
    RevokeQuery,
    UseList,
    UseQuery,
    UseView,
)


@endpoint("GET", "/me/miniapps", guard=person(1))
async def my_apps(call: Call) -> MineView:
    """Apps I opened lately, and those I keep at hand."""
    me = call.principal.subject
    return MineView(
        recent=[app_view(app) for app in await service.recent(me)],
        favourites=[app_view(app) for app in await service.favourites(me)],
    )


@endpoint("PUT", "/me/miniapps/favourites/{appid}", guard=person(1))
async def favour(call: Call, appid: str) -> None:
    """Keep an app at hand."""
    await service.favour(call.principal.subject, appid[:40])


@endpoint("DELETE", "/me/miniapps/favourites/{appid}", guard=person(1))
async def unfavour(call: Call, appid: str) -> None:
    """No longer keep it at hand."""
    await service.unfavour(call.principal.subject, appid[:40])


@endpoint("GET", "/me/miniapps/permissions", guard=person(1))
async def my_permissions(call: Call) -> GrantedApps:
    """Permissions I gave apps for good."""
    apps: dict[str, GrantedApp] = {}
    for row in await service.given_by(call.principal.subject):
        app = apps.setdefault(
            row["appid"],
            GrantedApp(
                appid=row["appid"],
                name=row["name"],
                icon_url=service.icon_url(row["appid"], row["current"]),
                scopes=[],
            ),
        )
        app.scopes.append(
            GrantedScope(
                scope=row["scope"],
                title=_title(row["scope"]),
                reason=row["reason"],
                granted_at=row["granted_at"],
                last_used_at=row["last_used_at"],
            )
        )
    return GrantedApps(list(apps.values()))


@endpoint("DELETE", "/me/miniapps/permissions/{appid}", guard=person(1))
async def revoke(call: Call, appid: str, query: RevokeQuery) -> None:
    """Take back one permission of an app, or all of them; what is open loses them at once."""
    await service.revoke(call.principal, appid[:40], query.scope)


@endpoint("GET", "/me/miniapps/uses", guard=person(1))
async def my_uses(call: Call, query: UseQuery) -> UseList:
    """What apps used of mine in the last half year, newest first."""
    found, following = await service.uses_of(call.principal.subject, query.appid, query.before)
    items = []
    for use in found:
        told = asdict(use)
        del told["id"]
        items.append(UseView(title=_title(use.scope), **told))
    return UseList(items=items, next=following)


def _title(scope: str) -> str:
    # A permission that no longer exists is still told by its name.
    return SCOPES[scope].title if scope in SCOPES else scope

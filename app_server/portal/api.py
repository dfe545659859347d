"""The platform itself, its regions, and the home page."""

from app_server.kernel import regions
from app_server.kernel.http import Call, anyone, endpoint
from app_server.kernel.http.openapi import MIN_CLIENT_VERSION, VERSION
from app_server.kernel.settings import load
from app_server.portal import service
from app_server.portal.schemas import (
    Home,
    HomeItem,
    HomeMiniApp,
    HomeQuery,
    Notice,
    Platform,
    Quick,
    RegionEntry,
    RegionList,
    RegionQuery,
    RegionView,
)


@endpoint("GET", "/portal/home", guard=anyone())
async def home(call: Call, query: HomeQuery) -> Home:
    """The home page of a region."""
    del call
    region = query.region or load().platform_region
    found = await service.home_items(region)
    content = service.home_content()
    return Home(
        region=RegionView(code=region, name=regions.full_name(region)),
        quick=[Quick(**entry) for entry in content["quick"]],
        items=[
            HomeItem(
                code=item.code,
                name=item.name,
                region_name=regions.full_name(item.region),
                department=item.department,
                min_tier=item.min_tier,
            )
            for item in found
        ],
        mini_apps=[
            HomeMiniApp(
                appid=app.appid,
                name=app.name,
                short_name=app.short_name,
                icon_url=app.icon_url,
                summary=app.summary,
                region_name=app.region_name,
            )
            for app in await service.home_mini_apps(region)
        ],
        notices=[Notice(**notice) for notice in content["notices"]],
    )


@endpoint("GET", "/platform", guard=anyone())
async def platform(call: Call) -> Platform:
    """Which instance this is, its API version, and the oldest client it still serves."""
    del call
    settings = load()
    return Platform(
        name=settings.platform_name,
        region=RegionView(
            code=settings.platform_region, name=regions.full_name(settings.platform_region)
        ),
        tier=settings.platform_tier,
        version=VERSION,
        min_client_version=MIN_CLIENT_VERSION,
        demo=not settings.production,
    )


@endpoint("GET", "/regions", guard=anyone())
async def region_list(call: Call, query: RegionQuery) -> RegionList:
    """The divisions right below one."""
    del call
    return RegionList(
        items=[
            RegionEntry(code=r.code, name=r.name, level=r.level)
            for r in regions.children(query.parent)
        ]
    )

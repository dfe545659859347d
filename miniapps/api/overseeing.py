"""What staff see of apps in use."""

from dataclasses import asdict

from app_server.kernel.errors import Forbidden
from app_server.kernel.http import Call, endpoint, staff
from app_server.kernel.regions import covers
from miniapps import rules, service
from miniapps.schemas.staff import (
    AssetsView,
    CityView,
    ComplianceView,
    HoldingView,
    RegionQuery,
    ReportList,
    ReportView,
)

REVIEWERS = staff(rules.REVIEWER)
BOTH = staff(rules.PUBLISHER, rules.REVIEWER)


@endpoint("GET", "/miniapps/{appid}/reports", guard=BOTH)
async def read_reports(call: Call, appid: str) -> ReportList:
    """What residents reported of an app that I publish or review."""
    app = await service.app_facts(call.principal, appid[:40])
    return ReportList(
        items=[
            ReportView(reason=r.reason, note=r.note, code=r.code, at=r.at)
            for r in await service.reports_of(app.appid)
        ]
    )


@endpoint("GET", "/miniapps/assets", guard=REVIEWERS)
async def read_assets(call: Call, query: RegionQuery) -> AssetsView:
    """Apps, services and items that are brought together, by owner and by city (R-POR-11)."""
    region = query.region or call.principal.region
    if not covers(call.principal.region, region):
        raise Forbidden
    found = await service.assets(region)
    return AssetsView(
        owners=[HoldingView(**asdict(one)) for one in found.owners],
        cities=[HoldingView(**asdict(one)) for one in found.cities],
        total=HoldingView(**asdict(found.total)),
    )


@endpoint("GET", "/miniapps/compliance", guard=REVIEWERS)
async def read_compliance(call: Call) -> ComplianceView:
    """Which cities have no page in the province's app (R-POR-17)."""
    del call
    found = await service.standing_of_cities()
    return ComplianceView(
        cities=[CityView(**asdict(city)) for city in found],
        missing=[city.code for city in found if not city.h5_apps],
    )

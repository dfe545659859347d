"""The catalogue list at the province's desk, proposals of cities, and what the checks find."""

from dataclasses import asdict

import orjson

from app_server.items import service
from app_server.items.api.editing import EDITOR
from app_server.items.api.lists import catalogue_view
from app_server.items.errors import NoSuchCatalogueItem
from app_server.items.schemas.editing import (
    CatalogueList,
    CatalogueView,
    CatalogueWanted,
    Closed,
    Deviations,
    DeviationView,
    Ending,
    Flown,
    QualityReport,
    Reports,
    Settling,
)
from app_server.kernel.http import Call, endpoint, staff


@endpoint("POST", "/catalogue/items", guard=EDITOR, status=201)
async def create(call: Call, body: CatalogueWanted) -> CatalogueView:
    """Add a catalogue item: the province's editors alone (R-ITM-06)."""
    await service.create(call.principal, body.item)
    return catalogue_view(await service.entry(body.item.code))


@endpoint("PUT", "/catalogue/items/{code}", guard=EDITOR)
async def change(call: Call, code: str, body: CatalogueWanted) -> Flown:
    """Change a catalogue item (If-Match); its implementations follow (R-ITM-04)."""
    if body.item.code != code:
        raise NoSuchCatalogueItem
    done = await service.change(call.principal, call.expected_version(), body.item)
    return Flown(catalogue_version=done.version, published=done.published, drafts=done.drafts)


@endpoint("POST", "/catalogue/items/{code}/closing", guard=EDITOR, status=200)
async def close(call: Call, code: str, body: Ending) -> Closed:
    """Cancel a catalogue item, with its implementations from a day on."""
    return Closed(codes=await service.close(call.principal, code, body.on, body.reason))


@endpoint("GET", "/catalogue/items/{code}", guard=staff())
async def read_entry(call: Call, code: str) -> CatalogueView:
    """One catalogue item with its ceilings."""
    del call
    return catalogue_view(await service.entry(code))


@endpoint("POST", "/catalogue/proposals", guard=EDITOR, status=201)
async def propose(call: Call, body: CatalogueWanted) -> CatalogueView:
    """Propose a catalogue item."""
    await service.propose(call.principal, body.item)
    return catalogue_view(await service.entry(body.item.code))


@endpoint("GET", "/catalogue/proposals", guard=EDITOR)
async def list_proposals(call: Call) -> CatalogueList:
    """Proposals that wait for the province."""
    del call
    found = await service.catalogue_list(state="proposed", limit=200)
    return CatalogueList(items=[catalogue_view(one) for one in found], next="")


@endpoint("POST", "/catalogue/proposals/{code}/settlement", guard=EDITOR)
async def settle(call: Call, code: str, body: Settling) -> None:
    """Take a proposal over or decline it: the province's editors alone."""
    await service.settle(call.principal, code, body.outcome, body.reason)


@endpoint("GET", "/catalogue/items/{code}/deviations", guard=staff("item_editor", "supervisor"))
async def read_deviations(call: Call, code: str) -> Deviations:
    """One catalogue item over all cities, with materials beyond the standard (R-ITM-08)."""
    del call
    found = await service.deviations(code)
    return Deviations(places=[DeviationView(**asdict(place)) for place in found])


@endpoint("GET", "/catalogue/reports", guard=staff("item_editor", "supervisor"))
async def read_reports(call: Call) -> Reports:
    """The nightly 三级四同 reports, and circular proofs (R-ITM-05, R-CAS-28)."""
    del call
    rows = await service.reports()
    return Reports(
        reports=[
            QualityReport(day=row["day"], at=row["at"], found=orjson.loads(row["found"]))
            for row in rows
        ],
        circles=[list(ring) for ring in await service.circular_proofs()],
    )

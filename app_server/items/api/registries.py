"""The registries beside the items: readers for all, editors of the province for changes."""

from app_server.items import service
from app_server.items.api.editing import EDITOR
from app_server.items.schemas.open import AgencyView, Intermediaries, IntermediaryView
from app_server.items.schemas.registries import (
    AgencyWanted,
    EntryQuery,
    IntermediaryWanted,
    Library,
    LibraryQuery,
    MaterialKept,
    MaterialWanted,
    NegativeWanted,
    Office,
    Offices,
    OldEntries,
    OldEntry,
)
from app_server.kernel.http import Call, anyone, endpoint, staff


@endpoint("GET", "/catalogue/offices", guard=staff())
async def read_offices(call: Call) -> Offices:
    """Which organisations review items (编制, 法制)."""
    del call
    return Offices(offices=[Office(**row) for row in await service.offices()])


@endpoint("PUT", "/catalogue/offices", guard=EDITOR)
async def name_office(call: Call, body: Office) -> None:
    """Say which organisation reviews for a region."""
    await service.name_office(call.principal, body.region, body.kind, body.org, body.name)


async def read_library(call: Call, query: LibraryQuery) -> Library:
    """The material library (R-ITM-22)."""
    del call
    return Library(materials=await service.library(query.q, query.after))


for _guard in (anyone(), staff()):
    endpoint("GET", "/catalogue/materials", guard=_guard)(read_library)


@endpoint("PUT", "/catalogue/materials", guard=EDITOR)
async def keep_material(call: Call, body: MaterialWanted) -> MaterialKept:
    """Add a material, or change the one of its version."""
    return MaterialKept(material_version=await service.keep_material(call.principal, body.material))


@endpoint("GET", "/catalogue/intermediaries", guard=anyone())
async def read_all_intermediaries(call: Call) -> Intermediaries:
    """Intermediary services and the directory of agencies (R-ITM-15)."""
    del call
    return Intermediaries(
        services=[IntermediaryView(**row) for row in await service.intermediaries()],
        agencies=[
            AgencyView(**one.model_dump(exclude={"version"})) for one in await service.agencies()
        ],
    )


@endpoint("PUT", "/catalogue/intermediaries", guard=EDITOR)
async def keep_intermediary(call: Call, body: IntermediaryWanted) -> None:
    """Add or change an intermediary service."""
    await service.keep_intermediary(call.principal, body.model_dump())


@endpoint("PUT", "/catalogue/agencies", guard=EDITOR)
async def keep_agency(call: Call, body: AgencyWanted) -> None:
    """Enter an agency, suspend it or let it work again."""
    await service.keep_agency(call.principal, body.agency)


@endpoint("PUT", "/catalogue/negative-list/{code}", guard=EDITOR)
async def keep_negative(call: Call, code: str, body: NegativeWanted) -> None:
    """Put a catalogue item on the negative list."""
    await service.keep_negative(call.principal, code, body.reason, body.basis)


@endpoint("DELETE", "/catalogue/negative-list/{code}", guard=EDITOR)
async def drop_negative(call: Call, code: str) -> None:
    """Take a catalogue item off the negative list."""
    await service.drop_negative(call.principal, code)


@endpoint("GET", "/catalogue/entries", guard=staff())
async def list_entries(call: Call, query: EntryQuery) -> OldEntries:
    """Old addresses with where they lead (R-ITM-39)."""
    del call
    return OldEntries(entries=[OldEntry(**row) for row in await service.entries(query.after)])


@endpoint("PUT", "/catalogue/entries", guard=EDITOR)
async def keep_entry(call: Call, body: OldEntry) -> None:
    """Say where an old address leads."""
    await service.keep_entry(call.principal, body.url, body.code, body.department)

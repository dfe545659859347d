"""Guides for everybody, on every channel from one source."""

from uuid import UUID

from app_server.items import service
from app_server.items.schemas import Guide, guide
from app_server.items.schemas.open import (
    AgencyView,
    Changes,
    ChangeView,
    DifferenceQuery,
    DifferenceView,
    Experience,
    Experiences,
    ExperienceTaken,
    ExperienceView,
    FieldChangeView,
    HallGuide,
    Helpful,
    Intermediaries,
    IntermediaryView,
    ItemLine,
    ItemLines,
    ItemQuery,
    ReductionView,
    UrlQuery,
    VersionQuery,
)
from app_server.kernel.http import Call, RawReply, anyone, endpoint, person, staff
from app_server.kernel.ratelimit import Limit

POSTS = Limit("item-experience", 5, 3600)
VOTES = Limit("item-helpful", 60, 3600)


async def read_guide(call: Call, code: str, query: VersionQuery) -> Guide:
    """The guide of an item in force, or of one version of it."""
    item = await _item(code, query)
    # Only people's looks are counted.
    if call.principal.kind != "staff":
        await service.count(item.code, item.version, "viewed")
    return guide(item)


for _guard in (anyone(), staff()):
    endpoint("GET", "/items/{code}", guard=_guard)(read_guide)


@endpoint("GET", "/items", guard=staff())
async def find_items(call: Call, query: ItemQuery) -> ItemLines:
    """Items in force of a region and all below it, by words of their name (desks, windows)."""
    del call
    rows = await service.find_items(query.region, query.q, query.org, query.after, query.limit)
    lines = [ItemLine(**row) for row in rows]
    return ItemLines(items=lines, next=lines[-1].code if len(lines) == query.limit else "")


async def _item(code: str, query: VersionQuery) -> service.ItemFacts:
    if query.version is None:
        return await service.published(code)
    return await service.version(code, query.version)


@endpoint("GET", "/hall/items/{code}", guard=anyone())
async def read_hall_guide(call: Call, code: str, query: VersionQuery) -> HallGuide:
    """The same guide for hall screens and kiosks (R-ITM-16)."""
    del call
    told = guide(await _item(code, query))
    return HallGuide(guide=told, digest=told.digest, version=told.version)


@endpoint("GET", "/items/{code}/changes", guard=anyone())
async def read_item_changes(call: Call, code: str) -> Changes:
    """All that happened to an item, with effective days (R-ITM-12)."""
    del call
    rows = await service.changelog(code)
    return Changes(changes=[change_view(row) for row in rows], mark=rows[-1].seq)


def change_view(row: service.Change) -> ChangeView:
    """One row of the feed."""
    return ChangeView(**{name: getattr(row, name) for name in ChangeView.model_fields})


async def read_difference(call: Call, code: str, query: DifferenceQuery) -> DifferenceView:
    """How two versions differ, with counts before and after (R-ITM-35)."""
    del call
    return difference_view(await service.compared(code, query.before, query.after))


def difference_view(found: service.Difference) -> DifferenceView:
    """A difference as a reply."""
    return DifferenceView(
        changes=[
            FieldChangeView(field=c.field, before=c.before, after=c.after) for c in found.changes
        ],
        reductions=[
            ReductionView(what=r.what, before=r.before, after=r.after) for r in found.reductions
        ],
        materials_added=found.materials_added,
        materials_removed=found.materials_removed,
    )


for _guard in (anyone(), staff()):
    endpoint("GET", "/items/{code}/difference", guard=_guard)(read_difference)


@endpoint("GET", "/items/{code}/intermediaries", guard=anyone())
async def read_intermediaries(call: Call, code: str) -> Intermediaries:
    """The intermediary services an item requires, and who offers them (R-ITM-15)."""
    del call
    needed = (await service.published(code)).intermediaries
    known = [row for row in await service.intermediaries() if row["code"] in needed]
    found = await service.agencies(needed) if needed else []
    return Intermediaries(
        services=[IntermediaryView(**row) for row in known],
        agencies=[AgencyView(**one.model_dump(exclude={"version"})) for one in found],
    )


@endpoint("GET", "/items/{code}/experiences", guard=anyone())
async def read_experiences(call: Call, code: str) -> Experiences:
    """What people tell of an item (R-ITM-40)."""
    del call
    return Experiences(posts=[ExperienceView(**row) for row in await service.told(code)])


@endpoint("POST", "/items/{code}/experiences", guard=person(1), status=202, limit=POSTS)
async def tell_experience(call: Call, code: str, body: Experience) -> ExperienceTaken:
    """Tell how an item went; it is shown once a moderator agreed."""
    return ExperienceTaken(id=await service.tell(call.principal, code, body.text))


@endpoint("POST", "/experiences/{post_id}/helpful", guard=person(1), limit=VOTES)
async def find_helpful(call: Call, post_id: UUID) -> Helpful:
    """Say once that a post helped."""
    return Helpful(helpful=await service.find_helpful(call.principal, post_id))


@endpoint("GET", "/catalogue/entries", guard=anyone())
async def follow_old_entry(call: Call, query: UrlQuery) -> RawReply:
    """Where an old address of a service leads now: 301 (R-ITM-39)."""
    del call
    code = await service.entry_of(query.url)
    return RawReply(b"", "text/plain", 301, {"location": f"/items/{code}"})

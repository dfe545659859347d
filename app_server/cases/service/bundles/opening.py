"""A bundle before it is filed: one form and one pool of papers over the drafts of its parts."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from app_server.cases.errors import BundleUnfit, NoSuchBundle
from app_server.cases.models import Bundle, BundlePart
from app_server.cases.rules import merging
from app_server.cases.service import numbers
from app_server.cases.service.bundles.plans import BundlePlan, BundlePreview, preview
from app_server.cases.service.drafting import open_draft
from app_server.cases.service.steps import by_whom, timeline_entry
from app_server.forms import service as forms
from app_server.forms.errors import NoSuchMaterial
from app_server.forms.service import DraftFacts
from app_server.kernel import audit, clock, db
from app_server.kernel.errors import Conflict, InvalidInput, PreconditionFailed
from app_server.kernel.principal import Principal
from auth.organisations import service as organisations
from auth.people import service as people


@dataclass(frozen=True, slots=True)
class Paper:
    """A material of the pool as it stands, and the names of the parts that need it."""

    key: str
    material: Mapping[str, Any]
    required: bool
    parts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Filling:
    """What there is to fill in: the one form with its data, and the one pool of papers."""

    schema: Mapping[str, Any]
    outline: Mapping[str, Any]
    data: Mapping[str, Any]
    sources: Mapping[str, Any]
    papers: tuple[Paper, ...]


@dataclass(frozen=True, slots=True)
class BundleView:
    """A bundle with its parts; `filling` while it is open."""

    row: Bundle
    parts: tuple[BundlePart, ...]
    filling: Filling | None = None


def holder(bundle_no: str) -> str:
    """How the drafts of a bundle are marked."""
    return f"bundle:{bundle_no}"


async def open_bundle(principal: Principal, plan: BundlePlan) -> str:
    """Open a prefilled draft for every part; answers the bundle's number.

    Raises `BundleUnfit` with sentences, and what `open_draft` raises for a part: then nothing is
    left behind.
    """
    shown = await preview(plan)
    if shown.faults:
        raise BundleUnfit(faults=list(shown.faults))
    bundle_no = await numbers.draw(plan.region, clock.today())
    drafts = await _opened(principal, shown, bundle_no)
    async with db.unit_of_work():
        row = await _written(principal, plan, bundle_no)
        for position, part in enumerate(shown.parts):
            await BundlePart.create(
                bundle_id=row.id,
                position=position,
                code=part.code,
                item_code=part.item_code,
                item_name=part.item_name,
                org=part.org,
                department=part.department,
                after=list(part.after),
                days=part.days,
                unit=part.unit,
                draft_id=drafts[part.code].id,
            )
        audit.record(
            principal, "cases.bundle_opened", f"bundle:{bundle_no}", owner=principal.subject
        )
    return bundle_no


async def _opened(
    principal: Principal, shown: BundlePreview, bundle_no: str
) -> dict[str, DraftFacts]:
    drafts: dict[str, DraftFacts] = {}
    try:
        for part in shown.parts:
            drafts[part.code] = await open_draft(
                principal, part.item_code, held_for=holder(bundle_no)
            )
    except BaseException:
        async with db.unit_of_work():
            await forms.drop_held(holder(bundle_no))
        raise
    return drafts


async def _written(principal: Principal, plan: BundlePlan, bundle_no: str) -> Bundle:
    return await Bundle.create(
        bundle_no=bundle_no,
        person_id=principal.subject,
        organisation_id=principal.organisation,
        applicant=await _applicant(principal),
        tier=principal.tier,
        level=principal.level,
        channel=principal.channel,
        template=plan.template,
        template_version=plan.template_version,
        project_code=plan.project_code,
        name=plan.name,
        region=plan.region,
        lead_org=plan.lead_org,
        lead_name=plan.lead_name,
        mode=plan.mode,
        on_refusal=plan.on_refusal,
        answers=dict(plan.answers),
        outputs=[asdict(output) for output in plan.outputs],
        tasks=[
            {"code": t.code, "name": t.name, "after": list(t.after), "done_at": None, "by": ""}
            for t in plan.tasks
        ],
        opened_at=clock.now(),
    )


async def _applicant(principal: Principal) -> str:
    if principal.organisation is not None:
        return (await organisations.organisation(principal.organisation)).name
    return await people.display_name(principal.subject)


async def parts_of(row: Bundle) -> tuple[BundlePart, ...]:
    """The parts in the order of the plan."""
    return tuple(await BundlePart.filter(bundle_id=row.id).order_by("position"))


async def own_row(principal: Principal, bundle_no: str, *, lock: bool = False) -> Bundle:
    """The caller's bundle, in the name they act in; raises `NoSuchBundle`."""
    rows = Bundle.filter(
        bundle_no=bundle_no,
        person_id=principal.subject,
        organisation_id=principal.organisation,
    )
    row = await (rows.select_for_update() if lock else rows).first()
    if row is None:
        raise NoSuchBundle
    return row


async def own_bundles(principal: Principal) -> list[BundleView]:
    """The caller's bundles, newest first."""
    rows = (
        await Bundle.filter(person_id=principal.subject, organisation_id=principal.organisation)
        .exclude(state="dropped")
        .order_by("-id")
        .limit(50)
    )
    return [BundleView(row, await parts_of(row)) for row in rows]


async def own_bundle(principal: Principal, bundle_no: str) -> BundleView:
    """The caller's bundle; with form and papers while it is open. Raises `NoSuchBundle`."""
    row = await own_row(principal, bundle_no)
    parts = await parts_of(row)
    if row.state != "draft":
        return BundleView(row, parts)
    return BundleView(row, parts, filling(parts, await drafts_of(row, parts)))


async def drafts_of(row: Bundle, parts: tuple[BundlePart, ...]) -> dict[str, DraftFacts]:
    """The draft of every part, by the part's code."""
    return {
        part.code: await forms.draft(row.person_id, part.draft_id, holder(row.bundle_no))
        for part in parts
    }


def merged(parts: tuple[BundlePart, ...], drafts: Mapping[str, DraftFacts]) -> merging.Merged:
    """The one form over the parts' forms."""
    return merging.merged(
        [
            merging.Sheet(
                part.code,
                part.item_name,
                drafts[part.code].form.schema,
                drafts[part.code].form.outline,
            )
            for part in parts
        ]
    )


def filling(parts: tuple[BundlePart, ...], drafts: Mapping[str, DraftFacts]) -> Filling:
    """The one form and the one pool over the parts' drafts."""
    one = merged(parts, drafts)
    pool = merging.pooled((p.code, p.item_name, drafts[p.code].materials) for p in parts)
    return Filling(
        one.schema,
        one.outline,
        merging.gathered(one.fills, {code: draft.data for code, draft in drafts.items()}),
        merging.gathered(one.fills, {code: draft.sources for code, draft in drafts.items()}),
        tuple(Paper(p["key"], p["material"], p["required"], tuple(p["for"])) for p in pool),
    )


async def save_bundle(
    principal: Principal, bundle_no: str, version: int, given: Mapping[str, Any]
) -> BundleView:
    """Write what was filled in once into every part that asks for it.

    Raises `NoSuchBundle`, `Conflict` once it is filed, `PreconditionFailed`, and `InvalidInput`
    under the one form's field names; then nothing has changed.
    """
    async with db.unit_of_work():
        row = await _open(principal, bundle_no)
        if row.version != version:
            raise PreconditionFailed(newer={"version": row.version})
        parts = await parts_of(row)
        drafts = await drafts_of(row, parts)
        fills = merged(parts, drafts).fills
        if unknown := set(given) - set(fills):
            errors = [{"field": name, "message": "没有这一项"} for name in sorted(unknown)]
            raise InvalidInput(errors=errors)
        own = merging.projected(fills, given)
        for part in parts:
            draft = drafts[part.code]
            try:
                await forms.save(
                    row.person_id,
                    draft.id,
                    draft.version,
                    own.get(part.code, {}),
                    principal.channel,
                    held_for=holder(bundle_no),
                )
            except InvalidInput as error:
                raise renamed(error, part.code, fills) from error
        await _touched(row)
    return await own_bundle(principal, bundle_no)


def renamed(
    error: InvalidInput, code: str, fills: Mapping[str, Any], keys: Mapping[str, str] | None = None
) -> InvalidInput:
    """A part's complaint under the names of the one form (`keys`: of its papers)."""
    names = {name: key for key, filled in fills.items() for part, name in filled if part == code}
    names |= {f"materials.{own}": f"materials.{key}" for own, key in (keys or {}).items()}
    told = error.facts.get("errors", [])
    return InvalidInput(
        errors=[{**one, "field": names.get(one["field"], one["field"])} for one in told]
    )


async def put_paper(
    principal: Principal, bundle_no: str, key: str, data: bytes, name: str
) -> BundleView:
    """Give a paper once to every part that needs it.

    Raises `NoSuchBundle`, `Conflict`, `NoSuchMaterial`, and what `forms.keep_file` raises.
    """
    row = await own_row(principal, bundle_no)
    where, kinds = await _where(row, key)
    file = await forms.keep_file(data, name, kinds)
    async with db.unit_of_work():
        row = await _open(principal, bundle_no)
        for draft_id, code in where:
            await forms.give_file(row.person_id, draft_id, code, file, held_for=holder(bundle_no))
        await _touched(row)
    return await own_bundle(principal, bundle_no)


async def remove_paper(principal: Principal, bundle_no: str, key: str) -> BundleView:
    """Take a paper away again from every part; raises as `put_paper`."""
    async with db.unit_of_work():
        row = await _open(principal, bundle_no)
        where, _ = await _where(row, key)
        for draft_id, code in where:
            await forms.remove_material(row.person_id, draft_id, code, held_for=holder(bundle_no))
        await _touched(row)
    return await own_bundle(principal, bundle_no)


async def _where(row: Bundle, key: str) -> tuple[list[tuple[Any, str]], list[str]]:
    parts = await parts_of(row)
    drafts = await drafts_of(row, parts)
    found = [
        (drafts[part.code].id, material)
        for part in parts
        for material in drafts[part.code].materials
        if merging.paper_key(material) == key
    ]
    if not found:
        raise NoSuchMaterial
    kinds = set.intersection(*(set(m.get("kinds", ["picture"])) for _, m in found))
    return [(draft_id, m["code"]) for draft_id, m in found], sorted(kinds)


async def _open(principal: Principal, bundle_no: str) -> Bundle:
    row = await own_row(principal, bundle_no, lock=True)
    if row.state != "draft":
        raise Conflict
    return row


async def _touched(row: Bundle) -> None:
    row.version += 1
    await row.save(update_fields=["version"])


async def expire_bundles() -> int:
    """Drop bundles that nobody handed in for as long as drafts are kept; answers how many."""
    old = await Bundle.filter(state="draft", opened_at__lt=clock.now() - forms.KEPT).limit(100)
    for row in old:
        async with db.unit_of_work():
            if await Bundle.filter(id=row.id, state="draft").update(state="dropped"):
                await forms.drop_held(holder(row.bundle_no))
    return len(old)


async def drop_bundle(principal: Principal, bundle_no: str) -> None:
    """Give up a bundle that was not filed; raises `NoSuchBundle`, `Conflict`."""
    async with db.unit_of_work():
        row = await _open(principal, bundle_no)
        row.state = "dropped"
        row.timeline = [
            *row.timeline,
            timeline_entry(
                "withdrawn",
                by_whom(principal.organisation is not None),
                "",
                clock.now(),
                "放弃办理",
            ),
        ]
        await row.save(update_fields=["state", "timeline"])
        await forms.drop_held(holder(bundle_no))
        audit.record(principal, "cases.bundle_dropped", f"bundle:{bundle_no}", owner=row.person_id)

"""Templates in force, and what they and somebody's answers make in a place."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from pydantic import ValidationError

from app_server.cases import service as cases
from app_server.cases.service import BundlePlan, BundlePreview, Card
from app_server.items import service as items
from app_server.kernel import audit, clock, db, regions
from app_server.kernel.errors import InvalidInput
from app_server.kernel.http.wording import field_errors
from app_server.kernel.ids import uuid7
from app_server.kernel.principal import Principal
from app_server.themes.errors import (
    NoSuchTheme,
    NotForYou,
    NotHere,
    ProvinceOnly,
    TemplateChanged,
    TemplateUnfit,
)
from app_server.themes.models import TemplateVersion
from app_server.themes.rules.project_codes import project_code_fault
from app_server.themes.rules.templates import (
    Template,
    answer_faults,
    faults,
    graph_of,
    shown,
)
from app_server.themes.service.investment import needs_project
from app_server.workflow import service as workflow


@dataclass(frozen=True, slots=True)
class Theme:
    """A template in force."""

    version: int
    template: Template
    published_at: datetime


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody wants of a theme: where, their answers, and the version they saw (0: any)."""

    region: str
    answers: Mapping[str, Any]
    project_code: str = ""
    version: int = 0


@dataclass(frozen=True, slots=True)
class Shown:
    """A plan before anything is opened, and the questions that were asked for it."""

    theme: Theme
    lead_name: str
    questions: tuple[str, ...]
    preview: BundlePreview


def holds(expression: str, answers: Mapping[str, Any]) -> bool:
    """Whether a condition holds; what is not answered yet makes it fail."""
    return workflow.evaluate(expression, answers) is True


def needs_province(principal: Principal) -> None:
    """Raise `ProvinceOnly` for everybody below the province."""
    if not principal.region or regions.level_of(principal.region) != "province":
        raise ProvinceOnly


async def publish(principal: Principal, facts: Mapping[str, Any]) -> int:
    """Put the next version of a template in force; the same again changes nothing.

    Raises `ProvinceOnly`, `TemplateUnfit`. Without a caller (the seed) nobody is asked.
    """
    if principal.id is not None:
        needs_province(principal)
    try:
        template = Template.model_validate(facts)
    except ValidationError as error:
        raise TemplateUnfit(errors=field_errors(error)[:20]) from error
    if found := faults(template, workflow.check_expression):
        raise TemplateUnfit(errors=found)
    told = template.model_dump(mode="json")
    async with db.unit_of_work():
        await db.lock(f"themes.template:{template.code}")
        last = await TemplateVersion.filter(code=template.code).order_by("-version").first()
        if last is not None and last.facts == told:
            return last.version
        number = last.version + 1 if last else 1
        await TemplateVersion.create(
            id=uuid7(),
            code=template.code,
            version=number,
            facts=told,
            published_at=clock.now(),
            published_by=principal.ref,
        )
        audit.record(principal, "themes.published", f"theme:{template.code}", version=number)
    return number


def _theme(row: TemplateVersion) -> Theme:
    return Theme(row.version, Template.model_validate(row.facts), row.published_at)


async def theme(code: str) -> Theme:
    """The template in force; raises `NoSuchTheme`."""
    row = await TemplateVersion.filter(code=code).order_by("-version").first()
    if row is None:
        raise NoSuchTheme
    return _theme(row)


async def versions(code: str) -> list[Theme]:
    """Every version of a template, the newest first; raises `NoSuchTheme`."""
    rows = await TemplateVersion.filter(code=code).order_by("-version")
    if not rows:
        raise NoSuchTheme
    return [_theme(row) for row in rows]


async def themes(region: str = "", audience: str = "") -> list[Theme]:
    """The templates in force; with a region those whose constant parts can be done there."""
    if region:
        regions.region(region)
    rows: Any = await TemplateVersion.raw(
        "SELECT DISTINCT ON (code) * FROM themes_template ORDER BY code, version DESC"
    )
    found = [_theme(row) for row in rows]
    found = [t for t in found if not audience or audience in t.template.audience]
    if not region:
        return found
    wanted = {p.basic for t in found for p in t.template.parts if not p.when}
    here = await _here(wanted, region)
    return [t for t in found if all(p.basic in here for p in t.template.parts if not p.when)]


async def _here(wanted: set[str], region: str) -> dict[str, items.ItemFacts]:
    """The nearest online implementation of each basic code: the place's own, else from above."""
    found: dict[str, items.ItemFacts] = {}
    for basic in wanted:
        near = [
            item
            for item, _ in await items.implementations(basic)
            if item.form_code and not item.village_code and regions.covers(item.region, region)
        ]
        if near:
            found[basic] = max(near, key=lambda item: _depth(item.region))
    return found


def _depth(region: str) -> int:
    return ("province", "city", "county", "town").index(regions.level_of(region))


async def plan(code: str, asked: Asked) -> Shown:
    """What a theme would mean here with these answers; opens nothing.

    Raises `NoSuchTheme`, `TemplateChanged`, `InvalidInput`, `NotHere`.
    """
    found, made = await _made(code, asked)
    return Shown(
        found,
        made.lead_name,
        tuple(q.code for q in shown(found.template, asked.answers, holds)),
        await cases.preview(made),
    )


async def _made(code: str, asked: Asked) -> tuple[Theme, BundlePlan]:
    found = await theme(code)
    template = found.template
    if asked.version and asked.version != found.version:
        raise TemplateChanged(version=found.version)
    _answered(template, asked)
    graph = graph_of(template, asked.answers, holds)
    here = await _here({part.basic for part in graph.parts}, asked.region)
    if lacking := [part.code for part in graph.parts if part.basic not in here]:
        raise NotHere(parts=lacking)
    lead = here[next(part.basic for part in graph.parts if part.code == template.lead)]
    made = BundlePlan(
        template=template.code,
        template_version=found.version,
        name=template.name,
        region=asked.region,
        lead_org=lead.org,
        lead_name=lead.department,
        mode=template.mode,
        on_refusal=template.on_refusal,
        parts=tuple(
            cases.PartPlan(part.code, here[part.basic].code, tuple(part.after))
            for part in graph.parts
        ),
        tasks=tuple(cases.TaskPlan(t.code, t.name, tuple(t.after)) for t in graph.tasks),
        outputs=tuple(cases.Output(o.name, o.quantity, o.unit, o.part) for o in graph.outputs),
        project_code=asked.project_code if template.project else "",
        answers=dict(asked.answers),
    )
    return found, made


def _answered(template: Template, asked: Asked) -> None:
    errors = answer_faults(template, asked.answers, holds)
    try:
        regions.region(asked.region)
    except regions.NoSuchRegion:
        errors.append({"field": "region", "message": "没有这个地区"})
    if template.project and (told := project_code_fault(asked.project_code)):
        errors.append({"field": "project_code", "message": told})
    if not template.project and asked.project_code:
        errors.append({"field": "project_code", "message": "这个“一件事”不需要项目代码"})
    if errors:
        raise InvalidInput(errors=errors)


async def open_theme(principal: Principal, code: str, asked: Asked) -> str:
    """Open a bundle by a theme; answers its number.

    Raises as `plan`, `NotForYou`, `NotYourProject`, and what cases raises for its parts.
    """
    found, made = await _made(code, asked)
    audience = "company" if principal.organisation is not None else "person"
    if audience not in found.template.audience:
        raise NotForYou
    if made.project_code:
        await needs_project(principal, made.project_code)
    return await cases.open_bundle(principal, made)


async def open_at_window(
    officer: Principal, code: str, asked: Asked, card: Card, mode: Literal["present", "agent"]
) -> str:
    """Open a bundle for somebody at a window (R-CAS-36); raises as `plan`, `NotTakenHere` …"""
    found, made = await _made(code, asked)
    if "person" not in found.template.audience:
        raise NotForYou
    view = await cases.bundles.at_window.open_at_window(officer, made, card, mode)
    return view.row.bundle_no

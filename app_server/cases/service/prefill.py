"""Gathering what government already knows, so that people need not type it (R-FRM).

Each field of a form may name its source. People answers for the account's own facts; the
registries answer through sharing, all at once, outside any unit of work. A registry that does
not answer leaves its fields empty and is named, so that the form can say so.
"""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

import structlog

from app_server.cases.service.capacity import Filer
from app_server.forms.service import FormFacts
from app_server.kernel import clock
from app_server.kernel.principal import Principal
from app_server.sharing import service as sharing
from app_server.sharing.errors import SharingUnavailable
from auth.organisations.service import OrganisationFacts
from auth.people import service as people

log = structlog.get_logger(__name__)

ACCOUNT = "实名账户"
ORGANISATION = "单位注册信息"
SEXES = {"male": "男", "female": "女"}
Facts = Mapping[str, Any]


@dataclass(slots=True)
class Prefilled:
    """Values for a draft, where they come from, and which source did not answer."""

    data: dict[str, Any] = field(default_factory=dict)
    sources: dict[str, dict[str, Any]] = field(default_factory=dict)
    missing: dict[str, str] = field(default_factory=dict)


# The registry answers 0 for people it does not know, and nobody lives in a household of none.
def _size(facts: Facts) -> int | None:
    return int(facts["size"]) or None


def _members(facts: Facts) -> str | None:
    return "\n".join(f"{m['name']}({m['relation']})" for m in facts["members"]) or None


def _area(facts: Facts) -> float:
    return round(sum(float(home["area_m2"]) for home in facts["owned"]), 2)


# What a form may name as a source: the sharing service asked, the registry's name for a person
# who has to fill the field alone, and how the value is taken from the answer.
FROM_REGISTRIES: Mapping[str, tuple[str, str, Callable[[Facts], Any]]] = MappingProxyType(
    {
        "household.household_no": ("household.members", "户籍信息", lambda f: f["household_no"]),
        "household.address": ("household.members", "户籍信息", lambda f: f["address"]),
        "household.size": ("household.members", "户籍信息", _size),
        "household.members": ("household.members", "户籍信息", _members),
        "property.count": ("property.ownership", "不动产信息", lambda f: f["count"]),
        "property.area": ("property.ownership", "不动产信息", _area),
        "vehicle.count": ("vehicle.registration", "车辆信息", lambda f: f["count"]),
    }
)

FROM_ACCOUNT: Mapping[str, Callable[[people.PersonFacts], Any]] = MappingProxyType(
    {
        "person.name": lambda p: p.name,
        "person.id_number": lambda p: p.id_number,
        "person.sex": lambda p: SEXES[p.sex],
        "person.ethnic_group": lambda p: p.ethnic_group,
        "person.phone": lambda p: p.phone,
    }
)


FROM_ORGANISATION: Mapping[str, Callable[[OrganisationFacts], Any]] = MappingProxyType(
    {
        "organisation.name": lambda o: o.name,
        "organisation.credit_code": lambda o: o.credit_code,
        "organisation.kind": lambda o: o.kind_name,
    }
)


async def prefill(
    principal: Principal, form: FormFacts, purpose: str, filer: Filer | None = None
) -> Prefilled:
    """Everything the form's sources can tell about the principal; never raises for a source."""
    who = await people.person(principal.subject)
    wanted = {
        FROM_REGISTRIES[s["source"]][0]
        for s in form.sources.values()
        if s["source"] in FROM_REGISTRIES
    }
    answers = dict(
        await asyncio.gather(*(_ask(principal, code, who, purpose) for code in sorted(wanted)))
    )
    found = Prefilled()
    now = clock.now().isoformat()
    for name, spec in form.sources.items():
        if take := FROM_ACCOUNT.get(spec["source"]):
            found.data[name] = take(who)
            found.sources[name] = _said_by(ACCOUNT, now, spec)
        elif filer is not None and (tell := FROM_ORGANISATION.get(spec["source"])):
            found.data[name] = tell(filer.organisation)
            found.sources[name] = _said_by(ORGANISATION, now, spec)
        elif spec["source"] in FROM_REGISTRIES:
            _from_registry(found, name, spec, answers)
    return found


def _from_registry(
    found: Prefilled, name: str, spec: Facts, answers: Mapping[str, sharing.Shared | None]
) -> None:
    code, called, take = FROM_REGISTRIES[spec["source"]]
    answer = answers[code]
    value = _taken(take, answer)
    if answer is None or value is None:
        # Silence, or an answer without this fact: the person fills it in.
        found.missing[name] = called
        return
    found.data[name] = value
    found.sources[name] = _said_by(answer.source_name, answer.as_of.isoformat(), spec)


def _taken(take: Callable[[Facts], Any], answer: sharing.Shared | None) -> Any:
    """The value a registry's answer holds, or None when it holds none."""
    if answer is None:
        return None
    try:
        return take(answer.data)
    except (KeyError, TypeError, ValueError) as error:
        log.info("prefill_without_fact", source=answer.source_name, error=type(error).__name__)
        return None


def _said_by(source_name: str, as_of: str, spec: Facts) -> dict[str, Any]:
    return {"source_name": source_name, "as_of": as_of, "editable": bool(spec["editable"])}


async def _ask(
    principal: Principal, code: str, who: people.PersonFacts, purpose: str
) -> tuple[str, sharing.Shared | None]:
    subject = {"id_number": who.id_number, "name": who.name}
    try:
        return code, await sharing.read(principal, code, subject, owner=who.id, purpose=purpose)
    except SharingUnavailable:
        log.info("prefill_without", service=code)
        return code, None

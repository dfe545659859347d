"""Gathering what government already knows, so that people need not type it (R-FRM).

Each field of a form may name its source. People answers for the account's own facts; the
registries answer through sharing, all at once, outside any unit of work, on the person's consent
or a statutory ground; every value names its source, time, purpose and receipt (R-CAS-26). A
registry that does not answer leaves its fields empty and is named, so that the form can say so,
and is asked again later (`retry_drafts`, `still_missing`).
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any
from uuid import UUID

import structlog

from app_server.cases.events import PrefillRetryDue
from app_server.cases.service.capacity import Filer
from app_server.forms import service as forms
from app_server.forms.service import FormFacts
from app_server.items.service import ItemFacts
from app_server.kernel import clock
from app_server.kernel.outbox import announce
from app_server.kernel.principal import Principal
from app_server.licences import service as licences
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

# Registries whose answer stands for a paper.
SERVICES_OF_PAPERS = frozenset(code for code, _, _ in FROM_REGISTRIES.values())

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
    ground = await sharing.ground_for_prefill(who.id)
    asked = [n for n, s in form.sources.items() if ground and s["source"] in FROM_REGISTRIES]
    found = await _asked_of_registries(principal, form, asked, who, (purpose, ground or ""))
    now = clock.now().isoformat()
    for name, spec in form.sources.items():
        if take := FROM_ACCOUNT.get(spec["source"]):
            found.data[name] = take(who)
            found.sources[name] = _said_by(ACCOUNT, now, spec)
        elif filer is not None and (tell := FROM_ORGANISATION.get(spec["source"])):
            found.data[name] = tell(filer.organisation)
            found.sources[name] = _said_by(ORGANISATION, now, spec)
    return found


async def _asked_of_registries(
    principal: Principal,
    form: FormFacts,
    names: Sequence[str],
    who: people.PersonFacts,
    why: tuple[str, str],
) -> Prefilled:
    """What the registries tell for some fields, each registry asked once."""
    wanted = {FROM_REGISTRIES[form.sources[name]["source"]][0] for name in names}
    answers = dict(
        await asyncio.gather(*(_ask(principal, code, who, *why) for code in sorted(wanted)))
    )
    found = Prefilled()
    for name in names:
        _from_registry(found, name, form.sources[name], answers, why[0])
    return found


async def still_missing(
    person_id: UUID, form: FormFacts, missing: Mapping[str, str], purpose: str
) -> Prefilled:
    """Ask again for the fields a registry left open; what fails again stays in `missing`.

    For a draft (`retry_drafts`) and for a case that was filed without them (R-CAS-24).
    """
    ground = await sharing.ground_for_prefill(person_id)
    names = [
        n for n in missing if form.sources.get(n, {}).get("source") in FROM_REGISTRIES and ground
    ]
    if not names:
        return Prefilled()
    who = await people.person(person_id)
    # Nobody sits before it: the platform asks for the person whose draft or case it is.
    asker = Principal(kind="person", id=person_id, channel="retry")
    return await _asked_of_registries(asker, form, names, who, (purpose, ground or ""))


async def ask_again_later() -> None:
    """Announce that drafts wait for a registry; nothing when none does."""
    if await forms.drafts_waiting():
        announce(PrefillRetryDue())


async def retry_drafts() -> int:
    """Complete open drafts for which a registry had not answered; answers how many changed."""
    changed = 0
    for draft in await forms.drafts_waiting():
        purpose = f"{draft.subject_name}预填"
        found = await still_missing(draft.person_id, draft.form, draft.missing, purpose)
        if found.data:
            changed += await forms.complete(draft.id, found.data, found.sources, found.missing)
    return changed


async def materials_of(principal: Principal, item: ItemFacts, purpose: str) -> list[Facts]:
    """The materials of a new draft: what a licence or a registry proves needs no paper.

    A live licence of the holder stands for its material (R-ITM-18), a bound data service for
    another (R-ITM-20); only a service that does not answer makes the upload necessary.
    """
    who = await people.person(principal.subject)
    ground = await sharing.ground_for_prefill(who.id)
    held = await licences.licences_of(who.id) if any(m.licence_type for m in item.materials) else []
    asked: list[Facts] = []
    for material in item.materials:
        facts: dict[str, Any] = {
            "code": material.code,
            "name": material.name,
            "required": material.required,
            "hint": material.how,
            "kinds": list(material.kinds),
            "ocr": list(material.ocr),
            "library": material.library,
            "source_class": material.source_class,
            "valid_days": material.valid_days,
            "commitment": material.commitment,
        }
        if licence := next((x for x in held if proves(x, material.licence_type)), None):
            facts["licence"] = {
                "name": licence.type_name,
                "number": licence.identifier,
                "as_of": licence.issued_on.isoformat(),
            }
        elif ground and material.data_service in SERVICES_OF_PAPERS:
            _, answer = await _ask(principal, material.data_service, who, purpose, ground)
            if answer is not None:
                facts["fetched"] = {
                    "name": answer.source_name,
                    "number": str(answer.receipt),
                    "as_of": answer.as_of.isoformat(),
                    "purpose": purpose,
                }
        asked.append(facts)
    return asked


def proves(licence: licences.LicenceFacts, wanted: str) -> bool:
    """Whether a valid licence is of the type a material names, by code or by name."""
    named = wanted == licence.type_name or f".{wanted}." in f".{licence.identifier}."
    return bool(wanted) and licence.state == "valid" and named


def _from_registry(
    found: Prefilled,
    name: str,
    spec: Facts,
    answers: Mapping[str, sharing.Shared | None],
    purpose: str,
) -> None:
    code, called, take = FROM_REGISTRIES[spec["source"]]
    answer = answers[code]
    value = _taken(take, answer)
    if answer is None or value is None:
        # Silence, or an answer without this fact: the person fills it in.
        found.missing[name] = called
        return
    found.data[name] = value
    found.sources[name] = _said_by(answer.source_name, answer.as_of.isoformat(), spec) | {
        "purpose": purpose,
        "basis": answer.basis,
        "receipt": str(answer.receipt),
    }


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
    principal: Principal, code: str, who: people.PersonFacts, purpose: str, basis: str
) -> tuple[str, sharing.Shared | None]:
    subject = {"id_number": who.id_number, "name": who.name}
    try:
        return code, await sharing.read(
            principal, code, subject, owner=who.id, purpose=purpose, basis=basis
        )
    except SharingUnavailable:
        log.info("prefill_without", service=code)
        return code, None

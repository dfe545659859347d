"""The demo catalogue: forms first, then catalogue items, then the items that use them."""

from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

import orjson

from app_server.forms import service as forms
from app_server.items import service
from app_server.kernel.principal import Principal
from app_server.seals import service as seals

DATA = Path(__file__).with_name("data")


def _data(name: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = _file(name)[name]
    return found


@lru_cache(maxsize=8)
def _file(name: str) -> dict[str, Any]:
    found: dict[str, Any] = orjson.loads((DATA / f"{name}.json").read_bytes())
    return found


@lru_cache(maxsize=1)
def _items() -> tuple[service.ItemFacts, ...]:
    return tuple(service.ItemFacts.model_validate(facts) for facts in _data("items"))


async def seed() -> None:
    """Publish forms and items; what is already published the same stays as it is."""
    for form in _data("forms"):
        await forms.publish(
            form["code"], form["title"], form["schema"], form["ui_schema"], form["sources"]
        )
    items, nobody = _items(), Principal()
    await service.ensure_catalogue(nobody, [_above(item) for item in items])
    await service.ensure_published(nobody, items)
    await _registries()
    await _bases(items)
    for item in items:
        if item.licence_type:
            # Without a seal the department could decide nothing that ends in a licence.
            await seals.ensure_seal(item.org, item.department)


def _above(item: service.ItemFacts) -> service.CatalogueFacts:
    """The catalogue item of a demo item, with ceilings where the demo tells some."""
    ceilings = _file("registries")["ceilings"].get(item.code, {})
    return service.CatalogueFacts(
        code=item.basic_code,
        name=item.name,
        item_type=item.item_type,
        basis=item.basis,
        ceilings=service.Ceilings.model_validate(ceilings),
    )


async def _registries() -> None:
    told = _file("registries")
    await service.ensure_registries(
        offices=told["offices"],
        materials=[service.LibraryFacts.model_validate(one) for one in told["materials"]],
        intermediaries=told["intermediaries"],
        agencies=[service.AgencyFacts.model_validate(one) for one in told["agencies"]],
        negative=[one | {"since": date(2018, 6, 30)} for one in told["negative"]],
        entries=told["entries"],
    )


async def _bases(items: tuple[service.ItemFacts, ...]) -> None:
    """What the reformed items asked before, for their versions to be measured by (R-ITM-35)."""
    told = _file("bases")
    for base in told["bases"]:
        now = next(item for item in items if item.code == base["code"])
        facts = now.model_dump(mode="json") | base | {"review_points": []}
        await service.set_base(service.ItemFacts.model_validate(facts), told["source"])

"""The demo catalogue: forms first, then the items that use them."""

from pathlib import Path
from typing import Any

import orjson

from app_server.forms import service as forms
from app_server.items import service
from app_server.kernel.principal import Principal
from app_server.seals import service as seals

DATA = Path(__file__).with_name("data")


def _data(name: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = orjson.loads((DATA / f"{name}.json").read_bytes())[name]
    return found


async def seed() -> None:
    """Publish forms and items; what is already published the same stays as it is."""
    for form in _data("forms"):
        await forms.publish(
            form["code"], form["title"], form["schema"], form["ui_schema"], form["sources"]
        )
    for facts in _data("items"):
        item = service.ItemFacts.model_validate(facts)
        await service.publish(Principal(), item)
        if item.licence_type:
            # Without a seal the department could decide nothing that ends in a licence.
            await seals.ensure_seal(item.org, item.department)

"""Form definitions: published in versions that never change, so a process may remember them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import jsonschema_rs
import orjson

from app_server.forms import rules
from app_server.forms.errors import FormRefused, NoSuchForm
from app_server.kernel import clock, db
from app_server.kernel.ids import uuid7


@dataclass(frozen=True)
class FormFacts:
    """One version of a form; `sources` says per field where its value may come from.

    `ui_schema` is as it was published; `layout` (JSON Forms) and `outline` are both made of it.
    """

    code: str
    version: int
    title: str
    schema: dict[str, Any]
    ui_schema: dict[str, Any]
    sources: dict[str, dict[str, Any]]
    _strict: jsonschema_rs.Validator = field(init=False, repr=False)
    _lenient: jsonschema_rs.Validator = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_strict", rules.strict(self.schema))
        object.__setattr__(self, "_lenient", rules.lenient(self.schema))

    def check_complete(self, data: Mapping[str, Any]) -> None:
        """Raise `InvalidInput` with field messages unless the data may be submitted."""
        rules.check(self._strict, data, self.schema)

    @property
    def layout(self) -> dict[str, Any]:
        """The page as JSON Forms' UI schema."""
        return rules.layout_of(self.schema, self.ui_schema)

    @property
    def outline(self) -> dict[str, Any]:
        """The page as order, groups and widgets."""
        return rules.outline_of(self.schema, self.ui_schema)

    def completed(self, data: Mapping[str, Any]) -> dict[str, Any]:
        """The data without blanks, checked to be complete; raises `InvalidInput`."""
        found = rules.without_blanks(data)
        self.check_complete(found)
        return found

    def labelled(self, data: Mapping[str, Any], names: Sequence[str]) -> dict[str, Any]:
        """Some answers under the words people read them by."""
        properties = self.schema["properties"]
        return {properties[name]["title"]: data[name] for name in names if name in data}

    def check_partial(self, data: Mapping[str, Any]) -> None:
        """Raise `InvalidInput` for fields that are unknown or of the wrong kind."""
        rules.check(self._lenient, data)


_known: dict[tuple[str, int], FormFacts] = {}


async def form(code: str, version: int | None = None) -> FormFacts:
    """A form, its newest version unless one is named; raises `NoSuchForm`."""
    if version is not None and (known := _known.get((code, version))):
        return known
    row = await db.row(
        "SELECT version, title, schema, ui_schema, sources FROM forms_definition "
        "WHERE code=$1 AND ($2::int IS NULL OR version=$2) ORDER BY version DESC LIMIT 1",
        code,
        version,
    )
    if row is None:
        raise NoSuchForm
    found = FormFacts(
        code,
        row["version"],
        row["title"],
        orjson.loads(row["schema"]),
        orjson.loads(row["ui_schema"]),
        orjson.loads(row["sources"]),
    )
    return _known.setdefault((code, found.version), found)


async def publish(
    code: str,
    title: str,
    schema: dict[str, Any],
    ui_schema: dict[str, Any],
    sources: dict[str, dict[str, Any]],
) -> int:
    """Publish a form; answers its version. The same content again changes nothing.

    Raises `FormRefused` with every reason (R-ITM-32): schema, page and sources must speak of the
    same fields, refer to nothing outside, and be harmless in any browser.
    """
    if reasons := rules.reasons_against(schema, ui_schema, sources):
        raise FormRefused(form=code, reasons=reasons)
    async with db.unit_of_work() as uow:
        await db.lock(f"forms.publish:{code}")
        try:
            newest = await form(code)
        except NoSuchForm:
            version = 1
        else:
            if (newest.title, newest.schema, newest.ui_schema, newest.sources) == (
                title,
                schema,
                ui_schema,
                sources,
            ):
                return newest.version
            version = newest.version + 1
        row = {"id": uuid7(), "code": code, "version": version, "title": title}
        content = {"schema": schema, "ui_schema": ui_schema, "sources": sources}
        uow.add("forms_definition", row | content | {"published_at": clock.now()})
    return version

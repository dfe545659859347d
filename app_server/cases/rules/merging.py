"""One form and one pool of materials over several (R-PAR-04): asked once, given to every part.

A field that several forms define alike under the same name is one field; what only shares its name
stays apart. A paper of the same kind is one paper.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

SHARED = "共用信息"
APART = "--"


@dataclass(frozen=True, slots=True)
class Sheet:
    """The form of one part: its code, name, schema and outline (order, groups, widgets)."""

    code: str
    name: str
    schema: Mapping[str, Any]
    outline: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Merged:
    """The one form, and which field of which part each of its fields fills."""

    schema: dict[str, Any]
    outline: dict[str, Any]
    fills: Mapping[str, Sequence[tuple[str, str]]]


def merged(sheets: Sequence[Sheet]) -> Merged:
    """The union of forms, shared fields first, then what each part asks alone."""
    properties: dict[str, Any] = {}
    fills: dict[str, list[tuple[str, str]]] = {}
    widgets: dict[str, Any] = {}
    required: set[str] = set()
    for sheet in sheets:
        for name in sheet.outline["order"]:
            facts = sheet.schema["properties"][name]
            # Only what asks the very same is asked once; what else has the name stands apart.
            alike = (
                key for key, known in properties.items() if _named(key, name) and known == facts
            )
            apart = f"{sheet.code}{APART}{name}" if name in properties else name
            key = next(alike, apart)
            properties.setdefault(key, facts)
            fills.setdefault(key, []).append((sheet.code, name))
            widgets.setdefault(key, sheet.outline["widgets"][name])
            if name in sheet.schema.get("required", ()):
                required.add(key)
    groups = _groups(sheets, fills)
    order = [key for group in groups for key in group["fields"]]
    schema = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "type": "object",
        "additionalProperties": False,
        "required": sorted(required),
        "properties": {key: properties[key] for key in order},
    }
    return Merged(schema, {"order": order, "groups": groups, "widgets": widgets}, fills)


def _named(key: str, name: str) -> bool:
    return key == name or key.endswith(f"{APART}{name}")


def _groups(
    sheets: Sequence[Sheet], fills: Mapping[str, Sequence[tuple[str, str]]]
) -> list[dict[str, Any]]:
    shared = [key for key, filled in fills.items() if len(filled) > 1]
    groups = [{"title": SHARED, "fields": shared}]
    for sheet in sheets:
        own = [key for key, filled in fills.items() if [code for code, _ in filled] == [sheet.code]]
        groups.append({"title": sheet.name, "fields": own})
    return [group for group in groups if group["fields"]]


def gathered(
    fills: Mapping[str, Sequence[tuple[str, str]]], held: Mapping[str, Mapping[str, Any]]
) -> dict[str, Any]:
    """What the parts hold (`{part: {field: value}}`), under the names of the one form."""
    found: dict[str, Any] = {}
    for key, filled in fills.items():
        for code, name in filled:
            if name in held[code]:
                found.setdefault(key, held[code][name])
    return found


def projected(
    fills: Mapping[str, Sequence[tuple[str, str]]], given: Mapping[str, Any]
) -> dict[str, dict[str, Any]]:
    """What was filled in, as each part's own data."""
    found: dict[str, dict[str, Any]] = {}
    for key, filled in fills.items():
        for code, name in filled:
            own = found.setdefault(code, {})
            if key in given:
                own[name] = given[key]
    return found


def paper_key(material: Mapping[str, Any]) -> str:
    """By what a paper is the same one in several parts: its kind in the library, else its name.

    Only one that may come as the same kinds of file can be given once. The key stands in addresses,
    so it is a short digest.
    """
    kinds = sorted(material.get("kinds") or ["picture"])
    own = "\n".join([str(material.get("library") or material["name"]), *kinds])
    return hashlib.sha256(own.encode()).hexdigest()[:16]


def pooled(parts: Iterable[tuple[str, str, Sequence[Mapping[str, Any]]]]) -> list[dict[str, Any]]:
    """The papers of all parts (`(code, name, materials)`), each once, saying who needs it.

    One that stands in any part (a file, a licence …) is shown as it stands there.
    """
    pool: dict[str, dict[str, Any]] = {}
    for code, name, materials in parts:
        for material in materials:
            key = paper_key(material)
            known = pool.setdefault(key, {"key": key, "material": material, "where": [], "for": []})
            known["where"].append((code, material["code"]))
            known["for"].append(name)
            if _weight(material) > _weight(known["material"]):
                known["material"] = material
            known["required"] = known.get("required", False) or material["required"]
    return list(pool.values())


def _weight(material: Mapping[str, Any]) -> int:
    ways = ("licence", "fetched", "file", "committed")
    return sum(2 for way in ways if material.get(way)) + bool(material.get("required"))

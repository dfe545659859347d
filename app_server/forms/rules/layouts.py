"""A form's page: JSON Forms' UI schema, and the plain outline older pages read.

Either may be published; both are told. Element types are JSON Forms': VerticalLayout,
HorizontalLayout, Group, Label, Control, with a rule (SHOW, HIDE, ENABLE, DISABLE) on any of them.
"""

from collections.abc import Iterator, Mapping
from typing import Any

LAYOUTS = frozenset({"VerticalLayout", "HorizontalLayout", "Group"})
EFFECTS = frozenset({"SHOW", "HIDE", "ENABLE", "DISABLE"})
_KINDS = {"boolean": "switch", "integer": "number", "number": "number"}


def layout_of(schema: Mapping[str, Any], ui: Mapping[str, Any]) -> dict[str, Any]:
    """The JSON Forms UI schema of a form, whichever way it was published."""
    if "type" in ui:
        return dict(ui)
    del schema
    return {
        "type": "VerticalLayout",
        "elements": [
            {
                "type": "Group",
                "label": group["title"],
                "elements": [_control(name, ui["widgets"][name]) for name in group["fields"]],
            }
            for group in ui["groups"]
        ],
    }


def _control(name: str, widget: Mapping[str, Any]) -> dict[str, Any]:
    options = {"widget": widget["kind"]}
    if widget.get("placeholder"):
        options["placeholder"] = widget["placeholder"]
    return {"type": "Control", "scope": f"#/properties/{name}", "options": options}


def controls_of(element: Mapping[str, Any]) -> Iterator[tuple[tuple[str, ...], Mapping[str, Any]]]:
    """Every control as `(names from the root, element)`; raises `ValueError` for what is none."""
    if rule := element.get("rule"):
        if rule["effect"] not in EFFECTS:
            raise ValueError(f"rule {rule['effect']}")
        _names(rule["condition"]["scope"])
    match element["type"]:
        case "Control":
            yield _names(element["scope"]), element
        case "Label":
            return
        case kind if kind in LAYOUTS:
            for part in element["elements"]:
                yield from controls_of(part)
        case kind:
            raise ValueError(f"element {kind}")


def _names(scope: str) -> tuple[str, ...]:
    parts = scope.split("/")
    if parts[0] != "#" or len(parts) % 2 == 0 or set(parts[1::2]) != {"properties"}:
        raise ValueError(f"scope {scope[:100]}")
    return tuple(parts[2::2])


def outline_of(schema: Mapping[str, Any], ui: Mapping[str, Any]) -> dict[str, Any]:
    """Order, groups and widgets of a form, whichever way it was published."""
    if "type" not in ui:
        return dict(ui)
    groups: list[dict[str, Any]] = []
    widgets: dict[str, Any] = {}
    for title, part in _sections(ui, str(schema.get("title", ""))):
        fresh: list[str] = []
        for names, control in controls_of(part):
            if names[0] not in widgets:
                fresh.append(names[0])
                widgets[names[0]] = _widget(schema["properties"][names[0]], control)
        if fresh and groups and groups[-1]["title"] == title:
            groups[-1]["fields"] += fresh
        elif fresh:
            groups.append({"title": title, "fields": fresh})
    return {"order": list(widgets), "groups": groups, "widgets": widgets}


def _sections(element: Mapping[str, Any], title: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    if element["type"] not in LAYOUTS:
        yield title, element
        return
    if element["type"] == "Group":
        title = element.get("label", title)
    for part in element["elements"]:
        yield from _sections(part, title)


def _widget(field: Mapping[str, Any], control: Mapping[str, Any]) -> dict[str, Any]:
    options = control.get("options", {})
    kind = options.get("widget") or _KINDS.get(field.get("type", ""))
    if not kind:
        kind = "select" if "enum" in field else "date" if field.get("format") == "date" else "text"
        kind = "textarea" if options.get("multi") else kind
    widget: dict[str, Any] = {"kind": kind}
    if options.get("placeholder"):
        widget["placeholder"] = options["placeholder"]
    if "enum" in field:
        widget["options"] = [{"value": str(v), "label": str(v)} for v in field["enum"]]
    return widget

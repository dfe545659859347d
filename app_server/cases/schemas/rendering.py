"""Rows as the members of replies; the most frequent ones go out as the text they are stored in."""

from collections.abc import Collection
from dataclasses import asdict
from typing import Any

import orjson

from app_server.cases.rules import STATES, actions, can
from app_server.cases.schemas.views import CorrectionView
from app_server.forms.service import FormFacts, material_views, ui_of
from app_server.kernel import regions


def line(row: Any, days_left: int | None) -> dict[str, Any]:
    """The common members of a list entry."""
    return {
        "case_no": row["case_no"],
        "item_name": row["item_name"],
        "state": row["state"],
        "state_name": STATES[row["state"]],
        "submitted_at": row["submitted_at"],
        "due_on": row["due_on"],
        "days_left": days_left,
        "region_name": regions.full_name(row["region"]),
    }


def case_members(view: Any) -> dict[str, Any]:
    """The members of a `CaseView`, ready to be constructed without checking our own row again."""
    row = view.row
    return {
        **line(row, view.days_left),
        "item_code": row["item_code"],
        "department": row["department"],
        "outcome": row["outcome"],
        "accepted_at": row["accepted_at"],
        "steps": view.part("timeline"),
        "correction": _correction(view.part("correction")),
        "bill": view.part("bill"),
        "licence_id": row["licence_id"],
        "can": can(row["state"]),
        "days_unit": row["limit_unit"],
        "due_provisional": row["due_provisional"],
        "on_behalf_of": row["applicant"] if row["organisation_id"] else None,
        "papers": row["papers"] or "",
        "version": row["version"],
    }


def _correction(asked: Any) -> dict[str, Any] | None:
    if not asked:
        return None
    told = {name: asked.get(name) for name in CorrectionView.__annotations__}
    return told | {"items": asked.get("items", [])}


def case_document(view: Any) -> bytes:
    """A `CaseView` as JSON, its stored parts passed on as the text they are.

    Same members as `case_members` (a test compares them); this is the platform's most frequent
    read, and building a model only to write it out again cost a third of it.
    """
    return orjson.dumps(_standing_document(view), default=str, option=orjson.OPT_UTC_Z)


def _standing_document(view: Any) -> dict[str, Any]:
    row = view.row
    return {
        **line(row, view.days_left),
        **{
            name: row[name]
            for name in (
                "item_code",
                "department",
                "outcome",
                "accepted_at",
                "licence_id",
                "version",
            )
        },
        "steps": orjson.Fragment(row["timeline"]),
        "correction": _correction(view.part("correction")),
        "bill": orjson.Fragment(row["bill"] or b"null"),
        "can": can(row["state"]),
        "days_unit": row["limit_unit"],
        "due_provisional": row["due_provisional"],
        "on_behalf_of": row["applicant"] if row["organisation_id"] else None,
        "papers": row["papers"] or "",
    }


def application_members(view: Any) -> dict[str, Any]:
    """The members of an `Application`."""
    return {
        "data": view.data,
        "materials": material_views(view.part("materials")),
        "schema_": view.form.schema,
        "ui_schema": ui_of(view.form),
        "layout": view.form.layout,
        "sources": view.part("sources") or {},
        "missing": (view.part("handling") or {}).get("missing", {}),
        "version": view.row["version"],
    }


def _evidence(chain: Any) -> dict[str, Any] | None:
    if chain is None:
        return None
    return {"entries": [asdict(entry) for entry in chain.entries], "intact": chain.intact}


_form_parts: dict[tuple[str, int], dict[str, orjson.Fragment]] = {}


def _form_part(form: FormFacts) -> dict[str, orjson.Fragment]:
    """Schema and UI schema as JSON text; a published form never changes."""
    key = (form.code, form.version)
    if key not in _form_parts:
        _form_parts[key] = {
            "schema": orjson.Fragment(orjson.dumps(form.schema)),
            "ui_schema": orjson.Fragment(ui_of(form).model_dump_json()),
        }
    return _form_parts[key]


def _reopens(row: Any, handling: dict[str, Any]) -> bool:
    """Whether a person may look again: a machine decided, and nothing was given away yet."""
    machine = (handling.get("automatic") or {}).get("decision")
    return bool(machine) and not row["licence_id"] and not row["fee_fen"]


def _delivery(chosen: dict[str, Any] | None) -> dict[str, Any] | None:
    """How the result goes out; to whom a courier brings it is the courier's to know."""
    return {k: v for k, v in chosen.items() if k != "to"} if chosen else chosen


def _fits(action: str, row: Any, view: Any) -> bool:
    """Whether an action has anything to act on in this case."""
    item, handling = view.item, view.part("handling") or {}
    extension = ((view.part("clock") or {}).get("extension") or {}).get("state", "")
    asked = extension == "asked"
    fits: dict[str, bool] = {
        "reopen": _reopens(row, handling),
        "extend": asked,
        "deny-extension": asked,
        "ask-extension": bool(item.extension_days) and extension in {"", "denied"},
        "suspend": bool(item.special_procedures),
        "forward": bool(item.forward_to),
    }
    return fits.get(action, True)


def _desk_parts(view: Any, roles: Collection[str]) -> dict[str, Any]:
    """What only an officer reads: actions, review points, and what handling left."""
    row, item = view.row, view.item
    clock, handling = view.part("clock") or {}, view.part("handling") or {}
    marks = {point["code"]: point for point in handling.get("points", [])}
    place = row["intake_region"]
    return {
        "actions": [
            asdict(action) | {"needs": list(action.needs)}
            for action in actions(row["state"], roles)
            if _fits(action.name, row, view)
        ],
        "review_points": [
            point.model_dump(include={"code", "name", "material", "how", "ground"})
            | {name: marks.get(point.code, {}).get(name, "") for name in ("mark", "note")}
            for point in item.review_points
        ],
        "special_procedures": [p.model_dump() for p in item.special_procedures],
        "extension_days": item.extension_days,
        "handling": {
            "automatic": handling.get("automatic"),
            "forwarding": handling.get("forwarding"),
            "delivery": _delivery(handling.get("delivery")),
            "notices": [
                {name: notice[name] for name in ("round", "at", "items")}
                for notice in handling.get("notices", [])
            ],
            "missing": handling.get("missing", {}),
            "intake_region_name": regions.full_name(place) if place else "",
            "channel": row["channel"],
        },
        "clock": {
            "pauses": clock.get("pauses", []),
            "extension": clock.get("extension"),
            "history": clock.get("history", []),
        },
    }


def desk_document(view: Any, roles: Collection[str]) -> bytes:
    """A `DeskCase` as JSON, its stored parts passed on as the text they are."""
    row = view.row
    return orjson.dumps(
        _standing_document(view)
        | _form_part(view.form)
        | {
            "data": orjson.Fragment(view.data_text),
            "materials": material_views(view.part("materials")),
            "applicant": row["applicant"],
            "organisation": view.organisation,
            "sources": orjson.Fragment(row["sources"]),
            "evidence": _evidence(view.evidence),
            "to_site_times": view.to_site_times,
            "can": [],
            **_desk_parts(view, roles),
        },
        default=str,
        option=orjson.OPT_UTC_Z,
    )


def desk_members(view: Any, roles: Collection[str]) -> dict[str, Any]:
    """The members of a `DeskCase`."""
    return (
        case_members(view)
        | application_members(view)
        | {
            "applicant": view.row["applicant"],
            "organisation": view.organisation,
            "sources": view.part("sources"),
            "evidence": _evidence(view.evidence),
            "to_site_times": view.to_site_times,
            "can": [],
            **_desk_parts(view, roles),
        }
    )

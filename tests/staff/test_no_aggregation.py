"""City staff data is not gathered at the province: nothing carries it there (R-ID-33)."""

from typing import Any, get_args

import pytest
from pydantic import BaseModel
from tortoise import Tortoise

from app_server.kernel.events import SUBSCRIPTIONS
from app_server.kernel.http import ENDPOINTS
from auth.staff import events, schemas

# The shapes that tell who works where.
PERSONAL = {
    "StaffLine",
    "StaffPage",
    "StaffDetail",
    "StaffOpened",
    "HistoryList",
    "HistoryView",
    "MappingPage",
    "MappingView",
    "ProposalList",
    "ProposalView",
}


def _shapes(annotation: Any, seen: set[type]) -> set[str]:
    """The names of all models an annotation reaches."""
    found: set[str] = set()
    for inner in get_args(annotation):
        found |= _shapes(inner, seen)
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        if annotation in seen:
            return found
        seen.add(annotation)
        found.add(annotation.__name__)
        for field in annotation.model_fields.values():
            found |= _shapes(field.annotation, seen)
    return found


@pytest.fixture
def routes(connected):
    """Every route of every context."""
    assert len(ENDPOINTS) > 60
    return ENDPOINTS


def test_the_watch_knows_every_personal_shape_of_the_register():
    named = {
        name
        for name, shape in vars(schemas).items()
        if isinstance(shape, type)
        and issubclass(shape, BaseModel)
        and {"login", "name"} <= set(shape.model_fields)
        and shape.__module__ == schemas.__name__
        and "Asked" not in name
    }
    assert named <= PERSONAL


def test_officers_are_told_of_on_the_staff_surface_to_administrators_only(routes):
    telling = [e for e in routes if e.reply and _shapes(e.reply, set()) & PERSONAL]
    assert telling
    for endpoint in telling:
        assert endpoint.surface == "staff", endpoint.path
        assert "system_admin" in endpoint.guard.needs, endpoint.path


def test_no_machine_reads_the_register(routes):
    partner = {e.path: e for e in routes if e.surface == "partner" and "staff" in e.name}
    assert set(partner) == {"/partner/v1/staff-bindings"}
    reply = partner["/partner/v1/staff-bindings"].reply
    assert set(reply.model_fields) == {"login", "local_account"}


def test_no_route_gives_the_register_away_whole(routes):
    for endpoint in routes:
        if endpoint.name.startswith("auth.staff"):
            assert endpoint.reply is not None or endpoint.status == 204, endpoint.path
            assert "export" not in endpoint.path
            assert "dump" not in endpoint.path


def test_events_about_staff_carry_ids_and_moments_only():
    told = [e for e in vars(events).values() if isinstance(e, type) and hasattr(e, "key")]
    fields = {name for event in told for name in getattr(event, "model_fields", {})}
    assert fields == {"staff_id", "system_id", "account", "at"}


def test_only_a_systems_own_push_leaves_the_house(connected):
    outside = {
        name
        for name, s in SUBSCRIPTIONS.items()
        if s.kind == "performs" and s.event.name.startswith("staff.")
    }
    assert outside == {"auth.staff.push_account"}


def test_no_table_outside_staff_copies_the_register(connected):
    copies = {
        model._meta.db_table
        for app in Tortoise.apps.values()
        for model in app.values()
        if {"login", "roles"} <= set(model._meta.fields_map)
        or model._meta.db_table.startswith("staff_")
    }
    of_staff = {m._meta.db_table for m in Tortoise.apps["staff"].values()}
    assert copies <= of_staff

"""Open tables hold open fields alone, and nothing that points at a person."""

import csv
import io

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app_server.sharing import service as sharing
from app_server.sharing.errors import NotInThisState
from app_server.sharing.rules.catalogue import ResourceField
from app_server.sharing.rules.opening import as_csv, opening_findings
from tests.builders.people import bearer
from tests.builders.sharing import HOUSING, content, household, lead, published

FIELDS = (
    ResourceField("size", "人数", "integer", "public", "人口系统"),
    ResourceField("address", "住址", "text", "personal", "人口系统"),
)
OPEN = {"fields": FIELDS, "open": True, "open_scope": "面向社会"}


@pytest.mark.parametrize(
    "row",
    [
        {"address": "某路"},
        {"size": [1]},
        {"size": {"a": 1}},
        {"size": "341602199003074511"},
        {"size": "电话13900000002。"},
        {"size": 13900000002},
    ],
)
def test_a_row_with_anything_else_is_refused(row):
    assert opening_findings([{"size": 3}, row], ("size",))[0]["field"].startswith("rows.1.")


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(st.lists(st.text(max_size=8), min_size=1, max_size=5))
def test_no_cell_begins_a_formula(texts):
    lines = as_csv([{"a": f"={text}"} for text in texts], ("a",))
    cells = [row[0] for row in csv.reader(io.StringIO(lines, newline=""))]
    assert not any(cell.startswith(("=", "+", "-", "@")) for cell in cells)
    assert "\x00" not in lines
    assert as_csv([{"a": "-3"}, {"a": None}], ("a",)) == 'a\r\n-3\r\n""\r\n'


async def test_a_table_is_opened_by_the_providers_lead_and_closed_with_its_entry(
    simulators, staff_surface, public
):
    made = await published(household(gives=("size", "address")), **OPEN)
    path = f"/sharing/resources/{made.resource.id}/datasets"
    data = f"/open-data/resources/{made.resource.id}/data"
    body = {"rows": [{"size": 3}, {"size": 4}]}
    assert (await staff_surface.post(path, json=body)).status_code == 401
    foreign = await bearer(await lead(HOUSING))
    assert (await staff_surface.post(path, json=body, headers=foreign)).status_code == 403
    steward = await bearer(made.steward)
    assert (await staff_surface.post(path, json=body, headers=steward)).status_code == 403
    assert (await public.get(data)).status_code == 404
    headers = await bearer(made.lead)
    personal = {"rows": [{"size": 3, "address": "某路"}]}
    refused = await staff_surface.post(path, json=personal, headers=headers)
    assert refused.status_code == 422
    opened = await staff_surface.post(path, json=body, headers=headers)
    assert (opened.status_code, opened.json()["rows"]) == (201, 2)
    assert (await public.get(data)).text == "size\r\n3\r\n4\r\n"
    listed = (await public.get("/open-data/resources")).json()["items"]
    assert [(one["rows"], one["id"]) for one in listed] == [(2, str(made.resource.id))]
    # A field that is closed later closes the table with it.
    fields = (ResourceField("size", "人数", "integer", "internal", "人口系统"),
              ResourceField("address", "住址", "text", "public", "人口系统"))  # fmt: skip
    told = content(**OPEN | {"fields": fields})
    row = await sharing.change_resource(made.steward, made.resource.id, made.resource.version, told)
    row = await sharing.publish_resource(made.lead, row.id, row.version, "收回人数")
    assert (await public.get(data)).status_code == 404
    await sharing.retire_resource(made.lead, row.id, row.version, "停用")
    assert (await public.get(data)).status_code == 404


async def test_what_is_not_open_has_no_table(simulators, database):
    made = await published()
    with pytest.raises(NotInThisState):
        await sharing.open_dataset(made.lead, made.resource.id, [{"size": 3}])

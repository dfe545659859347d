"""Files in and out: nothing lost, every error named, the same again changes nothing."""

import csv
import io
import json
from pathlib import Path

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app_server.items import service
from app_server.items.rules.exchange import SOURCES, as_csv, exported, limit_of, read_row, rows_of
from app_server.items.seed import _items
from app_server.kernel import db
from tests.builders.items import RENTAL, catalogue, editor
from tests.builders.people import bearer
from tests.builders.staff import officer

ROWS = [exported(item) for item in _items()]


def test_every_demo_item_comes_back_whole_from_its_row_in_both_formats() -> None:
    for data in (as_csv(ROWS), json.dumps(ROWS).encode()):
        read = [read_row(SOURCES["gbt39046"], row) for row in rows_of(data)]
        assert [one.errors for one in read] == [[]] * len(ROWS)
        assert [service.ItemFacts.model_validate(one.facts) for one in read] == list(_items())


@given(st.dictionaries(st.sampled_from([*ROWS[0], "x"]), st.text() | st.integers() | st.none()))
def test_a_row_of_anything_is_read_with_its_errors_and_never_fails(row) -> None:
    for source in SOURCES.values():
        read = read_row(source, row)
        assert read.bad or read.facts["name"]


def test_a_cell_that_a_spreadsheet_would_run_is_defused_and_comes_back() -> None:
    row = ROWS[0] | {"办理地点": "=1+1"}
    data = as_csv([row])
    assert "'=1+1" in data.decode("utf-8-sig")
    assert read_row(SOURCES["gbt39046"], rows_of(data)[0]).facts["address"] == "=1+1"


@pytest.mark.parametrize("text", ["一周", "0(工作日)", "9999(工作日)", "5"])
def test_a_limit_that_is_none_is_refused(text) -> None:
    with pytest.raises(ValueError, match=r".*"):
        limit_of(text)
    assert limit_of("无") is None
    assert limit_of("20(工作日)").days == 20


async def test_a_file_is_taken_in_by_a_worker_with_bad_rows_named_and_kept(
    staff_surface: httpx.AsyncClient, public: httpx.AsyncClient, deliver
) -> None:
    item = (await catalogue())[RENTAL]
    mine = await editor()
    hers = await bearer(mine) | {"content-type": "text/csv"}
    path = "/item-imports?source=gbt39046&name=items.csv"
    row = exported(item)
    rows = [row, row | {"实施编码": ""}, row | {"实施编码": "1", "承诺办结时限": "很快"}]
    rows[0] = row | {"办理地点": "新的地点"}
    data = as_csv(rows)
    other = await bearer(await officer("case_officer", login="plain"))
    headers = other | {"content-type": "text/csv"}
    assert (await staff_surface.post(path, content=data, headers=headers)).status_code == 403
    begun = await staff_surface.post(path, content=data, headers=hers)
    assert (begun.status_code, begun.json()["state"]) == (202, "waiting")
    where = f"/item-imports/{begun.json()['id']}"
    await deliver()
    done = (await staff_surface.get(where, headers=hers)).json()
    assert (done["state"], done["taken"], done["bad"]) == ("done", 1, 2)
    faulty = (await staff_surface.get(f"{where}/rows", headers=hers)).json()["rows"]
    assert [(r["number"], r["state"]) for r in faulty] == [(2, "bad"), (3, "bad")]
    assert {"field": "承诺办结时限", "code": "E03", "message": "时限无法识别：很快"} in faulty[1][
        "errors"
    ]
    assert faulty[1]["given"]["承诺办结时限"] == "很快"
    (first,) = (await staff_surface.post(f"{where}/drafts", headers=hers)).json()["rows"]
    assert first["outcome"] == "drafted"
    (draft,) = await service.drafts(mine)
    assert (draft["origin"], draft["state"]) == ("import", "draft")
    again = await staff_surface.post(path, content=data, headers=hers)
    await deliver()
    same = (await staff_surface.get(f"/item-imports/{again.json()['id']}", headers=hers)).json()
    # The row without a code has nothing to be known by: it is kept each time.
    assert (same["taken"], same["bad"], same["unchanged"]) == (0, 1, 2)
    stranger = await bearer(await editor("other", org="11341602MBDM00020N"))
    assert (await staff_surface.get(where, headers=stranger)).status_code == 404
    for content in (b"", b"\xff\xfe\x00", b"[1, 2]", b"{"):
        bad = await staff_surface.post(path, content=content, headers=hers)
        assert bad.status_code == 422, content


async def test_what_is_exported_is_the_list_of_the_day(public: httpx.AsyncClient) -> None:
    items = await catalogue()
    text = (await public.get("/catalogue/export.csv")).content.decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert {row["实施编码"] for row in rows} == {item.code for item in items.values()}
    past = await public.get("/catalogue/export.json", params={"day": "2020-01-01"})
    assert past.json() == []


async def test_all_real_rows_load_and_a_second_run_changes_nothing(
    shared: Path, database: None
) -> None:
    for name, source, rows, bad in (
        ("guangdong_2262.jsonl", "guangdong", 2262, 0),
        ("sichuan_county_1135.csv", "sichuan", 1135, 5),
    ):
        data = (shared / "data/items" / name).read_bytes()
        for run in (1, 2):
            facts = await service.begin_import(await editor(f"e{source}{run}"), source, name, data)
            await service.run_import(facts.id)
            done = await service.import_facts(await editor(f"r{source}{run}"), facts.id)
            counted = (done.taken, done.bad, done.unchanged)
            assert counted == ((rows - bad, bad, 0) if run == 1 else (0, 0, rows))
        kept = await db.value("SELECT count(*) FROM items_imported WHERE source = $1", source)
        assert kept == rows
    flagged = await db.value(
        "SELECT count(*) FROM items_imported WHERE source = 'guangdong' "
        'AND errors @> \'[{"code": "F01"}]\''
    )
    assert flagged == 6

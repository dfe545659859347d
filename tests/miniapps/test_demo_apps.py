"""The demo apps: one for each dialect, without findings that matter, and cheap to update."""

import os
import shutil
import subprocess
import time

import orjson
import pytest

from app_server.kernel import db
from app_server.kernel.settings import PROJECT, load
from miniapps import seed, service
from miniapps.rules.scopes import DIALECTS
from miniapps.seed import BUILT, demo_names, demo_package, publish_package
from miniapps.service import checks
from tests.builders.miniapps import desk, team

SCHOOL = "ah340500school"
# All of them together, on a busy machine; people wait for it at the first start.
SEED_S = 4.0


def manifest_of(name: str) -> dict:
    return orjson.loads(service.open_package(demo_package(name)).files["app.json"])


@pytest.fixture
def school_package(monkeypatch, tmp_path):
    """The school's package as its build makes it with another term on its front page."""

    def packed(term: str, code: int) -> bytes:
        node = shutil.which("node", path=f"{PROJECT / '.venv' / 'bin'}:{os.environ['PATH']}")
        assert node, "no Node; run `make setup`"
        vite = BUILT.parent / "node_modules" / "vite" / "bin" / "vite.js"
        out = tmp_path / "school" / "dist"
        subprocess.run(
            [node, vite, "build", "--outDir", out, "--emptyOutDir"],
            cwd=BUILT / "school",
            env=os.environ | {"SCHOOL_TERM": term},
            check=True,
            timeout=120,
            capture_output=True,
        )
        manifest = orjson.loads((out / "app.json").read_bytes())
        manifest["version"]["code"] = code
        (out / "app.json").write_bytes(orjson.dumps(manifest))
        monkeypatch.setattr(seed, "BUILT", tmp_path)
        return demo_package("school")

    return packed


def test_a_demo_app_that_was_not_built_is_named_and_not_left_out(monkeypatch, tmp_path):
    app = tmp_path / "school"
    app.mkdir()
    (app / "package.json").write_text("{}")
    monkeypatch.setattr(seed, "BUILT", tmp_path)
    assert "school" in demo_names()
    with pytest.raises(seed.DemoNotBuiltError, match="make setup"):
        demo_package("school")


def test_every_dialect_and_both_modes_have_a_demo_app():
    manifests = [manifest_of(name) for name in demo_names()]
    spoken = {d for m in manifests for d in m.get("compat", {}).get("dialects", [])}
    assert spoken == {*DIALECTS}
    assert {m.get("mode", "h5") for m in manifests} == {"h5", "api"}
    assert len({m["appid"] for m in manifests}) == len(manifests) >= 7


@pytest.mark.parametrize("name", demo_names())
def test_machines_find_nothing_that_matters_in_a_demo_app(name):
    found = checks.run(service.open_package(demo_package(name)))
    # A library's `new Function` is refused by the policy before it runs.
    assert [f for f in found if f.level != "note" and "new Function" not in f.message] == []


@pytest.mark.parametrize("name", demo_names())
def test_a_demo_app_tells_what_it_is_why_it_asks_and_suits_old_people(name):
    manifest = manifest_of(name)
    files = service.open_package(demo_package(name)).files
    assert manifest["ui"]["elder"] == "native"
    assert manifest["privacy"]["policy_url"] in files
    assert all(len(p["reason"]) >= 6 for p in manifest["permissions"])
    assert "演示" in manifest["summary"]
    assert "演示" in manifest["owner"]["name"]
    ours = {load().simulator_url(number) for number in (11, 12, 13)}
    assert {*manifest["network"]["request"]} <= ours


def test_files_of_the_demo_apps_are_small_enough_to_read():
    sources = [p for p in seed.DEMO.rglob("*") if p.suffix in {".js", ".css", ".html"}]
    sources += [p for p in BUILT.glob("*/src/**/*") if p.is_file()]
    assert len(sources) > 20
    assert [p for p in sources if len(p.read_text().splitlines()) > 400] == []


async def test_seeding_twice_changes_nothing(database):
    await seed.seed()
    steps = await db.value("SELECT count(*) FROM miniapps_step")
    keys = await db.value("SELECT count(*) FROM miniapps_facade_key")
    await seed.seed()
    assert await db.value("SELECT count(*) FROM miniapps_step") == steps
    assert await db.value("SELECT count(*) FROM miniapps_facade_key") == keys
    state = "SELECT count(*) FROM miniapps_version WHERE state = 'released'"
    assert await db.value(state) == len(demo_names())


@pytest.mark.alone
async def test_seeding_all_apps_keeps_the_first_start_quick(database):
    began = time.perf_counter()
    await seed.seed()
    assert time.perf_counter() - began < SEED_S


@pytest.mark.alone
async def test_one_changed_word_of_the_largest_app_costs_at_most_a_tenth(
    database, public, school_package
):
    sizes = {name: len(demo_package(name)) for name in demo_names()}
    assert max(sizes, key=lambda name: sizes[name]) == "school"
    org = manifest_of("school")["owner"]["org"]
    people = (await team("340500", org), await desk("340500"), await desk())
    old = school_package("2027 年秋季入学报名", 1)
    await publish_package(*people, old)
    await publish_package(*people, school_package("2027 年秋季新生报名", 2))
    host = service.origin_of(SCHOOL).removeprefix("http://")
    reply = await public.get(f"{root(public)}/__wanshi/delta/2?from=1", headers={"host": host})
    assert reply.status_code == 200
    assert 0 < len(reply.content) <= len(old) / 10, (len(reply.content), len(old))


def root(public) -> str:
    """The surface's address without the API's prefix."""
    return str(public.base_url.copy_with(raw_path=b"/")).rstrip("/")

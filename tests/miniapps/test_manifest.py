"""What a manifest may say, what it must say the same everywhere, and what is published of it."""

import json

import jsonschema_rs
import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app_server.kernel.settings import load
from miniapps.errors import ManifestRefused
from miniapps.rules import request_origin_fault, unity
from miniapps.seed import DEMO, demo_package
from miniapps.service import open_package
from miniapps.service.manifest import Manifest, json_schema, read_manifest
from miniapps.service.manifest_guide import guide
from tests.architecture.contracts import PROJECT
from tests.builders.miniapps import manifest

WORDS = {"name": "Test app", "short_name": "Test", "summary": "An app for tests"}
TABS = [("home", "首页"), ("services", "办事"), ("messages", "消息"), ("mine", "我的")]


def findings(**changes) -> dict[str, str]:
    with pytest.raises(ManifestRefused) as caught:
        read_manifest(orjson.dumps(manifest() | changes))
    return {found["field"]: found["message"] for found in caught.value.facts["errors"]}


def portal(columns=TABS, **changes):
    """A city's whole portal."""
    routes = [{"path": f"index.html#/{key}", "title": title} for key, title in columns]
    shown = [{"key": k, "title": t, "path": f"index.html#/{k}"} for k, t in columns]
    return {
        "category": "portal",
        "sdk_version": "1.0",
        "routes": routes,
        "columns": shown,
    } | changes


# --- refused -----------------------------------------------------------------------------


@pytest.mark.parametrize("appid", ["ah341602test", "ah340181test", "ah340111test"])
def test_a_county_has_no_namespace_of_its_own(appid):
    said = findings(appid=appid, region_codes=[appid[2:8]])
    assert "所属市" in said["appid"]


@pytest.mark.parametrize("appid", ["ah341600test", "ah340000test"])
def test_a_city_and_the_province_have_one(appid):
    assert read_manifest(orjson.dumps(manifest(appid))).region == appid[2:8]


def test_a_county_is_served_under_its_citys_name():
    served = read_manifest(orjson.dumps(manifest(region_codes=["341600", "341602"])))
    assert served.region == "341600"


@pytest.mark.parametrize("missing", [key for key, _ in TABS])
def test_a_portal_without_a_column_of_the_province_is_refused(missing):
    left = [(key, title) for key, title in TABS if key != missing]
    assert f"（{missing}）" in findings(**portal(left))["columns"]


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        ([("home", "主页"), *TABS[1:]], "统一名称"),
        ([*TABS, ("shop", "商城")], "没有栏目"),
        ([*TABS, ("home", "首页")], "重复"),
        ([*TABS, ("local", "药都"), ("local", "古井"), ("local", "酒都")], "最多 2 个"),
    ],
)
def test_columns_are_named_and_counted_as_the_province_does(columns, said):
    routes = portal()["routes"] + [
        {"path": f"index.html#/{k}", "title": t} for k, t in columns[4:5]
    ]
    routes = list({route["path"]: route for route in routes}.values())
    assert said in findings(**portal(columns, routes=routes))["columns"]


def test_a_column_leads_to_a_page_that_is_there():
    assert "routes" in findings(**portal(routes=portal()["routes"][1:]))["columns"]


def test_only_a_portal_has_columns():
    assert "portal" in findings(**portal(category="housing"))["columns"]


def test_a_portal_says_its_sdk_version():
    assert "SDK" in findings(**portal(sdk_version=""))["sdk_version"]


@pytest.mark.parametrize("version", ["0.9", "1.1", "2.0"])
def test_a_version_this_host_does_not_speak_is_refused(version):
    assert "不支持" in findings(sdk_version=version)["sdk_version"]
    assert "不支持" in findings(platform_version={"min": version})["platform_version.min"]


def test_a_portal_with_the_columns_of_the_province_and_two_of_its_own_is_good():
    local = [("local", "药都"), ("local2", "古井")]
    described = portal([*TABS, *local])
    described["columns"][-1]["key"] = "local"
    theme = {"primary": "#1d5f6e", "accent": "#b23327"}
    good = read_manifest(orjson.dumps(manifest() | described | {"ui": {"theme": theme}}))
    assert [column.title for column in good.columns][-2:] == ["药都", "古井"]
    assert good.ui.theme.primary == "#1d5f6e"


@pytest.mark.parametrize(
    ("theme", "field"),
    [
        ({"primary": "#ffee00"}, "ui.theme.primary"),
        ({"primary": "#999999"}, "ui.theme.primary"),
        ({"primary": "red"}, "ui.theme.primary"),
        ({"primary": "#1d5f6e", "accent": "#ffee00"}, "ui.theme.accent"),
        ({"primary": "#1d5f6e", "font": "Comic"}, "ui.theme.font"),
    ],
)
def test_colours_are_free_as_far_as_they_can_be_read(theme, field):
    assert field in findings(ui={"theme": theme})


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"schema": "2.0"}, "schema"),
        ({"category": "games"}, "category"),
        ({"audience": []}, "audience"),
        ({"audience": ["natural", "natural"]}, "audience"),
        ({"routes": [{"path": "https://evil.example", "title": "x"}]}, "routes.0.path"),
        ({"routes": [{"path": "//evil.example", "title": "x"}]}, "routes.0.path"),
        ({"routes": [{"path": "a.html", "title": "x"}] * 2}, "routes"),
        ({"routes": [{"path": "a.html", "title": "x", "min_tier": 4}]}, "routes.0.min_tier"),
        ({"network": {"upload": ["wss://api.example.cn"]}}, "network.upload"),
        ({"network": {"frame": ["https://10.0.0.1"]}}, "network.frame"),
        ({"network": {"img": ["https://img.example.cn/path"]}}, "network.img"),
        ({"network": {"request": ["https://db.internal"]}}, "network.request"),
        ({"compat": {"dialects": ["qq"]}}, "compat.dialects"),
        ({"compat": {"ua": ["bad ua\n"]}}, "compat.ua.0"),
        ({"compat": {"script_map": {"a.cn/x.js": "zwjs"}}}, "compat.script_map"),
        ({"compat": {"host_map": {"a.cn": "//evil.example/"}}}, "compat.host_map"),
        ({"compat": {"base_alias": ["/v/1/"]}}, "compat.base_alias"),
        ({"compat": {"base_alias": ["/../"]}}, "compat.base_alias.0"),
        ({"ui": {"elder": "later"}}, "ui.elder"),
        ({"i18n": {"English": WORDS}}, "i18n.English.[key]"),
        ({"privacy": {"policy_url": "javascript:alert(1)"}}, "privacy.policy_url"),
        ({"privacy": {"policy_url": "http://a.example.cn"}}, "privacy.policy_url"),
        ({"signing": {"key_id": "short", "alg": "ed25519"}}, "signing.key_id"),
        ({"token_scopes": []}, "token_scopes"),
    ],
)
def test_a_finding_says_in_chinese_which_field_is_wrong(changes, field):
    said = findings(**changes)
    assert list(said) == [field]
    assert any("\u4e00" <= letter <= "\u9fff" for letter in said[field])


@pytest.mark.parametrize(
    ("directive", "value"),
    [
        ("script-src", "'unsafe-inline'"),
        ("script-src", "https://cdn.example.cn"),
        ("script-src", "*"),
        ("script-src", "'unsafe-eval' *"),
        ("default-src", "*"),
        ("frame-ancestors", "*"),
        ("worker-src", "'self'"),
        ("img-src", "blob: https:"),
        ("connect-src", "blob:; script-src *"),
    ],
)
def test_the_policy_is_widened_by_nothing_that_is_not_on_the_list(directive, value):
    exception = {"directive": directive, "value": value, "reason": "应用需要它才能运行"}
    assert "csp_exceptions.0.value" in findings(csp_exceptions=[exception])


def test_the_platforms_own_addresses_are_no_business_of_an_app():
    for origin in (
        load().origin("public"),
        load().origin("partner"),
        "https://x.miniapp.localhost",
    ):
        assert findings(network={"request": [origin]})


# --- what follows from a good one --------------------------------------------------------


def test_the_policy_lets_an_app_reach_what_it_declared_and_nothing_else():
    network = {
        "request": ["https://api.example.cn", "wss://live.example.cn"],
        "upload": ["https://up.example.cn"],
        "frame": ["https://map.example.cn"],
        "img": ["https://img.example.cn"],
    }
    exception = {"directive": "worker-src", "value": "blob:", "reason": "地图在后台线程里计算"}
    described = manifest(network=network, csp_exceptions=[exception])
    policy = read_manifest(orjson.dumps(described)).content_policy("https://shell.example.cn")
    parts = dict(part.split(" ", 1) for part in policy.split("; "))
    assert parts["connect-src"] == (
        "'self' https://api.example.cn wss://live.example.cn https://up.example.cn"
    )
    assert parts["img-src"] == "'self' data: https://img.example.cn"
    assert parts["frame-src"] == "https://map.example.cn"
    assert parts["worker-src"] == "'self' blob:"
    assert parts["script-src"] == "'self'"
    assert parts["default-src"] == "'none'"


def test_an_app_that_declares_nothing_frames_nothing():
    policy = read_manifest(orjson.dumps(manifest())).content_policy("https://shell.example.cn")
    assert "frame-src 'none'; worker-src 'self'" in policy


def test_an_app_may_be_named_in_english_too():
    assert read_manifest(orjson.dumps(manifest(i18n={"en": WORDS}))).i18n["en"].name == "Test app"


def test_the_items_of_pages_count_as_the_apps():
    routes = [{"path": "a.html", "title": "a", "item_code": "residence-permit-reissue"}]
    good = manifest(routes=routes, item_codes=["public-rental-housing"])
    assert read_manifest(orjson.dumps(good)).items == [
        "public-rental-housing",
        "residence-permit-reissue",
    ]


def test_a_manifest_of_before_loads_and_comes_back_the_same():
    # As `miniapps_version.manifest` has it from before these fields existed.
    old = manifest()
    kept = read_manifest(orjson.dumps(old))
    stored = kept.model_dump(mode="json")
    assert stored["schema"] == "1.0"
    assert Manifest.model_validate(stored) == kept
    assert Manifest.model_validate_json(json.dumps(stored)) == kept


@given(st.sampled_from(["https://", "wss://", "http://"]), st.text(max_size=30), st.booleans())
def test_what_passes_as_an_address_can_end_no_directive(scheme, rest, production):
    origin = scheme + rest
    if not request_origin_fault(origin, production=production, socket=True):
        assert not set(" ;,'\"*\n") & set(origin)


@pytest.mark.parametrize("host", ["0x7f.0x1", "1.2.3.0x4", "a.1", "127.1", "localhost", "db.local"])
def test_a_host_that_is_a_number_or_an_inner_name_is_refused(host):
    assert request_origin_fault(f"https://{host}", production=True)


def test_contrast_is_reckoned_as_wcag_does():
    assert unity.contrast("#000000", "#ffffff") == 21
    assert round(unity.contrast("#767676", "#ffffff"), 2) == 4.54


# --- what is published -------------------------------------------------------------------


def test_the_published_schema_is_a_schema_and_takes_what_we_take():
    schema = json_schema()
    jsonschema_rs.meta.validate(schema)
    check = jsonschema_rs.validator_for(schema)
    for folder in DEMO.iterdir():
        check.validate(json.loads(open_package(demo_package(folder.name)).files["app.json"]))
    check.validate(manifest())
    for wrong in ({"min_tier": 4}, {"surprise": 1}, {"appid": "shell"}, {"version": {}}):
        assert not check.is_valid(manifest() | wrong)


def test_every_published_field_is_described_in_chinese():
    schema = json_schema()
    for part in (schema, *schema["$defs"].values()):
        for name, field in part["properties"].items():
            assert any("\u4e00" <= c <= "\u9fff" for c in field.get("description", "")), name


def test_the_guide_says_what_the_code_does():
    written = (PROJECT / "docs/mini-app-manifest.md").read_text()
    assert written == guide(), (
        "python -m miniapps.service.manifest_guide > docs/mini-app-manifest.md"
    )

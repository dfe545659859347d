"""What may be published as a form, both views of its page, and hostile answers."""

import copy
from typing import Any

import httpx
import pytest

from app_server.forms import service
from app_server.forms.errors import FormRefused
from app_server.kernel.errors import InvalidInput
from tests.builders.forms import draft_of
from tests.builders.people import bearer, resident

SCHEMA: dict[str, Any] = {
    "title": "家庭表",
    "type": "object",
    "additionalProperties": False,
    "required": ["name", "born"],
    "properties": {
        "name": {"title": "姓名", "type": "string", "maxLength": 20},
        "born": {
            "title": "出生日期",
            "type": "string",
            "format": "date",
            "formatMaximum": "2026-11-22",
        },
        "kind": {"title": "类别", "type": "string", "enum": ["甲", "乙"]},
        "children": {
            "title": "子女",
            "type": "array",
            "minItems": 1,
            "maxItems": 3,
            "items": {
                "type": "object",
                "additionalProperties": False,
                "required": ["name"],
                "properties": {"name": {"title": "姓名", "type": "string", "minLength": 2}},
            },
        },
    },
    "allOf": [
        {
            "if": {"properties": {"kind": {"const": "乙"}}, "required": ["kind"]},
            "then": {"required": ["children"]},
        }
    ],
}


def control(name: str, **more: Any) -> dict[str, Any]:
    return {"type": "Control", "scope": f"#/properties/{name}"} | more


LAYOUT: dict[str, Any] = {
    "type": "VerticalLayout",
    "elements": [
        {"type": "Group", "label": "本人", "elements": [control("name"), control("born")]},
        control("kind"),
        control(
            "children",
            rule={
                "effect": "SHOW",
                "condition": {"scope": "#/properties/kind", "schema": {"const": "乙"}},
            },
        ),
    ],
}


async def published(schema: dict[str, Any] = SCHEMA, ui: dict[str, Any] = LAYOUT):
    await service.publish("family", "家庭表", schema, ui, {})
    return await service.form("family")


async def test_a_page_in_either_language_is_told_in_both(database):
    form = await published()
    assert form.layout == LAYOUT
    assert form.outline["order"] == ["name", "born", "kind", "children"]
    assert form.outline["groups"][0] == {"title": "本人", "fields": ["name", "born"]}
    assert form.outline["widgets"]["born"]["kind"] == "date"
    assert form.outline["widgets"]["kind"]["options"][1] == {"value": "乙", "label": "乙"}
    old = (await draft_of(await resident())).form
    assert old.layout["elements"][0]["label"] == "全部"
    assert old.layout["elements"][0]["elements"][0]["scope"] == "#/properties/name"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda d: d["s"]["properties"]["name"].update({"$ref": "https://evil.example/x"}), "内部"),
        (lambda d: d["s"]["properties"]["name"].update({"$ref": "file:///etc/passwd"}), "内部"),
        (lambda d: d["s"]["properties"]["name"].update(pattern="^(a+)+$"), "正则"),
        (lambda d: d["s"]["properties"]["name"].update(pattern="(?<=a)b\\1"), "JSON Schema"),
        (lambda d: d["s"]["properties"]["name"].update(minLength="two"), "JSON Schema"),
        (lambda d: d["s"].pop("additionalProperties"), "additionalProperties"),
        (lambda d: d["s"]["properties"]["name"].pop("title"), "名称"),
        (
            lambda d: d["s"]["properties"].update({f"f{n}": {"title": "x"} for n in range(400)}),
            "字段超过",
        ),
        (lambda d: d["s"]["properties"]["name"].update(title="长" * 200_000), "KB"),
        (lambda d: d["u"]["elements"].append(control("ghost")), "不存在"),
        (lambda d: d["u"]["elements"].pop(), "页面没有"),
        (lambda d: d["u"]["elements"].append({"type": "Script"}), "无法识别"),
        (lambda d: d["u"]["elements"][1].update(scope="#/definitions/x"), "无法识别"),
        (lambda d: d["u"]["elements"][2]["rule"].update(effect="RUN"), "无法识别"),
    ],
)
async def test_a_definition_that_could_harm_is_refused_with_its_reason(database, change, said):
    schema, ui = copy.deepcopy(SCHEMA), copy.deepcopy(LAYOUT)
    change({"s": schema, "u": ui})
    with pytest.raises(FormRefused) as caught:
        await published(schema, ui)
    assert any(said in reason for reason in caught.value.facts["reasons"])


@pytest.mark.parametrize(
    ("data", "field", "message"),
    [
        ({"name": "李"}, "born", "必填"),
        ({"name": "李", "born": "2026-02-30"}, "born", "日期不存在"),
        ({"name": "李", "born": "2026-12-01"}, "born", "1900-01-01 至 2026-11-22"),
        ({"name": "李", "born": "0001-01-01"}, "born", "1900-01-01 至 2026-11-22"),
        ({"name": "李", "born": "2000-01-01", "kind": "乙"}, "children", "必填"),
        ({"name": "李", "born": "2000-01-01", "children": []}, "children", "至少填写 1 项"),
        (
            {"name": "李", "born": "2000-01-01", "children": [{"name": "李"}]},
            "children.0.name",
            "太短",
        ),
        (
            {"name": "李", "born": "2000-01-01", "children": [{"name": "李一"}] * 4},
            "children",
            "最多填写 3 项",
        ),
    ],
)
async def test_each_wrong_answer_is_named_in_chinese(database, data, field, message):
    form = await published()
    with pytest.raises(InvalidInput) as caught:
        form.completed(data)
    assert any(
        e["field"] == field and message in e["message"] for e in caught.value.facts["errors"]
    ), caught.value.facts


async def test_an_unfinished_answer_may_be_saved_and_a_foreign_one_not(database):
    form = await published()
    form.check_partial({"children": [{"name": ""}, {}]})
    for wrong in ({"children": [{"ghost": 1}]}, {"children": "x"}, {"born": 7}):
        with pytest.raises(InvalidInput):
            form.check_partial(wrong)


async def test_a_text_of_10_mb_is_refused_and_changes_nothing(public: httpx.AsyncClient):
    owner = await resident()
    draft, headers = await draft_of(owner), await bearer(owner)
    address = f"/drafts/{draft.id}"
    reply = await public.put(
        address,
        headers={**headers, "if-match": '"1"'},
        json={"data": {"address": "x" * 10_000_000}},
    )
    assert (reply.status_code, reply.json()["code"]) == (413, "kernel.payload_too_large")
    reply = await public.put(
        address, headers={**headers, "if-match": '"1"'}, json={"data": {"address": "长" * 2001}}
    )
    assert reply.status_code == 422
    assert (await service.draft(owner.subject, draft.id)).version == 1

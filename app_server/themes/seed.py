"""The demo themes: forms, items, their offices, templates, the board, and the project platform."""

from functools import lru_cache
from pathlib import Path
from typing import Any
from uuid import UUID

import orjson

from app_server.forms import service as forms
from app_server.items import service as items
from app_server.kernel import db
from app_server.kernel.principal import Principal
from app_server.kernel.settings import load
from app_server.themes import service
from app_server.themes.providers.investment import CLIENT_ID, CLIENT_SECRET, InvestmentSettings
from auth.grants import service as grants
from auth.staff import service as staff

DATA = Path(__file__).with_name("data")
SEEDER = Principal(name="演示数据")
PROVINCE = Principal(name="演示数据", region="340000")
STAGES = ("申请", "受理", "审查", "决定", "办结送达")
PHONES = ("0551-0000101", "0551-0000102")
POLICY = "《国务院关于加快推进“互联网+政务服务”工作的指导意见》（国发〔2016〕55号）"


@lru_cache(maxsize=8)
def _file(name: str) -> dict[str, Any]:
    found: dict[str, Any] = orjson.loads((DATA / f"{name}.json").read_bytes())
    return found


async def seed() -> None:
    """Publish everything through the services; a second run changes nothing."""
    for form in _file("forms")["forms"]:
        await forms.publish(*_form(form))
    wanted = catalogue()
    await items.ensure_catalogue(SEEDER, [_above(item) for item in wanted])
    await items.ensure_published(SEEDER, wanted)
    for template in _file("templates")["templates"]:
        await service.publish(SEEDER, template)
    await _offices()
    board = _file("claims")
    whose = {"region": board["region"], "org": board["org"]}
    await service.ensure_claims([whose | claim for claim in board["claims"]])
    if load().simulators and not load().production:
        await _sign_on()


async def _offices() -> None:
    """An officer for every office that has a part in a theme, and the experts of the board."""
    board, told = _file("claims"), _file("items")
    digest = await grants.digest_of(told["staff_password"])
    for office in told["departments"].values():
        roles = ["case_officer", "case_approver", "case_head"]
        await _officer(office, office["officer"], roles, digest)
    await _officer(board, board["officer"], ["item_editor"], digest)
    for expert in board["experts"]:
        known = await _officer(expert, expert["officer"], ["item_editor"], digest)
        await service.keep_expert(PROVINCE, known, expert["officer"]["name"])


async def _officer(
    office: dict[str, Any], who: dict[str, str], roles: list[str], digest: str
) -> UUID:
    known = await staff.add_staff(
        login=who["login"],
        name=who["name"],
        org=office["org"],
        org_name=f"{office['name']}（演示）",
        region=office["region"],
        roles=roles,
    )
    if not await grants.has_password(known):
        async with db.unit_of_work():
            await grants.set_password(known, digest)
    return known


def _form(told: dict[str, Any]) -> tuple[str, str, dict[str, Any], dict[str, Any], dict[str, Any]]:
    """A form out of the shared fields: what has one name asks one thing, so it is asked once."""
    names: list[str] = told["fields"]
    fields = {name: _file("forms")["fields"][name] for name in names}
    schema = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": told["title"],
        "type": "object",
        "additionalProperties": False,
        "required": names,
        "properties": {name: field["schema"] for name, field in fields.items()},
    }
    known = [name for name, field in fields.items() if "source" in field]
    groups = {
        "申请人": known,
        "申请内容": [name for name in names if name not in known and name != "promise"],
        "承诺": ["promise"],
    }
    outline = {
        "order": [name for group in groups.values() for name in group],
        "groups": [{"title": title, "fields": of} for title, of in groups.items() if of],
        "widgets": {name: field["widget"] for name, field in fields.items()},
    }
    sources = {name: fields[name]["source"] for name in known}
    return told["code"], told["title"], schema, outline, sources


def catalogue() -> list[items.ItemFacts]:
    """The items of the themes."""
    told = _file("items")
    return [_item(one, told["departments"][one["department"]]) for one in told["items"]]


def _item(told: dict[str, Any], office: dict[str, str]) -> items.ItemFacts:
    """An item's facts: what differs stands in the data, the rest of a guide is alike."""
    days, name = told["days"], told["name"]
    materials = [{"source_class": "C", "issuer": "申请人", **one} for one in told["materials"]]
    sample = f"样本：{told['result_name']}（演示）" if told["result_kind"] != "none" else ""
    return items.ItemFacts.model_validate(
        {
            "code": f"{office['org']}3{told['basic']}",
            "catalogue_code": told["basic"],
            "name": name,
            "region": office["region"],
            "org": office["org"],
            "department": office["name"],
            "item_type": told["basic"][2:4],
            "min_tier": told["min_tier"],
            "promise_limit": {"days": days, "unit": "workday"} if days else None,
            "case_kind": "promise" if days else "instant",
            "materials": materials,
            "materials_before": len(materials) + 2,
            "conditions": told["conditions"],
            "steps": [{"name": stage, "detail": f"{name}：{stage}"} for stage in STAGES],
            "basis": told["basis"],
            "result_name": told["result_name"],
            "result_kind": told["result_kind"],
            "result_sample": sample,
            "consult_phone": PHONES[0],
            "complaint_phone": PHONES[1],
            "faqs": [{"q": "要跑几次？", "a": "不用跑，网上申请，结果可以邮寄。"}],
            "form_code": told["form"],
            "audience": told["audience"],
            "ways": ["window", "pc", "mobile"],
            "delivery": ["download", "window", "courier"],
            "themes": told["themes"],
            "target_class": told["target_class"],
            "review_points": _points(materials, told["conditions"][0]),
            "flow_code": "permit",
            "appointment": True,
            "policies": [POLICY],
            "notices": ["本事项可全程网上办理，无需到现场；时限自受理次日起计算（演示值）"],
            "address": f"{office['name']}办事窗口（演示地址）",
            "office_hours": "工作日 9:00—12:00，13:00—17:00（演示值）",
            "provenance": "机构为虚构；内容均为演示值",
        }
    )


def _points(materials: list[dict[str, Any]], condition: str) -> list[dict[str, str]]:
    """What a reviewer looks at: every material, and the condition."""
    points = [
        {
            "code": f"{one['code']}-form",
            "name": f"{one['name']}完整、清晰",
            "material": one["code"],
            "how": "图像清晰，内容与填写一致",
            "ground": "form",
        }
        for one in materials
    ]
    substance = {
        "code": "condition-1",
        "name": f"符合条件：{condition}",
        "how": "对照申请信息与共享核验结果",
        "ground": "substance",
    }
    return [*points, substance]


def _above(item: items.ItemFacts) -> items.CatalogueFacts:
    return items.CatalogueFacts(
        code=item.basic_code, name=item.name, item_type=item.item_type, basis=item.basis
    )


async def _sign_on() -> None:
    """The simulated project platform signs people on through our OpenID provider (R-PAR-08)."""
    url = InvestmentSettings().url
    if not await grants.registered(CLIENT_ID):
        await grants.register_relying_party(
            SEEDER,
            grants.RelyingParty(
                client_id=CLIENT_ID,
                name="安徽省投资项目在线审批监管平台（模拟）",
                realm="residents",
                region="340000",
                redirect_uris=(f"{url}/callback",),
                post_logout_redirect_uris=(f"{url}/",),
                login_scopes=("openid", "profile", "tier", "real_name"),
                min_tier=1,
                secret=CLIENT_SECRET,
            ),
        )

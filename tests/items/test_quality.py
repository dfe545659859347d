"""Every quality rule is a named validator that speaks up for its fault and for no other."""

import pytest

from app_server.items.errors import ItemUnfit
from app_server.items.rules import (
    FeeLine,
    Material,
    ReviewPoint,
    Step,
    Surroundings,
    Tier3Act,
    TimeLimit,
    check_item,
    findings,
)
from app_server.items.rules.catalogue import CatalogueFacts, Ceilings
from app_server.items.rules.checks import KnownMaterial
from app_server.items.rules.validators import RULES
from app_server.items.seed import _items
from app_server.items.service.around import surroundings
from tests.builders.items import RENTAL as RENTAL_NAME
from tests.builders.items import catalogue
from tests.builders.payments import listed

RENTAL = next(i for i in _items() if i.name.startswith("公共租赁"))
PERMIT = next(i for i in _items() if i.item_type == "01")
PHOTO = Material(code="photo", name="照片", source_class="C", how="", basis="依据")
KNOWN = Surroundings(
    catalogue=CatalogueFacts(code=RENTAL.basic_code, name="名称", item_type="20", basis=["依据"]),
    library={
        "id": KnownMaterial("id", "身份证", licence_type="X"),
        "hh": KnownMaterial("hh", "户口簿", data_service="household"),
    },
)
DAY = TimeLimit(days=7, unit="day")


def asked(**changes: object) -> dict[str, object]:
    return {"materials": [*RENTAL.materials, PHOTO.model_copy(update=changes)]}


POINT = ReviewPoint(code="p", name="看照片", material="photo")
BROKEN = {
    "Q01": {"promise_limit": None, "case_kind": "promise"},
    "Q02": {"case_kind": "instant"},
    "Q03": {"result_kind": "document"},
    "Q04": {"result_name": "核准文", "result_kind": "approval"},
    "Q05": {"result_name": "关于某事的批复", "result_kind": "document"},
    "Q06": {"to_site_times": 1, "online_depth": 3},
    "Q07": {"to_site_reason": "领取"},
    "Q08": {"ways": ["window"]},
    "Q09": {"to_site_times": 1, "to_site_reason": "核验原件"},
    "Q10": {"fee": [FeeLine(name="工本费", code="", amount_fen=1)], "fee_basis": "依据"},
    "Q11": {"consult_phone": "12345678", "complaint_phone": "0558-0000002"},
    "Q12": {"themes": ["设立变更"]},
    "Q15": {"result_sample": ""},
    "Q16": {"online_pay": True},
    "Q17": {"item_type": "05"},
    "Q18": {"org": "11341602MBDM00020N"},
    "Q19": {"legal_limit": TimeLimit(days=5, unit="day")},
    "Q20": {"tier3_acts": [Tier3Act(name="申领", field="sum")]},
    "Q21": asked(name="其他材料", required=False),
    "Q22": asked(basis=""),
    "Q23": asked(library="id", required=False),
    "Q24": asked(library="hh", required=False),
    "Q25": {"review_points": RENTAL.review_points[1:]},
    "Q26": {"review_points": [*RENTAL.review_points, POINT]},
    "Q27": {"materials": [*RENTAL.materials, RENTAL.materials[0]]},
    "Q28": {"auto_decide": True},
    "Q29": {"target_class": "property"},
    "Q30": {"to_site_times": 2, "to_site_reason": "要来", "online_depth": 3},
    "Q31": {"policies": []},
    "Q33": {"to_site_times": 1, "to_site_reason": "核验原件", "online_depth": 3},
    "Q35": {"region": "341600"},
    "Q36": {"village_code": "340101001201"},
    "Q37": {"intermediaries": ["unknown"]},
    "Q38": asked(library="unknown", required=False),
    "Q39": {"forward_to": "123"},
    "Q40": {"steps": []},
    "Q42": {"appointment": False},
    # R-LOG-08: no meeting, so nobody may have to fetch the result or bring the papers.
    "Q45": {"delivery": ["window"]},
    "Q46": asked(original=True, required=False),
}


@pytest.mark.parametrize("code", BROKEN)
def test_a_broken_rule_is_named(code):
    found = findings(RENTAL.model_copy(update=BROKEN[code]), KNOWN)
    assert code in {one.code for one in found}
    rule = next(rule for rule in RULES if rule.code == code)
    assert next(f.severity for f in found if f.code == code) == rule.severity
    assert rule.code not in {one.code for one in findings(RENTAL, KNOWN)}


def test_a_permit_needs_five_stages_and_an_answered_question():
    told = {f.code for f in findings(PERMIT.model_copy(update={"faqs": []}))}
    assert {"Q13", "Q14"} <= told
    steps = [Step(name=n, detail="") for n in ("申请", "受理", "审查", "决定", "归档")]
    (found,) = findings(PERMIT.model_copy(update={"steps": steps}))
    assert found.code == "Q14"


def test_an_item_that_names_a_catalogue_item_nobody_knows_is_refused():
    assert "Q32" in {f.code for f in findings(RENTAL, Surroundings(negative=True))}


def test_an_item_has_exactly_one_form_that_exists():
    around = Surroundings(catalogue=KNOWN.catalogue, form_missing=True)
    assert [f.code for f in findings(RENTAL, around)] == ["Q41"]


def test_an_undrawn_flow_warns_and_an_unreadable_rule_is_refused():
    undrawn = Surroundings(catalogue=KNOWN.catalogue, flow_missing=True)
    assert [(f.code, f.severity) for f in findings(RENTAL, undrawn)] == [("Q43", "warning")]
    unreadable = Surroundings(catalogue=KNOWN.catalogue, bad_rules=("身份（没有名为“x”的事实）",))
    (found,) = findings(RENTAL, unreadable)
    assert (found.code, found.severity) == ("Q44", "error")


async def test_rules_are_read_against_the_form_and_the_papers_of_their_item(database):
    item = (await catalogue())[RENTAL_NAME]
    point = item.review_points[0]
    paper = item.materials[0].code

    async def said_of(rule: str) -> tuple[str, ...]:
        changed = item.model_copy(
            update={"review_points": [point.model_copy(update={"rule": rule})]}
        )
        return (await surroundings([changed]))[item.code].bad_rules

    assert await said_of(f"form.household_size > 0 and material.{paper}.present") == ()
    assert await said_of("has(source.name)") == ()
    for hostile in ("form.unknown > 1", "material.none.present", "__import__('os')", "form.name >"):
        (fault,) = await said_of(hostile)
        assert fault.startswith(point.name)


async def test_a_charge_that_finance_has_not_listed_is_not_published(database):
    line = FeeLine(name="工本费", code="103044001", amount_fen=2000)
    item = RENTAL.model_copy(update={"fee": [line], "fee_basis": "依据"})

    async def said() -> list[str]:
        around = (await surroundings([item]))[item.code]
        return [f.code for f in findings(item, around) if f.code == "Q47"]

    assert await said() == ["Q47"]
    await listed(item.org, "103044001", most_fen=1999)
    assert await said() == ["Q47"]
    await listed(item.org, "103044001", most_fen=2000, version=1)
    assert await said() == []


def test_a_circle_of_proofs_warns_and_blocks_nothing():
    around = Surroundings(catalogue=KNOWN.catalogue, circles=("甲→乙→甲",))
    (warning,) = check_item(RENTAL, around)
    assert (warning.code, warning.severity) == ("Q34", "warning")
    assert "甲→乙→甲" in warning.message


def test_all_rules_have_their_own_code_and_each_is_tried_here():
    codes = [rule.code for rule in RULES]
    assert len(codes) == len(set(codes)) == 47
    assert set(codes) == {*BROKEN, "Q13", "Q14", "Q32", "Q34", "Q41", "Q43", "Q44", "Q47"}


@pytest.mark.parametrize("name", ["其他材料", "相关证明材料", "身份证等", "其他相关材料"])
def test_a_vague_name_passes_with_its_situation_alone(name):
    vague = PHOTO.model_copy(update={"name": name, "required": False})
    item = RENTAL.model_copy(update={"materials": [*RENTAL.materials, vague]})
    assert "Q21" in {f.code for f in findings(item)}
    told = vague.model_copy(update={"situation": "代办时"})
    item = RENTAL.model_copy(update={"materials": [*RENTAL.materials, told]})
    assert "Q21" not in {f.code for f in findings(item)}


def test_a_machine_decides_only_under_the_three_conditions():
    ready = [m.model_copy(update={"ocr": ["sharp"]}) for m in RENTAL.materials]
    points = [p.model_copy(update={"rule": "has(x)"}) for p in RENTAL.review_points]
    good = RENTAL.model_copy(
        update={"auto_decide": True, "materials": ready, "review_points": points}
    )
    assert findings(good) == []
    for broken in (
        {"materials": [ready[0].model_copy(update={"basis": ""}), ready[1]]},
        {"materials": [ready[0].model_copy(update={"ocr": []}), ready[1]]},
        {"review_points": [points[0].model_copy(update={"rule": ""}), *points[1:]]},
    ):
        assert "Q28" in {f.code for f in findings(good.model_copy(update=broken))}


@pytest.mark.parametrize(
    ("caps", "code"),
    [
        (Ceilings(promise_days=6), "C01"),
        (Ceilings(materials=["个人承诺书"]), "C02"),
        (Ceilings(steps=3), "C04"),
        (Ceilings(conditions=2), "C05"),
    ],
)
def test_a_ceiling_of_the_province_refuses_worse_and_takes_better(caps, code):
    above = KNOWN.catalogue.model_copy(update={"ceilings": caps})
    with pytest.raises(ItemUnfit) as caught:
        check_item(RENTAL, Surroundings(catalogue=above))
    assert [e["code"] for e in caught.value.facts["errors"]] == [code]
    wide = Ceilings(promise_days=7, materials=["个人承诺书", "劳动合同", "户口簿"], steps=4)
    assert (
        check_item(RENTAL, Surroundings(catalogue=above.model_copy(update={"ceilings": wide})))
        == []
    )


def test_a_higher_fee_than_the_ceiling_is_refused():
    above = KNOWN.catalogue.model_copy(update={"ceilings": Ceilings(fee_fen=99)})
    fee = {"fee": [FeeLine(name="费", code="1", amount_fen=100)], "fee_basis": "依据"}
    found = findings(RENTAL.model_copy(update=fee), Surroundings(catalogue=above))
    assert [f.code for f in found] == ["C03"]

"""The catalogue's rules: codes with check signs, and what a guide must say."""

import pytest

from app_server.items.errors import ItemUnfit
from app_server.items.rules import (
    FeeLine,
    Tier3Act,
    TimeLimit,
    check_item,
    is_item_code,
    is_uscc,
)
from app_server.items.seed import _data
from app_server.items.service import ItemFacts


def _rental() -> ItemFacts:
    return ItemFacts.model_validate(_data("items")[0])


@pytest.mark.parametrize(
    "uscc",
    # The first two stand in published standards and codes; the third is ours and fictional.
    ["91350100M000100Y43", "11100000MB0143028R", "11341602MBDM00012U"],
)
def test_both_check_signs_of_a_uscc_hold(uscc: str) -> None:
    assert is_uscc(uscc)


def test_a_uscc_with_one_wrong_sign_is_refused() -> None:
    assert not is_uscc("11341602MBDM00012V")
    assert not is_uscc("11341602MBDM00013U")
    assert not is_uscc("11341602MBDM0001IU")


def test_every_demo_item_keeps_the_rules_and_says_where_its_values_come_from() -> None:
    items = [ItemFacts.model_validate(item) for item in _data("items")]
    assert len(items) >= 12
    assert len({item.code for item in items}) == len(items)
    for item in items:
        check_item(item)
        assert item.provenance
        assert len(item.code) == 31


def test_a_code_of_another_type_is_refused() -> None:
    assert not is_item_code(_rental().code, "01")


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"complaint_phone": "0558-0000001"}, "complaint_phone"),
        ({"fee": [FeeLine(name="工本费", code="1", amount_fen=100)]}, "fee_basis"),
        ({"to_site_times": 1}, "to_site_reason"),
        ({"org": "11341602MBDM00020N"}, "org"),
        ({"code": "X" * 31}, "code"),
        (
            {
                "legal_limit": TimeLimit(days=5, unit="day"),
                "promise_limit": TimeLimit(days=7, unit="day"),
            },
            "promise_limit",
        ),
    ],
)
def test_an_item_that_breaks_a_rule_is_refused_by_name(
    change: dict[str, object], field: str
) -> None:
    with pytest.raises(ItemUnfit) as caught:
        check_item(_rental().model_copy(update=change))
    assert field in {error["field"] for error in caught.value.facts["errors"]}


def test_the_rental_item_says_what_the_story_says() -> None:
    item = _rental()
    assert (item.region, item.min_tier, item.fee_fen) == ("341602", 2, 0)
    assert item.promise_limit == TimeLimit(days=7, unit="day")
    assert [m.name for m in item.materials] == ["个人承诺书", "劳动合同"]
    assert item.materials_before == 11


def test_the_named_services_stand_in_the_catalogue_with_their_tiers() -> None:
    items = {item["name"]: ItemFacts.model_validate(item) for item in _data("items")}
    for name in ("个人在线支付（政务缴费）", "个人征信查询", "个人住房公积金查询"):
        assert items[name].min_tier == 2
    property_item = next(i for n, i in items.items() if n.startswith("不动产转移登记"))
    loan = next(i for n, i in items.items() if n.startswith("创业担保贷款"))
    assert property_item.tier3_act({}) == "申请不动产权证书"
    assert loan.tier3_act({"claim_yuan": 20_000}) == ""
    assert loan.tier3_act({"claim_yuan": 20_001}) == "申领大额资金"
    # What is no sum is refused by the form; it opens no way round the threshold.
    assert loan.tier3_act({"claim_yuan": 20_000.01}) == "申领大额资金"


def test_an_item_of_tier_three_needs_a_proof_for_every_application() -> None:
    item = _rental().model_copy(update={"min_tier": 3})
    assert item.tier3_act({}) == item.name
    assert item.account_tier == 2


@pytest.mark.parametrize("act", [{"field": "sum"}, {"above_fen": 1}])
def test_a_threshold_without_its_field_is_refused(act: dict[str, object]) -> None:
    broken = Tier3Act.model_validate({"name": "申领"} | act)
    with pytest.raises(ItemUnfit) as caught:
        check_item(_rental().model_copy(update={"tier3_acts": [broken]}))
    assert {e["field"] for e in caught.value.facts["errors"]} == {"tier3_acts"}

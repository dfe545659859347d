"""The catalogue's rules: codes with check signs, and what a guide must say."""

import pytest

from app_server.items.errors import ItemUnfit
from app_server.items.rules import FeeLine, TimeLimit, check_item, is_item_code, is_uscc
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

"""One identity in a real browser: a resident steps up, proves acts, represents a company.

In the order it happens, over the whole platform; a window officer and a case officer work in the
console, and `oidc-client-ts`, which nobody here wrote, signs in as a relying party. Pictures of
every step: `build/journey-identity`. The microphone is scripted (telephone tones, which is what
the speech simulator understands), the camera is scripted; both go through the product's own code.
"""

import subprocess
import sys
from typing import Any

import pytest

from tests.journeys.conftest import PROJECT, Phone, Platform, free_ports
from tests.journeys.prepare import OFFICER, PARTY

pytestmark = pytest.mark.timeout(180)
WHOLE_STORY_SECONDS = 90


@pytest.fixture(scope="module")
def story_settings(platform: Platform) -> dict[str, Any]:
    """The relying party's address, known to the provider before the browser opens."""
    port = free_ports(1)
    origin = f"http://party.localhost:{port}"
    subprocess.run(
        [sys.executable, "-m", "tests.journeys.prepare", f"{origin}/callback"],
        cwd=PROJECT,
        env=platform.environment,
        check=True,
        timeout=60,
    )
    party = {"client_id": PARTY, "origin": origin, "port": port}
    return {"pictures": "build/journey-identity", "party": party, "officer": OFFICER}


def test_a_resident_signs_up_and_sees_every_way_to_the_second_tier(phone: Phone) -> None:
    ways = phone.tell("sees every way up")["ways"]
    assert {"银联卡实名认证", "支付宝实名认证", "政务大厅实名窗口"} <= set(ways)


def test_a_wrong_phone_at_the_bank_is_refused_and_nothing_is_lost(phone: Phone) -> None:
    phone.tell("is refused with another phone at the bank")


def test_a_unionpay_card_lifts_to_the_second_tier(phone: Phone) -> None:
    phone.tell("steps up by a UnionPay card")


def test_goes_to_alipay_and_comes_back_with_the_result(phone: Phone) -> None:
    phone.tell("goes to Alipay and comes back")


def test_chooses_a_home_city_and_looks_at_what_it_is_told(phone: Phone) -> None:
    told = phone.tell("chooses a home city and looks at what it is told")
    assert "341602199003074511" not in told["covered"]
    for fact in ("李明轩", "341602199003074511", "13800001111", "合肥市", "中级实名"):
        assert fact in told["told"]


def test_somebody_of_another_province_is_recognised(phone: Phone) -> None:
    phone.tell("somebody of another province is recognised")


def test_sets_the_first_password_of_an_account_that_came_along(phone: Phone) -> None:
    phone.tell("sets the first password of an account that came along")


def test_a_large_claim_asks_for_a_proof_and_keeps_what_was_typed(phone: Phone) -> None:
    methods = phone.tell("a large claim asks for a proof")["methods"]
    assert len(methods) == 4


def test_the_proof_can_be_put_off(phone: Phone) -> None:
    phone.tell("puts the proof off and comes back")


def test_the_live_face_and_spoken_digits_prove_the_act(phone: Phone) -> None:
    assert phone.tell("proves it by the live face and spoken digits")["case_no"]


def test_the_officer_finds_the_evidence_bundle_in_the_case(phone: Phone) -> None:
    told = phone.tell("the officer reads the evidence")["evidence"]
    for word in ("证据链完整", "到现场 0 次", "实时人脸核验", "等同现场办理"):
        assert word in told


def test_registers_a_company_with_the_code_checked_as_it_is_typed(phone: Phone) -> None:
    phone.tell("registers a company")


def test_raises_the_company_by_its_tax_account(phone: Phone) -> None:
    phone.tell("raises the company by its tax account")


def test_delegates_and_takes_it_back(phone: Phone) -> None:
    phone.tell("delegates and takes it back")


def test_an_officer_raises_a_tier_at_the_window(phone: Phone) -> None:
    phone.tell("an officer raises a tier at the window")


def test_an_officer_confirms_a_resident_on_video(phone: Phone) -> None:
    assert phone.tell("an officer confirms a resident on video")["case_no"]


def test_administrators_keep_the_means(phone: Phone) -> None:
    phone.tell("an administrator switches a means off and on")


def test_oidc_client_ts_signs_in_in_the_browser(phone: Phone) -> None:
    user = phone.tell("oidc-client-ts signs in")["user"]
    assert user["profile"]["acr"] == "urn:wanshi:acr:t2"
    assert "341602199003074511" not in str(user)
    assert user["subs"][0] == user["subs"][1]


def test_acts_for_the_company_and_for_oneself_again(phone: Phone) -> None:
    phone.tell("acts for the company and for oneself again")


def test_signs_another_device_out(phone: Phone) -> None:
    phone.tell("signs another device out")


def test_signs_in_with_a_passkey(phone: Phone) -> None:
    phone.tell("signs in with a passkey")


def test_an_officer_signs_in_with_a_second_factor(phone: Phone) -> None:
    phone.tell("an officer signs in with a second factor")


def test_the_whole_story_took_no_longer_than_ninety_seconds(phone: Phone) -> None:
    if phone.stopped_at:
        pytest.skip(f"the story stopped at “{phone.stopped_at}”")
    assert phone.whole <= WHOLE_STORY_SECONDS, (phone.waited, phone.seconds)

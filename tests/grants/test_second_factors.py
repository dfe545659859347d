"""Officers prove two factors: the password and a passkey, or a one-time password in its stead."""

import asyncio
from base64 import b32decode
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP

from app_server.kernel import clock, db
from app_server.kernel.settings import Settings, load
from auth.grants import service as grants
from auth.grants.errors import SecondFactorNeeded
from auth.grants.service import totp
from tests.builders.authenticator import Authenticator
from tests.builders.grants import claims_of
from tests.builders.people import bearer, resident, set_password
from tests.builders.staff import officer

PASSWORD = "Wanshi-Test-2026"
BASE = "/sessions/second-factor"


@pytest.fixture
def required(monkeypatch):
    monkeypatch.setattr(Settings, "second_factor_required", True)


@pytest.fixture
async def who(database):
    found = await officer()
    await set_password(found.id, PASSWORD)
    return found


def authenticator() -> Authenticator:
    return Authenticator(load().origin("staff"))


async def passed(staff_surface, password: str = PASSWORD):
    return await staff_surface.post("/sessions", json={"login": "officer", "password": password})


async def pending(staff_surface) -> str:
    reply = await passed(staff_surface)
    assert (reply.status_code, reply.json()["code"]) == (401, "grants.second_factor_required")
    return reply.json()["pending"]


async def enrolled_passkey(staff_surface, key: Authenticator):
    token = {"pending": await pending(staff_surface)}
    begun = (await staff_surface.post(f"{BASE}/enrolment/passkey/challenges", json=token)).json()
    answer = {"challenge_id": begun["challenge_id"], "credential": key.create(begun["options"])}
    return await staff_surface.post(
        f"{BASE}/enrolment/passkey", json=token | answer | {"name": "工位电脑"}
    )


def code_of(secret: str, at=None) -> str:
    moment = int((at or clock.now()).timestamp())
    return TOTP(b32decode(secret), 6, SHA1(), 30).generate(moment).decode()  # noqa: S303


async def enrolled_totp(staff_surface) -> tuple[str, object]:
    token = {"pending": await pending(staff_surface)}
    made = (await staff_surface.post(f"{BASE}/enrolment/totp/secrets", json=token)).json()
    reply = await staff_surface.post(
        f"{BASE}/enrolment/totp", json=token | {"code": code_of(made["secret"])}
    )
    return made["secret"], reply


async def by_passkey(staff_surface, token: str, key: Authenticator):
    begun = (await staff_surface.post(f"{BASE}/passkey/challenges", json={"pending": token})).json()
    answer = {"challenge_id": begun["challenge_id"], "credential": key.get(begun["options"])}
    return await staff_surface.post(f"{BASE}/passkey", json=answer | {"pending": token})


async def test_a_wrong_password_learns_nothing_of_factors(staff_surface, who, required):
    reply = await passed(staff_surface, "wrong")
    assert reply.json()["code"] == "grants.sign_in_refused"
    assert "methods" not in reply.json()


async def test_where_it_is_optional_demo_officers_enter_by_password(staff_surface, who):
    reply = await passed(staff_surface)
    assert reply.status_code == 201, reply.text
    assert claims_of(reply.json()["access_token"])["amr"] == ["pwd"]


async def test_who_has_none_enrols_a_passkey_in_this_sign_in_and_proves_it_in_the_next(
    staff_surface, who, required
):
    first = await passed(staff_surface)
    assert (first.json()["methods"], first.json()["enrol"]) == ([], ["passkey", "totp"])
    key = authenticator()
    reply = await enrolled_passkey(staff_surface, key)
    assert reply.status_code == 201, reply.text
    assert claims_of(reply.json()["access_token"])["amr"] == ["pwd", "hwk", "mfa"]
    again = await passed(staff_surface)
    assert (again.json()["methods"], again.json()["enrol"]) == (["passkey"], [])
    done = await by_passkey(staff_surface, again.json()["pending"], key)
    assert done.status_code == 201, done.text
    assert done.json()["staff"]["name"] == who.name
    assert "__Host-staff-session=" in done.headers["set-cookie"]
    assert await db.value("SELECT count(*) FROM grants_session") == 2


async def test_who_has_one_is_asked_for_it_even_where_it_is_optional(
    staff_surface, who, monkeypatch
):
    monkeypatch.setattr(Settings, "second_factor_required", True)
    await enrolled_passkey(staff_surface, authenticator())
    monkeypatch.undo()
    assert (await passed(staff_surface)).json()["code"] == "grants.second_factor_required"


async def test_a_second_factor_cannot_be_enrolled_over_an_existing_one(
    staff_surface, who, required
):
    early = await pending(staff_surface)
    await enrolled_passkey(staff_surface, authenticator())
    for path in ("passkey/challenges", "totp/secrets"):
        reply = await staff_surface.post(f"{BASE}/enrolment/{path}", json={"pending": early})
        assert (reply.status_code, reply.json()["code"]) == (409, "grants.already_enrolled")


async def test_another_officers_key_a_residents_key_and_a_used_sign_in_are_refused(
    staff_surface, who, required
):
    key = authenticator()
    await enrolled_passkey(staff_surface, key)
    token = await pending(staff_surface)
    stranger = Authenticator(load().origin("staff"), handle=key.handle)
    assert (await by_passkey(staff_surface, token, stranger)).status_code == 401
    assert (await by_passkey(staff_surface, token, key)).status_code == 201
    over = await staff_surface.post(f"{BASE}/passkey/challenges", json={"pending": token})
    assert (over.status_code, over.json()["code"]) == (401, "grants.sign_in_run_out")
    assert (await passed(staff_surface)).status_code == 401


async def test_a_pending_sign_in_opens_no_route_and_runs_out(
    staff_surface, who, required, monkeypatch
):
    token = await pending(staff_surface)
    headers = {"authorization": f"Bearer {token}"}
    assert (await staff_surface.get("/my/sessions", headers=headers)).status_code == 401
    later = clock.now() + timedelta(minutes=11)
    monkeypatch.setattr(clock, "_source", lambda: later)
    reply = await staff_surface.post(f"{BASE}/enrolment/totp/secrets", json={"pending": token})
    assert reply.json()["code"] == "grants.sign_in_run_out"


async def test_a_one_time_password_serves_where_there_is_no_authenticator_and_only_once(
    staff_surface, who, required, monkeypatch
):
    now = clock.now()
    secret, reply = await enrolled_totp(staff_surface)
    assert reply.status_code == 201, reply.text
    assert claims_of(reply.json()["access_token"])["amr"] == ["pwd", "otp", "mfa"]
    stored = await db.value("SELECT secret FROM grants_totp")
    assert secret not in stored
    assert b32decode(secret).hex() not in stored
    token = await pending(staff_surface)
    # The code that enrolled it was shown: it is not taken again.
    replay = await staff_surface.post(
        f"{BASE}/totp", json={"pending": token, "code": code_of(secret, now)}
    )
    assert (replay.status_code, replay.json()["code"]) == (401, "grants.factor_refused")
    later = now + timedelta(seconds=60)
    monkeypatch.setattr(clock, "_source", lambda: later)
    done = await staff_surface.post(
        f"{BASE}/totp", json={"pending": token, "code": code_of(secret, later)}
    )
    assert done.status_code == 201, done.text


async def test_of_twenty_uses_of_one_code_at_once_one_succeeds(
    staff_surface, who, required, monkeypatch
):
    secret, _ = await enrolled_totp(staff_surface)
    later = clock.now() + timedelta(seconds=60)
    monkeypatch.setattr(clock, "_source", lambda: later)
    results = await asyncio.gather(
        *(totp.prove_totp(who.id, code_of(secret, later)) for _ in range(20)),
        return_exceptions=True,
    )
    assert results.count(None) == 1


async def test_an_app_counts_only_with_its_first_code(staff_surface, who, required):
    token = {"pending": await pending(staff_surface)}
    made = (await staff_surface.post(f"{BASE}/enrolment/totp/secrets", json=token)).json()
    assert made["uri"].startswith("otpauth://totp/")
    wrong = f"{(int(code_of(made['secret'])) + 1) % 10**6:06d}"
    reply = await staff_surface.post(f"{BASE}/enrolment/totp", json=token | {"code": wrong})
    assert reply.json()["code"] == "grants.factor_refused"
    assert await db.value("SELECT count(*) FROM grants_totp") == 0


async def test_five_wrong_codes_lock_the_factor_over_any_number_of_sign_ins(
    staff_surface, who, required, monkeypatch
):
    secret, _ = await enrolled_totp(staff_surface)
    later = clock.now() + timedelta(seconds=60)
    monkeypatch.setattr(clock, "_source", lambda: later)
    right = code_of(secret, later)
    wrong = f"{(int(right) + 500_000) % 10**6:06d}"
    codes = []
    for guess in (wrong,) * 5 + (right,):
        token = await pending(staff_surface)
        reply = await staff_surface.post(f"{BASE}/totp", json={"pending": token, "code": guess})
        codes.append(reply.json()["code"])
    assert codes == ["grants.factor_refused"] * 5 + ["grants.too_many_tries"]


async def test_own_factors_are_listed_added_and_the_last_one_stays(staff_surface, who, required):
    key = authenticator()
    entered = await enrolled_passkey(staff_surface, key)
    headers = {"authorization": f"Bearer {entered.json()['access_token']}"}
    found = (await staff_surface.get("/my/second-factors", headers=headers)).json()
    assert (len(found["passkeys"]), found["totp"], found["required"]) == (1, False, True)
    path = f"/my/passkeys/{found['passkeys'][0]['id']}"
    last = await staff_surface.delete(path, headers=headers)
    assert (last.status_code, last.json()["code"]) == (409, "grants.last_factor")
    assert await db.value("SELECT count(*) FROM grants_passkey") == 1
    begun = (await staff_surface.post("/my/passkeys/challenges", headers=headers)).json()
    spare = authenticator()
    added = await staff_surface.post(
        "/my/passkeys",
        headers=headers,
        json={
            "challenge_id": begun["challenge_id"],
            "credential": spare.create(begun["options"]),
            "name": "备用",
        },
    )
    assert added.status_code == 201, added.text
    assert (await staff_surface.delete(path, headers=headers)).status_code == 204


async def test_a_security_administrator_removes_lost_factors_and_sessions_end(
    staff_surface, who, required
):
    entered = await enrolled_passkey(staff_surface, authenticator())
    headers = {"authorization": f"Bearer {entered.json()['access_token']}"}
    path = f"/staff/{who.id}/second-factors"
    for stranger, status in ((headers, 403), (None, 401)):
        assert (await staff_surface.delete(path, headers=stranger)).status_code == status
    security = await officer("security_admin", login="sec")
    admin = await bearer(security)
    own = await staff_surface.delete(f"/staff/{security.id}/second-factors", headers=admin)
    assert own.json()["code"] == "grants.another_administrator_needed"
    assert (await staff_surface.delete(path, headers=admin)).status_code == 204
    assert not await grants.alive(claims_session(entered))
    assert (await passed(staff_surface)).json()["enrol"] == ["passkey", "totp"]


def claims_session(reply):
    from uuid import UUID

    return UUID(claims_of(reply.json()["access_token"])["sid"])


async def test_a_residents_passkey_is_no_officers(public, staff_surface, who, required):
    from tests.grants.test_passkeys import authenticator as residents
    from tests.grants.test_passkeys import registered

    key = residents()
    assert (await registered(public, await bearer(await resident()), key)).status_code == 201
    await enrolled_passkey(staff_surface, authenticator())
    key.origin = load().origin("staff")
    token = await pending(staff_surface)
    assert (await by_passkey(staff_surface, token, key)).status_code == 401


async def test_a_password_of_ninety_days_is_changed_before_the_session_opens(
    staff_surface, who, monkeypatch
):
    monkeypatch.setattr(Settings, "officers_password_days", 90)
    await db.execute("UPDATE grants_password SET changed_at = now() - interval '91 days'")
    reply = await passed(staff_surface)
    assert (reply.status_code, reply.json()["code"]) == (401, "grants.password_outdated")
    token = {"pending": reply.json()["pending"]}
    for bad, code in ((PASSWORD, "same_password"), ("lowercase-only", "weak_password")):
        refused = await staff_surface.post("/sessions/password", json=token | {"password": bad})
        assert refused.json()["code"] == f"grants.{code}"
    done = await staff_surface.post(
        "/sessions/password", json=token | {"password": "Another-Fine-2026"}
    )
    assert done.status_code == 201, done.text
    assert (await passed(staff_surface, "Another-Fine-2026")).status_code == 201


async def test_an_old_password_alone_does_not_get_past_the_second_factor_by_being_changed(
    staff_surface, who, required, monkeypatch
):
    monkeypatch.setattr(Settings, "officers_password_days", 90)
    await enrolled_passkey(staff_surface, authenticator())
    await db.execute("UPDATE grants_password SET changed_at = now() - interval '91 days'")
    token = {"pending": await pending(staff_surface)}
    reply = await staff_surface.post(
        "/sessions/password", json=token | {"password": "Another-Fine-2026"}
    )
    assert reply.json()["code"] == "grants.sign_in_run_out"


def test_production_requires_the_second_factor_and_changes_passwords():
    served = Settings(env="production")
    assert served.second_factor_required
    assert served.officers_password_days == 90
    said = Settings(env="production", staff_second_factor="optional").findings()
    assert "staff_second_factor 在生产环境必须为 required" in said
    assert not Settings(env="development").second_factor_required
    assert Settings(env="development").officers_password_days == 0
    assert Settings(env="development", staff_second_factor="required").second_factor_required


async def test_the_service_says_what_is_missing(who, required):
    with pytest.raises(SecondFactorNeeded) as caught:
        await grants.sign_in_staff("officer", PASSWORD)
    assert set(caught.value.facts) == {"pending", "expires_in_s", "methods", "enrol"}

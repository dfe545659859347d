"""A city's legacy users: merged once, never twice, every refusal with its reason (R-ID-25)."""

import asyncio
import csv
import io

import httpx
import pytest

from app_server.kernel import db
from auth.grants.rules import TERMS_VERSION
from auth.identity import service as identity
from auth.people import service as people
from tests.bench.federation import mixed_rows
from tests.builders.federation import BOZHOU, HEFEI, PASSWORD, city, legacy_row, ndjson, sha256
from tests.builders.identity import post
from tests.builders.people import bearer, id_number, phone, resident, set_password
from tests.builders.staff import administrator, officer

PATH = "/federation/imports"
NDJSON = {"content-type": "application/x-ndjson"}


class City:
    """A city that sends its file."""

    def __init__(self, partner, token, deliver):
        self.partner, self.token, self.deliver = partner, token, deliver

    async def open(self, parts: list[bytes]) -> dict:
        body = {"digest": sha256(b"".join(parts)), "parts": len(parts)}
        reply = await self.partner.post(PATH, json=body, headers=self.token)
        assert reply.status_code == 201, reply.text
        return reply.json()

    async def part(self, job, number, body, kind=NDJSON):
        return await self.partner.put(
            f"{PATH}/{job['id']}/parts/{number}", content=body, headers=self.token | kind
        )

    async def send(self, *parts: bytes, kind=NDJSON) -> dict:
        job = await self.open(list(parts))
        for number, body in enumerate(parts, 1):
            reply = await self.part(job, number, body, kind)
            assert reply.status_code == 202, reply.text
        await self.deliver()
        return await self.read(job)

    async def read(self, job) -> dict:
        return (await self.partner.get(f"{PATH}/{job['id']}", headers=self.token)).json()

    async def conflicts(self, job) -> dict[int, str]:
        reply = await self.partner.get(f"{PATH}/{job['id']}/conflicts", headers=self.token)
        assert all(row["reason_name"] for row in reply.json()["items"])
        return {row["line"]: row["reason"] for row in reply.json()["items"]}


@pytest.fixture
async def bozhou(web, partner, listeners, simulators, deliver):
    peer, row = await city(BOZHOU)
    return City(partner, await peer.token(web, listeners["public"], row.client_id), deliver)


async def in_registry(simulators, *rows):
    for row in rows:
        await post(
            simulators["exchange"],
            "/__people",
            {
                "id_number": row["cert_no"], "name": row["user_name"],
                "sex": {"1": "male", "2": "female"}[row["user_sex"]],
                "ethnic_group": row["user_nation"], "portrait": None,
                "valid_from": "2020-01-01", "valid_until": None, "life": "alive",
            },
        )  # fmt: skip


async def everything() -> dict[str, int]:
    """How many rows every table of people and proofs has."""
    tables = ("people_person", "identity_evidence", "federation_link", "federation_home")
    return {t: await db.value(f"SELECT count(*) FROM {t}") for t in tables} | {
        "events": await db.value(
            "SELECT count(*) FROM kernel_event WHERE name NOT LIKE 'federation.import%'"
        )
    }


async def test_strangers_and_clients_without_the_scope_send_nothing(partner, web, listeners):
    body = {"digest": "0" * 64, "parts": 1}
    assert (await partner.post(PATH, json=body)).status_code == 401
    from auth.grants import service as grants

    secret = await grants.add_client(client_id="a-mini-app", name="x", scopes=["notify.send"])
    token = await grants.client_token("a-mini-app", secret)
    headers = {"authorization": f"Bearer {token.access_token}"}
    assert (await partner.post(PATH, json=body, headers=headers)).status_code == 403


async def test_a_scope_without_a_platform_is_nobodys_city(partner):
    from auth.grants import service as grants

    secret = await grants.add_client(client_id="odd", name="x", scopes=["federation.import"])
    token = await grants.client_token("odd", secret)
    headers = {"authorization": f"Bearer {token.access_token}"}
    reply = await partner.post(PATH, json={"digest": "0" * 64, "parts": 1}, headers=headers)
    assert reply.json()["code"] == "federation.no_such_platform"


async def test_another_city_neither_sees_nor_feeds_an_import(bozhou, web, listeners, deliver):
    job = await bozhou.open([b"x"])
    peer, row = await city(HEFEI)
    token = await peer.token(web, listeners["public"], row.client_id)
    other = City(bozhou.partner, token, deliver)
    for reply in (
        await other.part(job, 1, ndjson([legacy_row(id_number())])),
        await other.partner.get(f"{PATH}/{job['id']}", headers=token),
        await other.partner.get(f"{PATH}/{job['id']}/conflicts", headers=token),
    ):
        assert reply.json()["code"] == "federation.no_such_import"


async def test_valid_rows_are_merged_and_conflicts_reported_each_with_its_reason(
    bozhou, simulators
):
    known = await resident(name="王秀兰")
    facts = await people.person(known.subject)
    fresh = [legacy_row(id_number(), "李明轩", phone()) for _ in range(3)]
    stranger = legacy_row(id_number(), "赵无名", phone())
    await in_registry(simulators, *fresh)
    rows = [
        fresh[0],
        fresh[1],
        legacy_row(facts.id_number, "王秀兰", facts.phone),
        legacy_row(facts.id_number, "王秀南", facts.phone),
        legacy_row(id_number(), "李明轩", fresh[0]["user_mobile"]),
        stranger,
        fresh[0],
        fresh[1] | {"user_name": "李明辕"},
        fresh[2]
        | {"cert_no": fresh[2]["cert_no"][:-1] + ("0" if fresh[2]["cert_no"][-1] != "0" else "1")},
        {"cert_no": "x"},
        legacy_row(id_number("20150307"), "李小小", phone()),
    ]
    await in_registry(simulators, rows[4])
    job = await bozhou.send(ndjson(rows[:5]) + b"\n", ndjson(rows[5:]) + b"\nnot json")
    assert (job["state"], job["merged"], job["next_part"]) == ("done", 2, None)
    assert job["counts"] == {"added": 2, "linked": 1, "duplicate": 1, "conflict": 8}
    assert await bozhou.conflicts(job) == {
        4: "name_differs",
        5: "phone_taken",
        6: "registry_mismatch",
        8: "name_differs",
        9: "id_number_invalid",
        10: "format",
        11: "too_young",
        12: "format",
    }
    added = await people.find_by_id_number(fresh[0]["cert_no"])
    assert await identity.tier_of_person(added) == 1
    assert [e.source for e in await identity.evidence_of(added)] == ["city_legacy"]
    assert await people.find_by_id_number(stranger["cert_no"]) is None


async def test_the_same_file_again_changes_nothing(bozhou, simulators):
    fresh = [legacy_row(id_number(), "李明轩", phone()) for _ in range(4)]
    await in_registry(simulators, *fresh)
    parts = [ndjson([*fresh[:2], {"cert_no": "x"}, fresh[0]]), ndjson(fresh[2:])]
    first = await bozhou.send(*parts)
    assert first["counts"] == {"added": 4, "duplicate": 1, "conflict": 1}
    before = await everything()
    second = await bozhou.send(*parts)
    assert second["id"] != first["id"]
    assert second["counts"] == {"unchanged": 4, "duplicate": 1, "conflict": 1}
    assert await everything() == before
    assert await bozhou.conflicts(second) == await bozhou.conflicts(first)


async def test_while_the_registry_is_away_nobody_is_admitted_and_nothing_is_lost(
    bozhou, simulators, deliver
):
    row = legacy_row(id_number(), "李明轩", phone())
    await in_registry(simulators, row)
    service = {"service": "population.four_fields"}
    await post(simulators["exchange"], "/__ill", service | {"mode": "broken"})
    try:
        job = await bozhou.send(ndjson([row]))
        assert (job["state"], job["merged"], job["counts"]) == ("receiving", 0, {})
        assert await people.find_by_id_number(row["cert_no"]) is None
    finally:
        await post(simulators["exchange"], "/__ill", service | {"mode": ""})
    await db.execute("UPDATE kernel_delivery SET run_at = now() - interval '1 minute'")
    await deliver()
    assert (await bozhou.read(job))["counts"] == {"added": 1}


async def test_parts_come_in_order_once_and_unchanged(bozhou):
    a, b = ndjson([{"cert_no": "a"}]), ndjson([{"cert_no": "b"}])
    job = await bozhou.open([a, b])
    early = await bozhou.part(job, 2, b)
    assert (early.status_code, early.json()["next"]) == (409, 1)
    assert (await bozhou.part(job, 1, a)).json()["received"] == 1
    assert (await bozhou.part(job, 1, a)).json()["received"] == 1
    assert (await bozhou.part(job, 1, b)).status_code == 409
    assert (await bozhou.open([a, b]))["id"] == job["id"]
    assert (await bozhou.part(job, 2, b)).json()["next_part"] is None
    assert (await bozhou.part(job, 3, a)).status_code == 409
    await bozhou.deliver()
    assert await bozhou.conflicts(job) == {1: "format", 2: "format"}


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b"", NDJSON, 422),
        (b"\xff\xfe", NDJSON, 422),
        (b'{"a":"\x00"}', NDJSON, 422),
        (b"{}\n" * 2_001, NDJSON, 422),
        (b"{}", {"content-type": "application/json"}, 415),
        (b"x" * (2 * 1024 * 1024 + 1), NDJSON, 413),
    ],
)
async def test_a_part_that_cannot_be_read_is_refused_whole(body, kind, status, bozhou):
    job = await bozhou.open([body])
    assert (await bozhou.part(job, 1, body, kind)).status_code == status
    assert (await bozhou.read(job))["received"] == 0


async def test_a_csv_of_the_same_fields_is_taken_as_well(bozhou, simulators):
    rows = [legacy_row(id_number(), "李明轩", phone()) for _ in range(2)]
    await in_registry(simulators, *rows)
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    text.write("111,x,too,few\n")
    body = b"\xef\xbb\xbf" + text.getvalue().encode()
    job = await bozhou.send(body, kind={"content-type": "text/csv; charset=utf-8"})
    assert job["counts"] == {"added": 2, "conflict": 1}
    assert await bozhou.conflicts(job) == {3: "format"}


async def test_what_was_merged_is_wiped_and_the_report_names_nobody(bozhou, simulators):
    row = legacy_row(id_number(), "李明轩", phone())
    await in_registry(simulators, row)
    job = await bozhou.send(ndjson([row, row | {"cert_no": "341602"}]))
    bodies = await db.rows("SELECT body FROM federation_import_part")
    from app_server.kernel.crypto import unseal

    assert [unseal(b["body"], "federation_import_part.body") for b in bodies] == [""]
    report = str([dict(r) for r in await db.rows("SELECT * FROM federation_import_row")])
    told = str(await db.rows("SELECT payload FROM kernel_event"))
    for secret in (row["cert_no"], row["user_mobile"], "李明轩"):
        assert secret not in report
        assert secret not in told
    assert job["counts"]["added"] == 1


async def test_administrators_see_the_imports_and_other_officers_do_not(bozhou, staff_surface):
    await bozhou.send(ndjson([{"cert_no": "x"}]))
    assert (await staff_surface.get(PATH)).status_code == 401
    other = await bearer(await officer())
    assert (await staff_surface.get(PATH, headers=other)).status_code == 403
    headers = await bearer(await administrator())
    found = (await staff_surface.get(PATH, headers=headers)).json()["items"]
    assert [(i["platform"], i["state"]) for i in found] == [(BOZHOU, "done")]
    path = f"{PATH}/{found[0]['id']}/conflicts"
    rows = (await staff_surface.get(path, headers=headers)).json()["items"]
    assert [(r["line"], r["reason"]) for r in rows] == [(1, "format")]


async def test_two_cities_with_the_same_person_at_once_make_one_account(
    bozhou, web, partner, listeners, simulators, deliver
):
    peer, row = await city(HEFEI)
    hefei = City(partner, await peer.token(web, listeners["public"], row.client_id), deliver)
    rows = [legacy_row(id_number(), "李明轩", phone()) for _ in range(5)]
    await in_registry(simulators, *rows)
    jobs = await asyncio.gather(bozhou.send(ndjson(rows)), hefei.send(ndjson(rows[::-1])))
    # A row that meets its twin is tried again: how often depends on who was faster.
    for _ in range(10):
        await db.execute("UPDATE kernel_delivery SET run_at = now() - interval '1 minute'")
        await deliver()
        counts = [(await c.read(j))["counts"] for c, j in zip((bozhou, hefei), jobs, strict=True)]
        if sum(sum(c.values()) for c in counts) == 2 * len(rows):
            break
    assert await db.value("SELECT count(*) FROM people_person") == 5
    assert sum(c.get("added", 0) for c in counts) == 5
    assert sum(c.get("linked", 0) for c in counts) == 5


async def test_two_thousand_mixed_rows_are_merged_and_the_second_run_changes_nothing(
    bozhou, monkeypatch
):
    rows, expected = mixed_rows(2_000)

    async def agrees(**_: str) -> str:
        return "matched"

    # The registry's own part is measured by the bench; here it would only take time.
    monkeypatch.setattr("auth.identity.service.ask_four_fields", agrees)
    parts = [ndjson(rows[n : n + 1_000]) for n in range(0, 2_000, 1_000)]
    first = await bozhou.send(*parts)
    assert (first["state"], first["counts"]) == ("done", expected)
    before = await everything()
    second = await bozhou.send(*parts)
    again = dict(expected)
    again["unchanged"] = again.pop("added")
    assert second["counts"] == again
    assert await everything() == before


async def first_code(public, simulators, deliver, number: str) -> str:
    reply = await public.post("/first-sign-in/codes", json={"phone": number})
    assert reply.status_code == 202, reply.text
    await deliver()
    async with httpx.AsyncClient(trust_env=False) as box:
        found = await box.get(f"{simulators['sms']}/messages", params={"phone": number})
    return found.json()[0]["Content"].partition("验证码 ")[2][:6]


async def test_a_brought_user_sets_a_password_by_code_and_the_whole_id_number(
    bozhou, public, simulators, deliver
):
    row = legacy_row(id_number(), "李明轩", phone())
    await in_registry(simulators, row)
    await bozhou.send(ndjson([row]))
    refused = await public.post(
        "/sessions", json={"login": row["user_mobile"], "password": PASSWORD}
    )
    assert refused.status_code == 401
    code = await first_code(public, simulators, deliver, row["user_mobile"])
    told = {
        "phone": row["user_mobile"], "id_number": row["cert_no"], "code": code,
        "password": PASSWORD, "terms_version": TERMS_VERSION,
    }  # fmt: skip
    wrong = await public.post("/first-sign-in", json=told | {"id_number": id_number()})
    assert (wrong.status_code, wrong.json()["code"]) == (422, "people.code_refused")
    old = await public.post("/first-sign-in", json=told | {"terms_version": "2020-01"})
    assert old.json()["code"] == "grants.terms_outdated"
    reply = await public.post("/first-sign-in", json=told)
    assert reply.status_code == 201, reply.text
    assert (reply.json()["person"]["tier"], reply.json()["person"]["display_name"]) == (1, "李*轩")
    assert "__Host-session=" in reply.headers["set-cookie"]
    again = await public.post("/sessions", json={"login": row["user_mobile"], "password": PASSWORD})
    assert again.status_code == 201


async def test_an_account_with_a_password_is_not_opened_that_way(public, simulators, deliver):
    person = await resident()
    facts = await people.person(person.subject)
    await set_password(person.subject, PASSWORD)
    code = await first_code(public, simulators, deliver, facts.phone)
    told = {
        "phone": facts.phone, "id_number": facts.id_number, "code": code,
        "password": "别的石狮子2026", "terms_version": TERMS_VERSION,
    }  # fmt: skip
    reply = await public.post("/first-sign-in", json=told)
    assert (reply.status_code, reply.json()["code"]) == (422, "people.code_refused")

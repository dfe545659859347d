"""The machine's look at papers: a queue with progress, advice, and nothing kept of the text."""

from datetime import date

import pytest

from app_server.forms import rules, service
from app_server.forms.rules import Reading
from app_server.forms.service.checks import LEASE
from app_server.kernel import clock, db
from app_server.kernel.errors import InvalidInput
from tests.builders.papers import LINES, paper
from tests.builders.people import resident
from tests.forms.test_materials import draft_with

ALL = ["name", "id_number", "signature_date", "sharp"]


@pytest.fixture(scope="module", autouse=True)
async def reader():
    """One reading process for all tests here."""
    yield
    await service.close_reader()


def told(draft: service.DraftFacts) -> list[str]:
    return [finding["code"] for finding in draft.materials[0]["check"]["findings"]]


async def test_papers_wait_in_a_queue_are_read_and_judged(database, simulators):
    owner = await resident(number="341602199003074511")
    sound = await draft_with(owner, ocr=ALL)
    await service.put_material(owner.subject, sound.id, "paper", paper(), "好")
    other = (
        *LINES[:1],
        "本人王小明，身份证号码341602198001011239，",
        "签名：王小明",
        "2099年1月1日",
    )
    foreign = await draft_with(owner, ocr=ALL, check_required=True)
    after = await service.put_material(owner.subject, foreign.id, "paper", paper(other), "别人")
    check = after.materials[0]["check"]
    assert (check["state"], check["ahead"], check["passed"]) == ("waiting", 1, None)
    blurred = await draft_with(owner, ocr=["sharp"])
    await service.put_material(owner.subject, blurred.id, "paper", paper(blur=9), "糊")
    while await service.read_one():
        pass
    assert told(await service.draft(owner.subject, sound.id)) == []
    assert (await service.draft(owner.subject, sound.id)).materials[0]["check"]["passed"] is True
    found = await service.draft(owner.subject, foreign.id)
    assert told(found) == ["name_absent", "id_number_differs", "signature_date_future"]
    with pytest.raises(InvalidInput) as caught:
        rules.check_materials(found.materials)
    assert "未通过检查" in caught.value.facts["errors"][0]["message"]
    last = (await service.draft(owner.subject, blurred.id)).materials[0]
    assert {"blurred", "unreadable"} & {f["code"] for f in last["check"]["findings"]}
    # Advice: where the item does not insist, the person may go on.
    rules.check_materials([last])
    kept = await db.rows("SELECT * FROM forms_precheck")
    assert not any("王小明" in str(dict(row)) or "3416" in str(dict(row)) for row in kept)


async def test_a_reader_that_fails_stops_nobody_and_gives_up_after_three_tries(
    database, simulators, monkeypatch
):
    class Broken:
        async def run(self, *_: object) -> None:
            raise RuntimeError("no model")

    monkeypatch.setattr("app_server.forms.service.checks.reader_pool", Broken)
    owner = await resident()
    draft = await draft_with(owner, ocr=["name"], check_required=True)
    await service.put_material(owner.subject, draft.id, "paper", paper(), "x")
    for _ in range(3):
        await db.execute("UPDATE forms_precheck SET lease_until=NULL")
        assert await service.read_one()
    assert not await service.read_one()
    found = (await service.draft(owner.subject, draft.id)).materials
    assert found[0]["check"]["state"] == "failed"
    rules.check_materials(found)


async def test_a_paper_whose_reader_died_is_read_by_another(database, simulators, monkeypatch):
    class Reads:
        async def run(self, *_: object) -> Reading:
            return Reading((("李明轩", 0.99),), 500.0)

    monkeypatch.setattr("app_server.forms.service.checks.reader_pool", Reads)
    owner = await resident()
    draft = await draft_with(owner, ocr=["name"])
    await service.put_material(owner.subject, draft.id, "paper", paper(), "x")
    await db.execute(
        "UPDATE forms_precheck SET state='reading', attempts=1, lease_until=$1",
        clock.now() + LEASE,
    )
    assert not await service.read_one()
    await db.execute("UPDATE forms_precheck SET lease_until=$1", clock.now() - LEASE)
    assert await service.read_one()
    assert told(await service.draft(owner.subject, draft.id)) == []


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (["李 明 轩 341602 19900307 4511", "2026.11.20"], []),
        ([], ["unreadable"]),
        (["李明轩", "2026年13月40日"], ["id_number_absent", "signature_date_absent"]),
        (["李明轩 341602199003074511", "2025-1-1", "2027年1月1日"], ["signature_date_future"]),
        (["李明宣 341602199003074511 2026年1月1日"], ["name_absent"]),
    ],
)
def test_what_is_read_is_compared_with_the_applicant(lines, expected):
    reading = Reading(tuple((line, 0.99) for line in lines), 500.0)
    found = rules.findings(
        reading, ALL, name="李明轩", id_number="341602199003074511", today=date(2026, 11, 22)
    )
    assert found == expected

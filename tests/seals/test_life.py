"""A seal's life: legal steps in order by two hands, every other jump refused (R-SEA-01)."""

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app_server.kernel import db
from app_server.seals import service as seals
from app_server.seals.errors import (
    AlreadyHasSeal,
    BadPicture,
    NoSuchSeal,
    NoUsableSeal,
    SamePerson,
    SealNotInThisState,
    UnknownStep,
)
from app_server.seals.models import Seal, Step
from app_server.seals.rules import life, ses
from app_server.seals.service import SealWanted
from tests.builders.seals import GROUND, applied, authority, issued, keeper
from tests.builders.staff import ORG, officer


async def test_an_officer_of_another_organisation_finds_no_seal(database):
    seal_id = await applied(await keeper())
    stranger = await officer("seal_keeper", login="stranger", org="11341602MB9999999X")
    with pytest.raises(NoSuchSeal):
        await seals.take(stranger, seal_id, "report_lost", GROUND)
    assert await seals.seals(stranger) == []


async def test_whoever_applied_does_not_review(database):
    head = await authority()
    seal_id = await applied(head)
    with pytest.raises(SamePerson):
        await seals.take(head, seal_id, "approve", GROUND)


async def test_a_seal_goes_from_application_to_use_and_each_step_has_officer_and_document(database):
    by, head, second = await keeper(), await authority(), await authority("second")
    seal_id = await issued(by, head, second)
    found = await Seal.get(id=seal_id)
    assert (found.state, found.record_no) == ("issued", GROUND.document)
    taken = await seals.steps(by, seal_id)
    assert [row.deed for row in taken] == ["apply", "approve", "make", "record", "issue"]
    assert all(row.officer.startswith("staff:") and row.document for row in taken)
    made = ses.read_seal(bytes(found.esl))
    assert (made.facts.name, made.facts.seal_id) == (found.name, found.code)
    assert made.facts.picture.data.startswith(b"\x89PNG")


async def test_without_an_authority_no_seal_is_made(database):
    by, head = await keeper(), await authority()
    seal_id = await applied(by)
    await seals.take(head, seal_id, "approve", GROUND)
    with pytest.raises(NoUsableSeal):
        await seals.take(head, seal_id, "make", GROUND)
    assert (await Seal.get(id=seal_id)).state == "approved"


async def test_whoever_asked_for_destruction_does_not_destroy_and_then_the_keys_are_gone(database):
    by, head, second = await keeper(), await authority(), await authority("second")
    seal_id = await issued(by, head, second)
    await seals.take(head, seal_id, "retire", GROUND)
    with pytest.raises(SamePerson):
        await seals.take(head, seal_id, "destroy", GROUND)
    await seals.take(second, seal_id, "destroy", GROUND)
    found = await Seal.get(id=seal_id)
    assert (found.state, found.sm2_key, found.p256_key) == ("destroyed", "", "")


async def test_of_twenty_reviews_at_once_one_counts(database):
    seal_id = await applied(await keeper())
    heads = [await authority(f"head{n}") for n in range(4)]
    told = await asyncio.gather(
        *(
            seals.take(heads[n % 4], seal_id, "approve" if n % 2 else "reject", GROUND)
            for n in range(20)
        ),
        return_exceptions=True,
    )
    assert sum(answer is None for answer in told) == 1
    assert {type(answer) for answer in told if answer} == {SealNotInThisState}
    assert await Step.filter(seal_id=seal_id).count() == 2


async def test_an_organisation_has_one_standing_seal_of_a_name(database):
    by = await keeper()
    first = await applied(by)
    with pytest.raises(AlreadyHasSeal):
        await applied(by)
    await seals.take(await authority(), first, "reject", GROUND)
    await applied(by)


@pytest.mark.parametrize("picture", [b"", b"GIF89a", b"\x89PNG\r\n\x1a\n" + b"0" * 64])
async def test_a_print_that_is_no_picture_is_refused(database, picture):
    wanted = SealWanted(ORG, "演示住房城乡建设局", "341602", "合同专用章", picture)
    with pytest.raises(BadPicture):
        await seals.apply(await keeper(), wanted, GROUND)
    assert await Seal.all().count() == 0


async def test_a_lost_seals_certificates_are_revoked_and_the_lists_say_so(database, deliver):
    by, head, second = await keeper(), await authority(), await authority("second")
    seal_id = await issued(by, head, second)
    numbers = [row.list_number for row in await seals.trust_list()]
    await seals.take(by, seal_id, "report_lost", GROUND)
    assert (
        await db.value(
            "SELECT count(*) FROM seals_certificate WHERE holder=$1 AND reason='key_compromise'",
            f"seal:{seal_id}",
        )
        == 2
    )
    await deliver()
    assert [row.list_number for row in await seals.trust_list()] == [n + 1 for n in numbers]


@given(st.sampled_from([*life.STEPS, "fly"]), st.sampled_from([None, *life.STATE_NAMES]))
def test_a_step_is_legal_exactly_where_the_table_has_its_edge(name, state):
    try:
        edge = life.step(name, state, "staff:1", {})
    except UnknownStep:
        assert name not in life.STEPS
    except SealNotInThisState:
        sources = life.STEPS[name].sources
        assert state not in sources if state else sources
    else:
        assert edge.to in life.STATE_NAMES
        assert state in edge.sources if state else not edge.sources


@given(st.lists(st.sampled_from(list(life.STEPS)), max_size=12))
def test_whatever_is_tried_a_destroyed_or_rejected_seal_never_comes_back(names):
    state = None
    for name in names:
        was = state
        try:
            state = life.step(name, state, "staff:1", {}).to
        except SealNotInThisState:
            continue
        assert was not in {"destroyed", "rejected"}

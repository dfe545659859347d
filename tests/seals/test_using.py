"""A seal is used with leave only, once for each decision, and each use is on record (R-SEA-05)."""

import asyncio
from datetime import timedelta

import pytest

from app_server.kernel import clock, db
from app_server.kernel.crypto import sm3
from app_server.kernel.principal import Principal
from app_server.seals import service as seals
from app_server.seals.errors import (
    CertificateRefused,
    NoSuchLeave,
    NotAuthorised,
    NoUsableSeal,
    SealNotInThisState,
)
from app_server.seals.models import Leave, Use
from tests.builders.seals import GROUND, applied, authority, issued, keeper, leave
from tests.builders.staff import ORG, officer

TYPE = "11340000MB0000000M001"
CONTENT = b'{"holder":"x"}'
DIGEST = sm3(CONTENT).hex()


@pytest.fixture
async def seal(database):
    """An issued seal and its keeper."""
    by, head, second = await keeper(), await authority(), await authority("second")
    return await issued(by, head, second), by


async def ask(by: Principal, **changes):
    options = {"document_type": TYPE, "item": "item-1"} | changes
    return await seals.authorise(by, ORG, DIGEST, "test", **options)


async def test_without_leave_nobody_uses_a_seal(seal):
    with pytest.raises(NotAuthorised):
        await ask(await officer())
    assert await Use.all().count() == 0


async def test_a_seal_that_is_not_issued_yet_is_no_seal(database):
    seal_id = await applied(await keeper())
    with pytest.raises(NoUsableSeal):
        await ask(await officer())
    with pytest.raises(SealNotInThisState):
        await seals.grant(await keeper("k2"), seal_id, leave("post:case_approver"))


@pytest.mark.parametrize(
    "changes",
    [
        {"holder": "post:case_head"},
        {"holder": "staff:01980000-0000-7000-8000-000000000000"},
        {"document_type": "11340000MB0000000M002"},
        {"item": "item-2"},
        {"valid_from": clock.today() + timedelta(days=1)},
        {"valid_to": clock.today() - timedelta(days=1)},
    ],
)
async def test_leave_for_something_else_is_no_leave(seal, changes):
    seal_id, by = seal
    await seals.grant(by, seal_id, leave(**({"holder": "post:case_approver"} | changes)))
    with pytest.raises(NotAuthorised):
        await ask(await officer())


async def test_leave_for_post_type_and_item_allows_and_is_counted(seal):
    seal_id, by = seal
    user = await officer()
    given = await seals.grant(by, seal_id, leave(user.ref, item="item-1", allowed=2))
    await ask(user)
    await ask(user)
    with pytest.raises(NotAuthorised):
        await ask(user)
    assert (await Leave.get(id=given)).used == 2
    assert [row.by for row in await seals.uses(by, seal_id)] == [user.ref, user.ref]


async def test_fifty_at_once_on_leave_for_five_use_it_five_times(seal):
    seal_id, by = seal
    user = await officer()
    await seals.grant(by, seal_id, leave(user.ref, allowed=5))
    told = await asyncio.gather(*(ask(user) for _ in range(50)), return_exceptions=True)
    assert sum(not isinstance(answer, Exception) for answer in told) == 5
    assert await Use.all().count() == 5


async def test_a_decision_that_falls_gives_the_leave_back(seal):
    seal_id, by = seal
    user = await officer()
    given = await seals.grant(by, seal_id, leave(user.ref, allowed=1))
    with pytest.raises(RuntimeError):
        async with db.unit_of_work():
            await ask(user)
            raise RuntimeError("the decision falls")
    assert (await Leave.get(id=given)).used == 0
    await ask(user)


async def test_withdrawn_leave_is_over_but_what_was_allowed_is_still_signed(seal):
    seal_id, by = seal
    user = await officer()
    given = await seals.grant(by, seal_id, leave(user.ref))
    use = await ask(user)
    await seals.withdraw(by, seal_id, given)
    with pytest.raises(NotAuthorised):
        await ask(user)
    with pytest.raises(NoSuchLeave):
        await seals.withdraw(by, seal_id, given)
    assert (await seals.sign(use, CONTENT, DIGEST)).seal_name == "演示住房城乡建设局"


async def test_a_use_signs_its_own_content_once_and_the_same_again(seal):
    seal_id, by = seal
    user = await officer()
    await seals.grant(by, seal_id, leave(user.ref))
    use = await ask(user)
    told = await asyncio.gather(*(seals.sign(use, CONTENT, DIGEST) for _ in range(8)))
    assert len(set(told)) == 1
    assert await seals.verify(told[0].public_key, CONTENT, told[0].signature)
    assert not await seals.verify(told[0].public_key, CONTENT + b" ", told[0].signature)
    other = sm3(b"other").hex()
    for data, digest in ((b"other", other), (b"other", DIGEST), (CONTENT, other)):
        with pytest.raises(NotAuthorised):
            await seals.sign(use, data, digest)


async def test_a_revoked_or_expired_certificate_refuses_the_next_use(seal):
    seal_id, by = seal
    user = await officer()
    await seals.grant(by, seal_id, leave(user.ref))
    await db.execute(
        "UPDATE seals_certificate SET not_after=now() - interval '1 day' WHERE holder=$1",
        f"seal:{seal_id}",
    )
    with pytest.raises(CertificateRefused):
        await ask(user)


async def test_a_lost_seal_signs_what_was_decided_before_and_nothing_after(seal):
    seal_id, by = seal
    user = await officer()
    await seals.grant(by, seal_id, leave(user.ref))
    before = await ask(user)
    await seals.take(by, seal_id, "report_lost", GROUND)
    with pytest.raises(NoUsableSeal):
        await ask(user)
    assert await seals.sign(before, CONTENT, DIGEST)
    assert (await Leave.get(seal_id=seal_id)).withdrawn_at is not None

"""Administrator roles need two people, of different kinds (三员分立)."""

import asyncio

import pytest

from app_server.kernel.errors import Conflict
from auth.staff import service as staff
from auth.staff.errors import AlreadyProposed, NeedsAnother, NoSuchProposal
from auth.staff.service import PostWanted
from tests.builders.staff import administrator, department, officer, opened


async def test_an_administrator_starts_without_roles_until_the_other_one_confirms(
    database,
) -> None:
    system, security = await administrator(), await administrator("security_admin")
    new = await opened(system, login="audit.two", roles=("security_auditor",))
    assert (await staff.staff_member(new.staff_id)).roles == ()
    (waiting,) = await staff.waiting(security)
    assert (waiting.id, waiting.login, waiting.by_name) == (new.proposal_id, "audit.two", "管理员")
    await staff.confirm_proposal(security, new.proposal_id)
    assert (await staff.staff_member(new.staff_id)).roles == ("security_auditor",)
    entry = (await staff.history(system, new.staff_id))[0]
    assert (entry.move, entry.confirmed_by_name) == ("transfer", "管理员")
    assert await staff.waiting(security) == []


async def test_the_proposer_a_colleague_of_theirs_and_the_one_promoted_cannot_confirm(
    database,
) -> None:
    system = await administrator()
    colleague = await officer("system_admin", login="admin.other", region="340000")
    auditor = await administrator("security_auditor")
    chosen = await administrator("security_admin")
    post = PostWanted(await department(), ("system_admin",))
    await staff.transfer(system, chosen.id, 1, post, "换岗")
    (waiting,) = await staff.waiting(system)
    for who in (system, colleague, auditor, chosen):
        with pytest.raises(NeedsAnother):
            await staff.confirm_proposal(who, waiting.id)
    assert (await staff.staff_member(chosen.id)).roles == ("security_admin",)


async def test_of_parallel_confirmations_one_succeeds(database) -> None:
    system, security = await administrator(), await administrator("security_admin")
    new = await opened(system, login="two", roles=("security_auditor",))
    done = await asyncio.gather(
        *(staff.confirm_proposal(security, new.proposal_id) for _ in range(6)),
        return_exceptions=True,
    )
    assert sum(d is None for d in done) == 1
    assert all(isinstance(d, Conflict | NoSuchProposal) for d in done if d is not None)
    assert [h.move for h in await staff.history(system, new.staff_id)] == ["transfer", "open"]


async def test_one_proposal_waits_at_a_time_and_may_be_withdrawn_or_refused(database) -> None:
    system, security = await administrator(), await administrator("security_admin")
    new = await opened(system, login="two", roles=("security_auditor",))
    post = PostWanted(await department(), ("system_admin",))
    with pytest.raises(AlreadyProposed):
        await staff.transfer(system, new.staff_id, 1, post, "再来")
    await staff.refuse(system, new.proposal_id)
    await staff.transfer(system, new.staff_id, 1, post, "再来")
    (waiting,) = await staff.waiting(security)
    await staff.refuse(security, waiting.id)
    with pytest.raises(NoSuchProposal):
        await staff.confirm_proposal(security, waiting.id)
    assert (await staff.staff_member(new.staff_id)).roles == ()


async def test_nothing_waits_for_an_account_that_was_cancelled(database) -> None:
    system, security = await administrator(), await administrator("security_admin")
    new = await opened(system, login="two", roles=("security_auditor",))
    await staff.cancel(system, new.staff_id, 1, "弄错了")
    assert await staff.waiting(security) == []
    with pytest.raises(NoSuchProposal):
        await staff.confirm_proposal(security, new.proposal_id)

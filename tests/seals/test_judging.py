"""A seal's signature over a document is judged by content, certificates, trust and time."""

from datetime import timedelta

import httpx
import pytest

from app_server.kernel import clock, db
from app_server.kernel.crypto import sm3
from app_server.seals import service as seals
from app_server.seals.errors import NotAuthorised, TimeStampUnavailable
from app_server.seals.models import Authority
from app_server.seals.providers import time_stamp
from app_server.seals.providers.keystore import key
from app_server.seals.rules import ses
from app_server.seals.service.authorities import own_authority
from tests.builders.seals import GROUND, authority, issued, keeper, leave
from tests.builders.staff import ORG, officer

XML = "<Signature>演示</Signature>".encode()
PLACE = "/Doc_0/Signs/Sign_0/Signature.xml"
TYPE = "11340000MB0000000M001"
DIGEST = sm3(b"content").hex()


@pytest.fixture
async def world(database, simulators):
    """A seal's keeper, the seal, and a use of it that was just allowed."""
    by, head, second = await keeper(), await authority(), await authority("second")
    seal_id = await issued(by, head, second)
    user = await officer()
    await seals.grant(by, seal_id, leave(user.ref))
    use = await seals.authorise(user, ORG, DIGEST, "test", document_type=TYPE)
    return by, seal_id, use


async def signed(use) -> bytes:
    return await seals.sign_ofd(use, DIGEST, XML, PLACE)


async def stolen(seal_id, at, stamped: bool = True) -> bytes:
    """A signature that a thief makes with the seal's key, past our record."""
    row = await db.row("SELECT * FROM seals_seal WHERE id=$1", seal_id)
    to_sign = ses.to_be_signed(bytes(row["esl"]), at, sm3(XML), PLACE)
    value = key(row["sm2_key"], "sm2").sign(to_sign)
    token = await time_stamp.stamp(value) if stamped else b""
    return ses.signed_value(to_sign, bytes(row["sm2_certificate"]), value, token)


async def test_junk_is_told_to_be_broken(database):
    assert (await seals.judge(b"junk", XML, PLACE)).reasons == ("structure",)


async def test_our_own_signature_is_good_as_of_the_decision(world):
    _, _, use = world
    told = await seals.judge(await signed(use), XML, PLACE)
    assert told.sound, told.reasons
    assert (told.proven, told.seal_name) == ("record", "演示住房城乡建设局")
    assert clock.now() - told.at < timedelta(minutes=5)


async def test_the_same_use_signs_no_other_document_and_the_same_one_again(world):
    _, _, use = world
    for _ in range(2):
        assert (await seals.judge(await signed(use), XML, PLACE)).proven == "record"
    with pytest.raises(NotAuthorised):
        await seals.sign_ofd(use, DIGEST, XML + b" ", PLACE)


async def test_changed_content_and_another_place_are_named(world):
    _, _, use = world
    value = await signed(use)
    assert (await seals.judge(value, XML + b" ", PLACE)).reasons == ("content",)
    assert (await seals.judge(value, XML, PLACE.replace("0", "1"))).reasons == ("place",)


async def test_each_flipped_byte_of_the_signature_is_found(world):
    _, _, use = world
    value = await signed(use)
    kept = ses.read_signed_value(value)
    # The time stamp covers the signature; what stands around it is judged apart (test_time_stamp).
    end = value.rindex(kept.signature) + len(kept.signature)
    for place in range(4, end, max(end // 60, 1)):
        bent = bytearray(value)
        bent[place] ^= 1
        assert not (await seals.judge(bytes(bent), XML, PLACE)).sound, place


async def test_a_signature_of_before_the_loss_stays_good_and_one_of_after_does_not(world, deliver):
    by, seal_id, use = world
    value = await signed(use)
    await seals.take(by, seal_id, "report_lost", GROUND)
    late = await stolen(seal_id, clock.now() - timedelta(days=1))
    # Also before the list is made anew, and whatever time the thief writes into it.
    for _ in range(2):
        assert (await seals.judge(value, XML, PLACE)).sound
        told = await seals.judge(late, XML, PLACE)
        assert {"certificate_revoked", "seal_lost"} <= set(told.reasons)
        await deliver()


async def test_a_lost_seals_back_dated_signature_without_a_stamp_is_judged_as_of_now(world):
    by, seal_id, _ = world
    await seals.take(by, seal_id, "report_lost", GROUND)
    told = await seals.judge(await stolen(seal_id, clock.now(), stamped=False), XML, PLACE)
    assert (told.proven, "seal_lost" in told.reasons) == ("", True)


async def test_a_suspended_authority_is_trusted_no_more(world):
    _, _, use = world
    value = await signed(use)
    root = await own_authority("sm2")
    await seals.set_standing(await authority("third"), root.id, trusted=False)
    assert (await seals.judge(value, XML, PLACE)).reasons == ("untrusted",)


async def test_without_a_revocation_list_nothing_is_good(world):
    _, _, use = world
    value = await signed(use)
    await Authority.all().update(list=None)
    assert (await seals.judge(value, XML, PLACE)).reasons == ("certificate_unknown",)


async def test_a_time_stamp_service_that_fails_or_lies_leaves_nothing_signed(world, simulators):
    _, _, use = world
    async with httpx.AsyncClient(trust_env=False) as line:
        for fault in ({"down": 1}, {"down": 0, "wrong": 1}):
            await line.post(f"{simulators['tsa']}/__faults", json=fault)
            with pytest.raises(TimeStampUnavailable):
                await signed(use)
        await line.post(f"{simulators['tsa']}/__faults", json={"down": 0, "wrong": 0})
    assert await db.value("SELECT count(*) FROM seals_signature") == 0
    assert (await seals.judge(await signed(use), XML, PLACE)).sound

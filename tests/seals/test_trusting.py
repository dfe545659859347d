"""Cities seal under the province's root, and seals of others are recognised (R-SEA-02, 03, 06)."""

import pytest

from app_server.kernel import clock, db
from app_server.kernel.certificates import building, checking
from app_server.kernel.certificates.building import Revoked
from app_server.kernel.crypto import sm3
from app_server.seals import service as seals
from app_server.seals.errors import BadCertificate, NoSuchAuthority, NoUsableSeal
from app_server.seals.models import Authority
from app_server.seals.providers.keystore import key
from app_server.seals.rules import ses
from app_server.seals.service import AuthorityWanted
from app_server.seals.service.authorities import own_authority
from tests.builders.certificates import authority as strange_authority
from tests.builders.certificates import leaf
from tests.builders.seals import GROUND, applied, authority, keeper

XML, PLACE = b"<Signature/>", "/Doc_0/Signs/Sign_0/Signature.xml"


async def under_the_root(head, algorithm="sm2"):
    """A city's authority, requested here and signed by the root that is here too."""
    root = await seals.found_authority(head, algorithm)
    own, asked = await seals.request_authority(head, algorithm)
    made, above = await seals.sign_request(head, asked, "341600", "")
    wanted = AuthorityWanted("安徽省根", "340000", above, "")
    return root, own, made, wanted


async def test_a_request_that_its_key_did_not_sign_gets_no_certificate(database):
    head = await authority()
    await seals.found_authority(head, "sm2")
    _, asked = await seals.request_authority(head, "sm2")
    for bent in (b"", asked[:-1] + bytes([asked[-1] ^ 1])):
        with pytest.raises(BadCertificate):
            await seals.sign_request(head, bent, "341600", "")
    assert await Authority.filter(own=False).count() == 0


async def test_a_city_without_its_certificate_makes_no_seals(database):
    head = await authority()
    await seals.request_authority(head, "sm2")
    with pytest.raises(NoUsableSeal):
        await own_authority("sm2")


@pytest.mark.parametrize("algorithm", ["sm2", "p256"])
async def test_a_city_seals_with_its_own_key_under_the_provincial_root(database, algorithm):
    head = await authority()
    root, own, made, above = await under_the_root(head, algorithm)
    await seals.install(head, own, made, above)
    city = await own_authority(algorithm)
    assert city.id == own
    assert city.key != root.key
    ours, parent = (checking.read_certificate(bytes(row.certificate)) for row in (city, root))
    assert checking.issued_by(ours, parent)
    maker = checking.read_certificate(bytes(city.maker_certificate))
    told = checking.faults(maker, await seals.trusted(), clock.now(), building.SEAL_MAKING)
    # The root's list vouches for the city, the city's for its maker.
    assert told == []


async def test_a_certificate_for_another_key_or_of_another_root_is_not_installed(database):
    head = await authority()
    _, own, made, above = await under_the_root(head)
    stranger = strange_authority("sm2", clock.now())
    wrong = [
        (stranger.certificate.dump(), above),
        (made, AuthorityWanted("别省", "310000", stranger.certificate.dump(), "")),
        (leaf(stranger, clock.now()).dump(), above),
    ]
    for certificate, root in wrong:
        with pytest.raises(BadCertificate):
            await seals.install(head, own, certificate, root)
    await seals.install(head, own, made, above)
    with pytest.raises(NoSuchAuthority):
        await seals.install(head, own, made, above)


async def test_what_is_no_authority_is_not_trusted(database):
    head, stranger = await authority(), strange_authority("sm2", clock.now())
    with pytest.raises(BadCertificate):
        await seals.trust(
            head, AuthorityWanted("x", "310000", leaf(stranger, clock.now()).dump(), "")
        )


def sealed_elsewhere(other, at):
    """A signature made in another province, by its own authority, maker and seal."""
    maker, user = leaf(other, at, "seal_maker"), leaf(other, at)
    facts = ses.SealFacts(
        "3100000001", ses.ORGANISATION_SEAL, "外省演示局", frozenset(), at, at,
        user.not_valid_after, ses.Picture(b"\x89PNG", 40, 40),
    )  # fmt: skip
    info = ses.seal_info(facts, [user.dump()])
    seal = ses.seal(info, maker.dump(), other.leaf_key.sign(info))
    to_sign = ses.to_be_signed(seal, at, sm3(XML), PLACE)
    return user, ses.signed_value(to_sign, user.dump(), other.leaf_key.sign(to_sign))


async def test_another_provinces_seal_counts_once_its_authority_is_trusted(database):
    head, now = await authority(), clock.now().replace(microsecond=0)
    other = strange_authority("sm2", now)
    user, value = sealed_elsewhere(other, now)
    assert (await seals.judge(value, XML, PLACE)).reasons == ("untrusted",)
    wanted = AuthorityWanted("外省", "310000", other.certificate.dump(), "")
    row = await seals.trust(head, wanted)
    # Without its list nobody knows what it took back.
    assert (await seals.judge(value, XML, PLACE)).reasons == ("certificate_unknown",)
    await seals.take_list(row, other.trusted.revocation_list.dump())
    told = await seals.judge(value, XML, PLACE)
    assert (told.reasons, told.seal_name) == ((), "外省演示局")
    gone = building.revocation_list(
        other.certificate,
        [Revoked(user.serial_number, now, "key_compromise")],
        2,
        building.Validity(now, user.not_valid_after),
        other.key,
    )
    await seals.take_list(row, gone)
    assert "certificate_revoked" in (await seals.judge(value, XML, PLACE)).reasons
    # An older list does not bring it back.
    await seals.take_list(row, other.trusted.revocation_list.dump())
    assert "certificate_revoked" in (await seals.judge(value, XML, PLACE)).reasons


async def test_a_list_of_somebody_else_is_refused(database):
    head, now = await authority(), clock.now()
    other, third = strange_authority("sm2", now), strange_authority("sm2", now)
    row = await seals.trust(head, AuthorityWanted("外省", "310000", other.certificate.dump(), ""))
    for wrong in (b"junk", third.trusted.revocation_list.dump()):
        with pytest.raises(BadCertificate):
            await seals.take_list(row, wrong)
    assert await db.value("SELECT list FROM seals_authority WHERE id=$1", row) is None


async def test_two_trusted_authorities_both_make_seals_that_count(database, simulators):
    head, by, second = await authority(), await keeper(), await authority("second")
    for algorithm in ("sm2", "p256"):
        await seals.found_authority(head, algorithm)
    values = []
    for name in ("第一枚", "第二枚"):
        seal_id = await applied(by, name)
        for step, who in (("approve", head), ("make", head), ("record", second), ("issue", by)):
            await seals.take(who, seal_id, step, GROUND)
        row = await db.row("SELECT * FROM seals_seal WHERE id=$1", seal_id)
        to_sign = ses.to_be_signed(bytes(row["esl"]), clock.now(), sm3(XML), PLACE)
        signature = key(row["sm2_key"], "sm2").sign(to_sign)
        values.append(ses.signed_value(to_sign, bytes(row["sm2_certificate"]), signature))
        # The second seal is made by the city's authority.
        if name == "第一枚":
            _, own, made, above = await under_the_root(head)
            await seals.install(head, own, made, above)
    for value in values:
        assert (await seals.judge(value, XML, PLACE)).sound
    makers = {
        checking.read_certificate(ses.read_signed_value(v).seal.maker).issuer.human_friendly
        for v in values
    }
    assert len(makers) == 2

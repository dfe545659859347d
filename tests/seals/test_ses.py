"""A seal and its signature in ASN.1: what we write we read, and another's file is read too."""

import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from app_server.kernel.certificates import checking
from app_server.kernel.certificates.keys import holds
from app_server.kernel.crypto import sm3
from app_server.seals.errors import NotASealedFile
from app_server.seals.rules import ses
from tests.builders.certificates import SoftKey, authority, leaf

NOW = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)
FIXTURE = Path(__file__).parents[2].parent / "shared" / "data" / "ofd" / "SESV4SignDoc.ofd"
PLACE = "/Doc_0/Signs/Sign_0/Signature.xml"


@pytest.fixture(scope="module")
def made():
    """A seal, a use of it, and who made and used it."""
    ours = authority("sm2", NOW)
    maker, user = leaf(ours, NOW, "seal_maker"), leaf(ours, NOW)
    facts = ses.SealFacts(
        seal_id="3416020000001",
        kind=ses.ORGANISATION_SEAL,
        name="演示住房城乡建设局",
        signers=frozenset({sm3(user.dump())}),
        created=NOW,
        valid_from=NOW,
        valid_to=NOW + timedelta(days=365),
        picture=ses.Picture(b"\x89PNG", 40, 40),
    )
    info = ses.seal_info(facts, [user.dump()])
    seal = ses.seal(info, maker.dump(), ours.leaf_key.sign(info))
    to_sign = ses.to_be_signed(seal, NOW, sm3(b"<Signature/>"), PLACE)
    return facts, seal, to_sign, ours.leaf_key, user.dump()


@pytest.mark.parametrize("junk", [b"", b"0", b"\x30\x00", b"\x30\x03\x02\x01\x04", b"PK\x03\x04"])
def test_other_bytes_are_refused(junk):
    for read in (ses.read_seal, ses.read_signed_value):
        with pytest.raises(NotASealedFile):
            read(junk)


def test_a_seal_says_what_was_put_in_and_its_makers_signature_holds(made):
    facts, seal, *_ = made
    told = ses.read_seal(seal)
    assert told.facts == facts
    key = checking.key_of(checking.read_certificate(told.maker))
    assert holds(*key, told.signed, told.signature)


@pytest.mark.parametrize("time_stamp", [b"", b"\x30\x03token"])
def test_a_use_says_what_was_signed_when_and_where(made, time_stamp):
    facts, _, to_sign, key, certificate = made
    value = ses.signed_value(to_sign, certificate, key.sign(to_sign), time_stamp)
    told = ses.read_signed_value(value)
    assert (told.time, told.property_info, told.digest) == (NOW, PLACE, sm3(b"<Signature/>"))
    assert told.time_stamp == time_stamp
    assert told.seal.facts == facts
    assert sm3(told.certificate) in told.seal.facts.signers
    assert holds("sm2", key.point, told.signed, told.signature)


def test_no_flipped_bit_of_what_is_signed_goes_unseen(made):
    _, _, to_sign, key, certificate = made
    value = ses.signed_value(to_sign, certificate, key.sign(to_sign))
    start = value.index(to_sign)
    for place in range(start, start + len(to_sign), 41):
        bent = bytearray(value)
        bent[place] ^= 1
        try:
            told = ses.read_signed_value(bytes(bent))
        except NotASealedFile:
            continue
        assert not holds("sm2", key.point, told.signed, told.signature), place


def test_another_version_or_algorithm_is_refused(made):
    _, seal, to_sign, key, certificate = made
    value = ses.signed_value(to_sign, certificate, key.sign(to_sign))
    # DER of the version inside the header, and of the algorithm at the end.
    for was, instead in (
        (b"\x16\x02ES\x02\x01\x04", b"\x16\x02ES\x02\x01\x03"),
        (b"\x16\x02ES\x02\x01\x04", b"\x16\x02EX\x02\x01\x04"),
    ):
        assert was in seal
        with pytest.raises(NotASealedFile):
            ses.read_seal(seal.replace(was, instead))
    algorithm = bytes.fromhex("06082a811ccf55018375")
    cut = value.rindex(algorithm)
    with pytest.raises(NotASealedFile):
        ses.read_signed_value(value[:cut] + algorithm[:-1] + b"\x76" + value[cut + 10 :])


@pytest.mark.skipif(not FIXTURE.is_file(), reason="the shared data is not beside the checkout")
def test_the_seal_of_another_implementation_is_read_and_its_signatures_hold():
    with zipfile.ZipFile(FIXTURE) as package:
        value = package.read("Doc_0/Signs/Sign_0/SignedValue.dat")
        listed = package.read("Doc_0/Signs/Sign_0/Signature.xml")
        lone = package.read("Doc_0/Signs/Sign_0/Seal.esl")
    told = ses.read_signed_value(value)
    assert told.digest == sm3(listed)
    assert told.property_info == PLACE
    assert sm3(told.certificate) in told.seal.facts.signers
    assert ses.read_seal(lone) == told.seal
    for certificate, data, signature in (
        (told.certificate, told.signed, told.signature),
        (told.seal.maker, told.seal.signed, told.seal.signature),
    ):
        assert holds(*checking.key_of(checking.read_certificate(certificate)), data, signature)
    # It was signed four years after seal and certificates had run out: that is judged apart.
    assert told.time > told.seal.facts.valid_to
    assert checking.faults(checking.read_certificate(told.certificate), [], told.time) == [
        "expired",
        "untrusted",
    ]


def test_whatever_key_a_stranger_has_it_is_not_in_the_seal(made):
    _, _, to_sign, _, _ = made
    stranger = leaf(authority("sm2", NOW), NOW)
    key = SoftKey("sm2")
    told = ses.read_signed_value(ses.signed_value(to_sign, stranger.dump(), key.sign(to_sign)))
    assert sm3(told.certificate) not in told.seal.facts.signers

"""Signing in two steps, and what every later look at the package must find."""

import base64

import pytest

from app_server.kernel.crypto import sm3
from app_server.kernel.ofd.archive import unpack
from app_server.kernel.ofd.errors import BadPackage, CannotSign
from app_server.kernel.ofd.markup import NAMESPACE, parse
from app_server.kernel.ofd.reading import open_package
from app_server.kernel.ofd.signatures import Mismatch, Stamp
from app_server.kernel.ofd.signing import finish, prepare
from tests.kernel.ofd.papers import MADE_AT, edited, full_paper, repacked, signed

FIRST = "Doc_0/Signs/Sign_0/Signature.xml"
INDEX = "Doc_0/Signs/Signatures.xml"


@pytest.fixture(scope="module")
def plain() -> bytes:
    return full_paper()


@pytest.fixture(scope="module")
def once(plain) -> bytes:
    return signed(plain, b"first value")


@pytest.fixture(scope="module")
def twice(once) -> bytes:
    return signed(once, b"second value", page=1)


def prepared(package: bytes, *stamps: Stamp, **more):
    return prepare(
        package,
        provider="wanshi",
        stamps=stamps or [Stamp(0, 10, 10, 40, 40)],
        signed_at=MADE_AT,
        **more,
    )


def findings(package: bytes) -> list[list[Mismatch]]:
    return [signature.check() for signature in open_package(package).signatures()]


@pytest.mark.parametrize(
    "stamp",
    [
        Stamp(2, 10, 10, 40, 40),
        Stamp(-1, 10, 10, 40, 40),
        Stamp(0, 180, 10, 40, 40),
        Stamp(0, 10, 270, 40, 40),
        Stamp(0, -1, 10, 40, 40),
        Stamp(0, 10, 10, 0, 40),
        Stamp(0, float("nan"), 10, 40, 40),
        Stamp(1, 120, 10, 40, 40),
    ],
)
def test_a_stamp_off_its_page_is_refused(plain, stamp):
    with pytest.raises(CannotSign, match="stamp"):
        prepared(plain, Stamp(0, 10, 10, 40, 40), stamp)
    with pytest.raises(CannotSign, match="stamp"):
        prepare(plain, provider="wanshi", stamps=[], signed_at=MADE_AT)


def test_what_does_not_open_is_not_signed():
    with pytest.raises(BadPackage):
        prepared(b"no package")


def test_a_day_without_zone_is_refused(plain):
    with pytest.raises(ValueError, match="time zone"):
        prepare(
            plain,
            provider="a",
            stamps=[Stamp(0, 1, 1, 9, 9)],
            signed_at=MADE_AT.replace(tzinfo=None),
        )


@pytest.mark.parametrize("value", [b"", bytes(5 * 1024 * 1024)])
def test_a_value_that_is_none_or_too_large_is_refused(plain, value):
    with pytest.raises(CannotSign, match="value"):
        finish(prepared(plain), value)


def test_a_package_whose_signature_is_broken_is_not_signed_again(once):
    broken = edited(once, "Doc_0/Pages/Page_1/Content.xml", "第二页", "第三页")
    with pytest.raises(CannotSign, match="broken"):
        prepared(broken)


def test_a_package_closed_by_its_signature_is_not_signed_again(once):
    index = unpack(once)[INDEX]
    value = base64.b64encode(sm3(index)).decode()
    more = f'<ofd:Reference FileRef="/{INDEX}"><ofd:CheckValue>{value}</ofd:CheckValue></ofd:Reference>'
    closed = edited(once, FIRST, "</ofd:References>", f"{more}</ofd:References>")
    assert findings(closed) == [[]]
    with pytest.raises(CannotSign, match="closed"):
        prepared(closed)


def test_the_first_signature_covers_everything_there_is(once):
    package = open_package(once)
    (signature,) = package.signatures()
    assert signature.check() == []
    assert signature.property_info == f"/{FIRST}"
    assert signature.signed_value == b"first value"
    assert signature.seal_esl == b"seal"
    assert signature.kind == "Seal"
    assert signature.method == "1.2.156.10197.1.501"
    assert signature.check_method == "SM3"
    assert signature.signed_at == "2026-11-23 16:00:00"
    assert signature.provider == "wanshi"
    assert signature.stamps == (Stamp(0, 60, 60, 40, 40),)
    covered = {reference.part for reference in signature.references}
    assert covered == set(package.parts) - {INDEX, FIRST, "Doc_0/Signs/Sign_0/SignedValue.dat"}
    for reference in signature.references:
        assert reference.digest == sm3(package.parts[reference.part])


def test_what_is_to_be_sealed_is_known_before_the_seal_and_is_in_the_package(plain):
    first, again = prepared(plain, seal_esl=b"esl"), prepared(plain, seal_esl=b"esl")
    assert first.signature_xml == again.signature_xml
    assert first.property_info == "/Doc_0/Signs/Sign_0/Signature.xml"
    done = finish(first, b"value")
    assert done == finish(again, b"value")
    (signature,) = open_package(done).signatures()
    assert signature.signature_xml == first.signature_xml
    assert signature.id == first.signature_id
    assert signature.property_info == first.property_info


def test_signature_xml_follows_the_order_of_the_standard(once):
    root = parse(unpack(once)[FIRST], FIRST, "Signature")
    names = [child.tag.removeprefix(f"{{{NAMESPACE}}}") for child in root[0]]
    assert names == [
        "Provider",
        "SignatureMethod",
        "SignatureDateTime",
        "References",
        "StampAnnot",
        "Seal",
    ]
    assert [child.tag for child in root] == [
        f"{{{NAMESPACE}}}SignedInfo",
        f"{{{NAMESPACE}}}SignedValue",
    ]


def test_the_words_of_the_paper_are_not_touched_by_signing(plain, twice):
    before, after = unpack(plain), unpack(twice)
    assert {part for part in before if before[part] != after[part]} == {"OFD.xml"}
    assert open_package(twice).info == open_package(plain).info
    assert open_package(twice).text() == open_package(plain).text()


def test_a_second_signature_leaves_the_first_as_it_was(once, twice):
    before, after = unpack(once), unpack(twice)
    assert {part for part in before if before[part] != after[part]} == {INDEX}
    assert findings(twice) == [[], []]
    first, second = open_package(twice).signatures()
    assert (first.id, second.id) == ("s001", "s003")
    assert second.stamps == (Stamp(1, 60, 60, 40, 40),)
    own = {second.part, second.value_part, INDEX}
    assert {reference.part for reference in second.references} == set(after) - own
    third = signed(twice, b"third", esl=None)
    assert findings(third) == [[], [], []]
    assert open_package(third).signatures()[2].seal_esl is None


def test_one_seal_may_stand_on_several_pages(plain):
    stamps = (Stamp(0, 10, 10, 40, 40), Stamp(1, 10, 10, 40, 40))
    done = finish(prepared(plain, *stamps), b"value")
    assert open_package(done).signatures()[0].stamps == stamps
    assert findings(signed(done)) == [[], []]


def test_one_flipped_byte_in_any_listed_part_is_found_and_named(twice):
    parts = unpack(twice)
    free = {INDEX, "Doc_0/Signs/Sign_1/Signature.xml", "Doc_0/Signs/Sign_1/SignedValue.dat"}
    for part in parts.keys() - free:
        for at in {0, len(parts[part]) // 3, len(parts[part]) // 2, len(parts[part]) - 1}:
            data = bytearray(parts[part])
            data[at] ^= 1
            bad = repacked(twice, {part: bytes(data)})
            assert part in named(bad), (part, at)


def named(package: bytes) -> set[str]:
    """The parts the last signature finds changed, or the one for which all is refused."""
    try:
        return {mismatch.part for mismatch in findings(package)[-1] if mismatch.reason == "digest"}
    except BadPackage as error:
        return {error.part}


def test_a_changed_word_is_found_by_both_signatures(twice):
    part = "Doc_0/Pages/Page_1/Content.xml"
    bad = edited(twice, part, "第二页", "第三页")
    assert findings(bad) == [[Mismatch("digest", part)]] * 2


def test_a_part_that_was_added_is_found(twice):
    bad = repacked(twice, {"Doc_0/Annots/Annot.xml": b"<a/>"})
    assert findings(bad) == [[Mismatch("unlisted", "Doc_0/Annots/Annot.xml")]] * 2


def test_a_part_that_is_gone_is_found(once):
    # Nothing refers to it any more, so the package opens; the signature remembers.
    less = repacked(once, {"Doc_0/Attachs/attach_0.json": None})
    less = edited(less, "Doc_0/Attachs/Attachments.xml", "/Doc_0/Attachs/attach_0.json", "/OFD.xml")
    assert findings(less) == [
        [
            Mismatch("digest", "Doc_0/Attachs/Attachments.xml"),
            Mismatch("missing", "Doc_0/Attachs/attach_0.json"),
        ]
    ]


@pytest.mark.parametrize("method", ["MD5", "SHA1", "SHA256", "sm3", ""])
def test_a_check_method_that_is_not_known_is_no_check(once, method):
    bad = edited(once, FIRST, 'CheckMethod="SM3"', f'CheckMethod="{method}"')
    assert findings(bad) == [[Mismatch("check_method", "")]]


def test_the_standards_default_method_is_no_check_either(once):
    bad = edited(once, FIRST, ' CheckMethod="SM3"', "")
    assert findings(bad) == [[Mismatch("check_method", "")]]


def test_the_method_may_be_named_by_its_number(once):
    other = edited(once, FIRST, 'CheckMethod="SM3"', 'CheckMethod="1.2.156.10197.1.401"')
    assert findings(other) == [[]]


def test_a_signature_that_forgets_a_part_is_found(once):
    text = unpack(once)[FIRST].decode()
    start = text.index('<ofd:Reference FileRef="/Doc_0/Res/image_0.png">')
    end = text.index("</ofd:Reference>", start) + len("</ofd:Reference>")
    bad = repacked(once, {FIRST: (text[:start] + text[end:]).encode()})
    assert findings(bad) == [[Mismatch("unlisted", "Doc_0/Res/image_0.png")]]


def test_a_signature_slipped_in_before_another_is_found(once, twice):
    # The order in Signatures.xml is nobody's word; what a signature lists is its own.
    text = unpack(twice)[INDEX].decode()
    first = '<ofd:Signature ID="s001" Type="Seal" BaseLoc="/Doc_0/Signs/Sign_0/Signature.xml"/>'
    second = first.replace("s001", "s003").replace("Sign_0", "Sign_1")
    assert first + second in text
    turned = repacked(twice, {INDEX: text.replace(first + second, second + first).encode()})
    found = findings(turned)
    assert found[0] == []
    assert {mismatch.reason for mismatch in found[1]} == {"unlisted"}


def test_an_earlier_signature_that_was_taken_out_is_missed_by_the_later(twice):
    gone = {part: None for part in unpack(twice) if part.startswith("Doc_0/Signs/Sign_0/")}
    entry = '<ofd:Signature ID="s001" Type="Seal" BaseLoc="/Doc_0/Signs/Sign_0/Signature.xml"/>'
    bad = edited(repacked(twice, gone), INDEX, entry, "")
    (found,) = findings(bad)
    assert found == [
        Mismatch("missing", part)
        for part in ("Doc_0/Signs/Sign_0/Seal.esl", FIRST, "Doc_0/Signs/Sign_0/SignedValue.dat")
    ]


def test_a_stray_index_is_not_taken_over(plain):
    stray = repacked(plain, {INDEX: b"<a/>"})
    with pytest.raises(CannotSign, match="closed"):
        prepared(stray)

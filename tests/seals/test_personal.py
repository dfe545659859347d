"""电子云签: a person's document is sealed once, with a key that then is gone (R-LIC-13)."""

import pytest

from app_server.kernel import clock, db
from app_server.kernel.certificates import checking
from app_server.kernel.ofd.reading import open_package
from app_server.seals import service as seals
from app_server.seals.errors import NoUsableSeal
from app_server.seals.rules import ses
from app_server.seals.service import PersonalDocument
from tests.builders.people import resident
from tests.builders.seals import authority

DOCUMENT = PersonalDocument(
    title="告知承诺书",
    paragraphs=("本人已知晓办理条件，所填内容真实、准确。" * 6, "如有不实，愿意承担法律责任。"),
    about="draft:1",
    item="公租房",
)


async def test_without_an_authority_nobody_signs(database):
    with pytest.raises(NoUsableSeal):
        await seals.sign_for_person(await resident(tier=2), "李明轩", DOCUMENT)
    assert await seals.signatures_by_item(clock.today(), clock.today()) == {}


async def test_a_person_signs_and_everybody_can_verify_whom_and_what(database, simulators):
    await seals.found_authority(await authority(), "sm2")
    person = await resident(tier=2)
    made = await seals.sign_for_person(person, "李明轩", DOCUMENT)
    told = await seals.judge_file(made.file)
    assert told.faults == ()
    (one,) = told.seals
    assert (one.seal_name, one.proven) == ("李明轩", "time_stamp")
    package = open_package(made.file)
    assert "告知承诺书" in package.text()
    (signature,) = package.signatures()
    use = ses.read_signed_value(signature.signed_value)
    assert use.seal.facts.kind == ses.PERSONAL_SEAL
    leaf = checking.read_certificate(use.certificate)
    assert leaf.subject.native["common_name"] == "李明轩"
    # No ID number and no account stands in the certificate.
    assert str(person.subject) not in leaf.subject.human_friendly


async def test_each_signature_has_a_key_and_certificate_of_its_own_and_is_counted(
    database, simulators
):
    await seals.found_authority(await authority(), "sm2")
    person = await resident(tier=2)
    files = [(await seals.sign_for_person(person, "李明轩", DOCUMENT)).file for _ in range(2)]
    values = [open_package(f).signatures()[0].signed_value for f in files]
    certificates = [checking.read_certificate(ses.read_signed_value(v).certificate) for v in values]
    points = {checking.key_of(c)[1] for c in certificates}
    assert len(points) == 2
    assert await seals.signatures_by_item(clock.today(), clock.today()) == {"公租房": 2}
    kept = await db.rows("SELECT * FROM seals_personal_signature")
    assert {row["content_digest"] for row in kept} == {DOCUMENT.digest}
    assert not any("李明轩" in str(dict(row)) for row in kept)
    assert await db.value("SELECT count(*) FROM seals_certificate WHERE use='event'") == 2


async def test_the_days_certificate_still_verifies_years_later_by_its_stamp(
    database, simulators, monkeypatch
):
    await seals.found_authority(await authority(), "sm2")
    made = await seals.sign_for_person(await resident(tier=2), "李明轩", DOCUMENT)
    later = clock.now().replace(year=clock.now().year + 2)
    monkeypatch.setattr(clock, "now", lambda: later)
    await seals.refresh_lists()
    assert (await seals.judge_file(made.file)).faults == ()

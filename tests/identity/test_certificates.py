"""A client-held certificate proves an act: chain, dates, revocation, holder, signature."""

from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding

from app_server.kernel import db
from auth.identity import service as identity
from auth.identity.errors import ActNotProven
from auth.identity.providers.certificates import CREDIT_CODE, CertificateSettings, authorities
from auth.identity.simulators.authorities import DemoAuthority, demo_authority
from auth.people import service as people
from tests.builders.identity import DIGEST, Keyholder
from tests.builders.people import resident

identity.name_act("test.act", "测试操作")


async def enrolled(simulators, person, authority: str = "demo-ca-one", **changes) -> Keyholder:
    facts = await people.person(person.subject)
    told = {"name": facts.name, "number": facts.id_number} | changes
    return await Keyholder(simulators["authorities"], authority).enrol(**told)


async def challenged(person, about: str = "thing-1"):
    return await identity.open_act(person, "test.act", about, DIGEST)


async def refused(person, challenge, given: dict[str, str]) -> str:
    with pytest.raises(ActNotProven) as caught:
        await identity.prove_act(person, challenge.id, "certificate", given)
    return caught.value.facts["reason"]


@pytest.mark.parametrize("authority", ["demo-ca-one", "demo-ca-two"])
async def test_two_authorities_are_trusted_and_the_holders_key_proves_the_act(
    authority, database, simulators
):
    person = await resident()
    holder = await enrolled(simulators, person, authority)
    challenge = await challenged(person)
    proof, _ = await identity.prove_act(
        person, challenge.id, "certificate", holder.given(challenge)
    )
    async with db.unit_of_work():
        used = await identity.consume_act_proof(person, "test.act", "thing-1", DIGEST, proof)
    assert used.facts["authority"] == authority


async def test_a_signature_over_another_challenge_is_refused(database, simulators):
    person = await resident()
    holder = await enrolled(simulators, person)
    first, second = await challenged(person), await challenged(person, "thing-2")
    assert await refused(person, second, holder.given(first)) == "signature"


async def test_another_persons_certificate_is_refused(database, simulators):
    person, other = await resident(), await resident(name="王芳")
    holder = await enrolled(simulators, other)
    challenge = await challenged(person)
    assert await refused(person, challenge, holder.given(challenge)) == "another_person"


async def test_a_certificate_with_another_name_for_this_number_opens_a_review(database, simulators):
    person = await resident()
    holder = await enrolled(simulators, person, name="李明宣")
    challenge = await challenged(person)
    assert await refused(person, challenge, holder.given(challenge)) == "name_disagrees"
    assert len(await identity.reviews("open", None)) == 1


async def test_a_revoked_certificate_is_refused_once_the_list_says_so(database, simulators):
    person = await resident()
    holder = await enrolled(simulators, person)
    challenge = await challenged(person)
    await identity.prove_act(person, challenge.id, "certificate", holder.given(challenge))
    await holder.revoke()
    await identity.fetch_revocation_list("demo-ca-one")
    again = await challenged(person, "thing-2")
    assert await refused(person, again, holder.given(again)) == "revoked"


async def test_without_a_revocation_list_nobody_is_believed(database, simulators, monkeypatch):
    person = await resident()
    holder = await enrolled(simulators, person)

    async def away(_):
        raise OSError

    monkeypatch.setattr("auth.identity.service.revocations.fetch_list", away)
    challenge = await challenged(person)
    assert await refused(person, challenge, holder.given(challenge)) == "revocation_list_missing"


def own_authority(name: str = "demo-ca-one") -> DemoAuthority:
    return demo_authority(name, CertificateSettings().folder)


async def with_chain(person, key, chain: list[x509.Certificate], challenge) -> dict[str, str]:
    holder = Keyholder("")
    holder.key = key
    holder.pem = "".join(c.public_bytes(Encoding.PEM).decode() for c in chain)
    return holder.given(challenge)


async def test_a_certificate_of_an_unknown_authority_is_refused(database, simulators):
    person = await resident()
    facts = await people.person(person.subject)
    stranger = DemoAuthority.make("野鸡认证机构")
    key = ec.generate_private_key(ec.SECP256R1())
    leaf = stranger.issue(key.public_key(), facts.name, facts.id_number)
    challenge = await challenged(person)
    for chain in ([leaf], [leaf, stranger.certificate]):
        given = await with_chain(person, key, chain, challenge)
        assert await refused(person, challenge, given) == "untrusted_authority"


async def test_an_authority_that_only_bears_a_trusted_name_is_refused(database, simulators):
    person = await resident()
    facts = await people.person(person.subject)
    impostor = DemoAuthority.make("模拟电子认证机构一")
    key = ec.generate_private_key(ec.SECP256R1())
    leaf = impostor.issue(key.public_key(), facts.name, facts.id_number)
    challenge = await challenged(person)
    given = await with_chain(person, key, [leaf], challenge)
    assert await refused(person, challenge, given) == "broken_chain"


@pytest.mark.parametrize(("start", "days"), [(-400, 365), (5, 365)])
async def test_a_certificate_out_of_its_dates_is_refused(start, days, database, simulators):
    person = await resident()
    facts = await people.person(person.subject)
    key = ec.generate_private_key(ec.SECP256R1())
    begin = datetime.now(UTC) + timedelta(days=start)
    leaf = own_authority().issue(
        key.public_key(), facts.name, facts.id_number, start=begin, days=days
    )
    challenge = await challenged(person)
    given = await with_chain(person, key, [leaf], challenge)
    assert await refused(person, challenge, given) == "out_of_date"


async def test_a_holder_cannot_issue_for_others(database, simulators):
    person = await resident()
    facts = await people.person(person.subject)
    thief_key = ec.generate_private_key(ec.SECP256R1())
    thief = own_authority().issue(thief_key.public_key(), "王芳", "341602199003071107")
    sub = DemoAuthority(thief_key, thief)
    key = ec.generate_private_key(ec.SECP256R1())
    leaf = sub.issue(key.public_key(), facts.name, facts.id_number)
    challenge = await challenged(person)
    given = await with_chain(person, key, [leaf, thief], challenge)
    assert await refused(person, challenge, given) == "issuer_is_no_authority"


async def test_an_organisations_certificate_and_a_weak_key_prove_no_person(database, simulators):
    person = await resident()
    facts = await people.person(person.subject)
    key = ec.generate_private_key(ec.SECP256R1())
    wrong = own_authority().issue(key.public_key(), facts.name, facts.id_number, kind=CREDIT_CODE)
    challenge = await challenged(person)
    given = await with_chain(person, key, [wrong], challenge)
    assert await refused(person, challenge, given) == "no_number"
    weak = rsa.generate_private_key(public_exponent=65537, key_size=1024)  # noqa: S505 - the point
    leaf = own_authority().issue(weak.public_key(), facts.name, facts.id_number)
    given = {"certificate": leaf.public_bytes(Encoding.PEM).decode(), "signature": "AAAA"}
    assert await refused(person, challenge, given) == "key_kind"


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"certificate": "x", "signature": "AAAA"},
        {"certificate": "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"},
        {"certificate": "x" * 30_000, "signature": "AAAA"},
        {"certificate": "x", "signature": "不是"},
    ],
)
async def test_garbage_is_refused(given, database, simulators):
    person = await resident()
    assert await refused(person, await challenged(person), given)


async def test_a_forged_or_older_list_replaces_nothing(database, simulators, monkeypatch):
    await identity.fetch_revocation_list("demo-ca-one")
    held = await db.row("SELECT number, list FROM identity_revocation_list")
    authority = authorities()["demo-ca-one"]

    async def older(_):
        return own_authority().crl(1), 1, datetime.now(UTC) + timedelta(days=9)

    monkeypatch.setattr("auth.identity.service.revocations.fetch_list", older)
    await identity.fetch_revocation_list("demo-ca-one")
    assert await db.row("SELECT number, list FROM identity_revocation_list") == held
    from auth.identity.providers.certificates import CertificateRefused, checked_list

    forged = DemoAuthority.make("模拟电子认证机构一").crl(99)
    with pytest.raises(CertificateRefused):
        checked_list(forged.encode(), authority)

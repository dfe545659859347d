"""Keys of teams: who registers them, and what a package without or with the wrong one meets."""

import asyncio

import pytest
from cryptography.hazmat.primitives.asymmetric import ed25519

from miniapps import service
from miniapps.errors import KeyTaken, NoSuchKey, PackageRefused, PublicKeyRefused
from miniapps.service import signing
from tests.builders.miniapps import desk, files, manifest, team
from tests.builders.people import bearer
from tests.builders.staff import officer
from tests.miniapps.test_signing import private_pem, public_pem

APP = "ah341600test"


def key():
    return ed25519.Ed25519PrivateKey.generate()


def package(code: int = 1, signed_with=None) -> bytes:
    signer = signing.signer(private_pem(signed_with)) if signed_with else None
    return service.pack(files(manifest(code=code)), signer)


async def test_somebody_who_does_not_publish_registers_no_key(database, staff_surface):
    body = {"name": "钥匙", "public_key": public_pem(key())}
    assert (await staff_surface.post("/team-keys", json=body)).status_code == 401
    headers = await bearer(await officer("case_officer"))
    refused = await staff_surface.post("/team-keys", json=body, headers=headers)
    assert refused.status_code == 403


async def test_a_private_key_is_refused_with_a_warning(database):
    by = await team()
    with pytest.raises(PublicKeyRefused, match="私钥"):
        await service.add_team_key(by, "钥匙", private_pem(key()))


async def test_a_package_signed_with_an_unregistered_key_is_refused(database):
    with pytest.raises(PackageRefused, match="登记"):
        await service.upload(await team(), package(signed_with=key()))


async def test_another_organisations_key_signs_nothing_of_ours(database):
    other = await officer(
        "city_publisher", login="other", region="340100", org="11340100MB0000003T"
    )
    mine = key()
    await service.add_team_key(other, "钥匙", public_pem(mine))
    with pytest.raises(PackageRefused, match="登记"):
        await service.upload(await team(), package(signed_with=mine))
    with pytest.raises(KeyTaken):
        await service.add_team_key(await team(), "钥匙", public_pem(mine))
    with pytest.raises(NoSuchKey):
        await service.end_team_key(await team(), (await service.team_keys(other))[0].key_id)


async def test_a_signed_package_says_whose_key_it_was(database):
    by, mine = await team(), key()
    made = await service.add_team_key(by, "钥匙", public_pem(mine))
    facts = await service.upload(by, package(signed_with=mine))
    assert facts.signed_by == made.key_id


async def test_who_signed_once_signs_always(database):
    by, mine = await team(), key()
    await service.add_team_key(by, "钥匙", public_pem(mine))
    await service.upload(by, package(1, mine))
    with pytest.raises(PackageRefused, match="以前的版本有开发者签名"):
        await service.upload(by, package(2))


async def test_an_ended_key_signs_nothing_more_and_does_not_come_back(database):
    by, mine = await team(), key()
    made = await service.add_team_key(by, "钥匙", public_pem(mine))
    await service.upload(by, package(1, mine))
    ended = await service.end_team_key(by, made.key_id)
    assert ended.ended_at == (await service.end_team_key(by, made.key_id)).ended_at
    with pytest.raises(PackageRefused, match="登记"):
        await service.upload(by, package(2, mine))
    with pytest.raises(KeyTaken):
        await service.add_team_key(by, "钥匙", public_pem(mine))


async def test_the_same_key_at_once_is_registered_once(database):
    by, mine = await team(), public_pem(key())
    made = await asyncio.gather(*(service.add_team_key(by, "钥匙", mine) for _ in range(10)))
    assert len({facts.key_id for facts in made}) == 1
    assert len(await service.team_keys(by)) == 1


async def test_no_more_keys_than_anybody_can_look_after(database):
    by = await team()
    for _ in range(20):
        await service.add_team_key(by, "钥匙", public_pem(key()))
    with pytest.raises(KeyTaken, match="最多"):
        await service.add_team_key(by, "钥匙", public_pem(key()))


async def test_a_key_is_registered_listed_and_ended_in_the_console(database, staff_surface):
    headers = await bearer(await team())
    body = {"name": "发布机", "public_key": public_pem(key())}
    made = await staff_surface.post("/team-keys", json=body, headers=headers)
    assert made.status_code == 201
    assert made.json()["alg"] == "ed25519"
    (listed,) = (await staff_surface.get("/team-keys", headers=headers)).json()["items"]
    ended = await staff_surface.post(f"/team-keys/{listed['key_id']}/end", headers=headers)
    assert ended.json()["ended_at"]


# --- what review releases -----------------------------------------------------------------


async def test_nothing_is_signed_by_the_platform_before_the_province_agreed(database):
    facts = await service.upload(await team(), package())
    await service.submit(await team(), APP, 1)
    await service.review(await desk("341600"), APP, 1, agree=True)
    assert (await _row(facts)).release == ""


async def test_the_release_document_binds_what_was_reviewed(database):
    facts = await service.upload(await team(), package())
    await service.submit(await team(), APP, 1)
    await service.review(await desk("341600"), APP, 1, agree=True)
    await service.review(await desk(), APP, 1, agree=True)
    row = await _row(facts)
    claims = signing.read_release_document(row.release)
    assert (claims["sub"], claims["code"], claims["index"]) == (APP, 1, row.digest)
    assert claims["scopes"] == ["auth.ticket"]
    assert "default-src 'none'" in claims["csp"]
    assert claims["floor"] == 0


async def test_the_release_document_stays_as_it_is(database):
    facts = await service.upload(await team(), package())
    await service.submit(await team(), APP, 1)
    await service.review(await desk("341600"), APP, 1, agree=True)
    await service.review(await desk(), APP, 1, agree=True)
    with pytest.raises(Exception, match="does not change"):
        await _rows(facts).update(release="x")


def _rows(facts):
    from miniapps.models import Version

    return Version.filter(appid=facts.appid, code=facts.code)


async def _row(facts):
    return await _rows(facts).get()

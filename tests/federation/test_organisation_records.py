"""An organisation in the standard field set, for its representative alone (R-ID-40)."""

from app_server.kernel import db
from auth.federation.rules import ORGANISATION_RECORD, fits_organisation_record
from auth.organisations import service as organisations
from auth.people import service as people
from tests.builders.acting import delegated, raised
from tests.builders.people import bearer, resident


async def test_strangers_and_delegates_read_no_record(public, rep, org):
    path = f"/organisations/{org.id}/record"
    assert (await public.get(path)).status_code == 401
    delegate = await resident(name="王芳")
    stranger = await public.get(path, headers=await bearer(delegate))
    await delegated(rep, org.id, delegate)
    reply = await public.get(path, headers=await bearer(delegate))
    assert [stranger.status_code, reply.status_code] == [403, 403], reply.text
    looked = "SELECT count(*) FROM kernel_audit WHERE action LIKE 'federation.%'"
    assert await db.value(looked) == 0


async def test_the_record_follows_the_standard_and_each_look_stands_with_everybody_in_it(
    public, rep, org
):
    delegate = await resident(name="王芳")
    given = await delegated(rep, org.id, delegate)
    await raised(rep, org.id)
    path = f"/organisations/{org.id}/record"
    told = (await public.get(path, headers=await bearer(rep))).json()
    assert told["schema_id"] == ORGANISATION_RECORD["$id"]
    record = told["organisation"]
    assert fits_organisation_record(record)
    legal, agent = await people.person(rep.subject), await people.person(delegate.subject)
    own = record["identity"]
    assert (own["certificate_sno"], own["corp_name"]) == (org.credit_code, org.name)
    assert (own["legal_cert_no"], own["corp_real_lvl"]) == (legal.id_number, "4")
    assert [a["agent_name"] for a in record["accounts"]] == ["王芳"]
    assert agent.id_number not in str(record)
    assert agent.phone not in str(record)
    rows = await db.rows(
        "SELECT owner FROM kernel_audit WHERE action='federation.organisation_record_read'"
    )
    assert {row["owner"] for row in rows} == {rep.subject, delegate.subject}
    await organisations.revoke(rep, org.id, given)
    after = (await public.get(path, headers=await bearer(rep))).json()["organisation"]
    account = after["accounts"][0]
    assert account["agent_exp_date"] == account["agent_eff_date"]


async def test_the_field_set_is_closed_and_complete(public, rep, org):
    path = f"/organisations/{org.id}/record"
    record = (await public.get(path, headers=await bearer(rep))).json()["organisation"]
    for part, name in [(p, n) for p in (record, record["identity"]) for n in list(p)]:
        value = part.pop(name)
        assert not fits_organisation_record(record), name
        part[name] = value
    assert fits_organisation_record(record)
    for extra in ("password", "trust_acct_no", "legal_home"):
        assert not fits_organisation_record(record | {extra: "x"}), extra
        assert not fits_organisation_record(
            record | {"identity": record["identity"] | {extra: "x"}}
        ), extra

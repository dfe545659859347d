"""Window officers, cards, certificates and proven acts for tests."""

import base64
from datetime import date
from typing import Any
from uuid import UUID

import httpx
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from app_server.kernel import clock
from app_server.kernel.principal import Principal
from auth.identity import service as identity
from auth.identity.models import ActProof, FaceCheck
from auth.people import service as people
from auth.staff import service as staff
from tests.builders.staff import ORG, officer

REGIONS = {"province": "340000", "city": "341600", "county": "341602", "town": "341602"}
DIGEST = "ab" * 32


async def window_officer(level: str = "county", login: str = "window") -> Principal:
    """An officer at a real-name window of a hall of this level."""
    at_county = await officer("realname_window", login=login)
    staff_id = await staff.add_staff(
        login=login,
        name="赵干事",
        org=ORG,
        org_name="演示住房城乡建设局",
        region=REGIONS[level],
        roles=["realname_window"],
        window=("A01", level),
    )
    assert at_county.id == staff_id
    return Principal(
        kind="staff",
        id=staff_id,
        roles=frozenset({"realname_window"}),
        org=ORG,
        region=REGIONS[level],
        name="赵干事",
    )


async def card_of(person: Principal, **changes: Any) -> dict[str, Any]:
    """What an officer reads from a resident's card, as the API takes it."""
    facts = await people.person(person.subject)
    told = {
        "name": facts.name,
        "id_number": facts.id_number,
        "valid_from": "2020-01-01",
        "valid_until": "2040-01-01",
    }
    return told | changes


async def in_registry(simulators: dict[str, str], who: Principal, **changes: Any) -> None:
    """Have the population registry know a resident."""
    facts = await people.person(who.subject)
    record = {
        "id_number": facts.id_number,
        "name": facts.name,
        "sex": facts.sex,
        "ethnic_group": facts.ethnic_group,
        "portrait": None,
        "valid_from": "2020-01-01",
        "valid_until": "2040-01-01",
        "life": "alive",
    }
    await post(simulators["exchange"], "/__people", record | changes)


async def post(base: str, path: str, body: Any) -> httpx.Response:
    """Tell a simulator something."""
    async with httpx.AsyncClient(base_url=base, trust_env=False, timeout=20) as client:
        reply = await client.post(path, json=body)
        reply.raise_for_status()
        return reply


async def proof_for(
    person: Principal, act: str = "test.act", about: str = "thing-1", digest: str = DIGEST
) -> str:
    """A proof of an act by a face check that was opened for it."""
    challenge = await identity.open_act(person, act, about, digest)
    given = {"check_id": str(await passed_check(person, challenge.id))}
    secret, _ = await identity.prove_act(person, challenge.id, "live_face", given)
    return secret


async def passed_check(person: Principal, act_proof_id: UUID | None = None) -> UUID:
    """A passed face check of now (how it comes about is tested elsewhere)."""
    now = clock.now()
    check = await FaceCheck.create(
        person_id=person.subject,
        consent_id=person.subject,
        act_proof_id=act_proof_id,
        state="passed",
        score=0.7,
        engine="test",
        created_at=now,
        expires_at=now,
    )
    return check.id


class Keyholder:
    """Somebody with a certificate of a simulated authority."""

    def __init__(self, base: str, authority: str = "demo-ca-one") -> None:
        self.base, self.authority = base, authority
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.pem = ""

    async def enrol(self, name: str, number: str, kind: str = "person") -> "Keyholder":
        """Get a certificate issued."""
        csr = (
            x509.CertificateSigningRequestBuilder()
            .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]))
            .sign(self.key, hashes.SHA256())
        )
        told = {
            "csr": csr.public_bytes(Encoding.PEM).decode(),
            "name": name,
            "number": number,
            "kind": kind,
        }
        reply = await post(self.base, f"/{self.authority}/__issue", told)
        self.pem = reply.json()["certificate"]
        return self

    def sign(self, text: bytes) -> str:
        """A signature over a challenge, in base64."""
        return base64.b64encode(self.key.sign(text, ec.ECDSA(hashes.SHA256()))).decode()

    def given(self, challenge: ActProof) -> dict[str, str]:
        """What the method `certificate` takes."""
        return {"certificate": self.pem, "signature": self.sign(identity.to_sign(challenge))}

    async def revoke(self) -> None:
        """Have the certificate revoked."""
        serial = f"{x509.load_pem_x509_certificate(self.pem.encode()).serial_number:x}"
        await post(self.base, f"/{self.authority}/__revoke", {"serial": serial})


CARD = identity.CardSeen
FAR = date(2040, 1, 1)

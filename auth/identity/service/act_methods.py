"""The ways to prove an act: the live face, and a client-held certificate (R-ID-14).

The officer on video is in `video.py`; the voiceprint comes with the liveness checks.
"""

import asyncio
import base64
from datetime import datetime
from uuid import UUID

from cryptography import x509

from app_server.kernel import clock, db
from app_server.kernel.crypto import same
from app_server.kernel.principal import Principal
from auth.identity.errors import ActNotProven
from auth.identity.models import ActProof, FaceCheck
from auth.identity.providers.certificates import (
    PERSON_NUMBER,
    Authority,
    CertificateRefused,
    Holder,
    authorities,
    holder_of,
    not_revoked,
    read_chain,
    signed,
    trusted_by,
)
from auth.identity.service.acts import Ground, check_named, offer_method, to_sign
from auth.identity.service.reviews import open_review
from auth.identity.service.revocations import revocations_of
from auth.people import service as people

MAX_CHAIN = 8_000


class LiveFace:
    """A passed face check that was opened for this very act."""

    code = "live_face"
    name = "实时人脸核验"
    face = True

    async def obstacle(self, person_id: UUID) -> str:
        """Open to everybody: its own limits are the face check's."""
        del person_id
        return ""

    async def prove(
        self, principal: Principal, challenge: ActProof, given: dict[str, str]
    ) -> Ground:
        """Look the passed check up; raises `ActNotProven`."""
        check = await FaceCheck.get_or_none(
            id=check_named(given),
            person_id=principal.subject,
            state="passed",
            act_proof_id=challenge.id,
        )
        if check is None:
            raise ActNotProven(reason="no_check_for_this_act")
        score = round(check.score or 0, 3)
        return Ground(check.id, {"engine": check.engine, "score": score})


class PersonalCertificate:
    """The key of a certificate that a trusted authority gave this very person signs it."""

    code = "certificate"
    name = "个人数字证书"
    face = False

    async def obstacle(self, person_id: UUID) -> str:
        """Closed while this instance trusts no authority."""
        del person_id
        return "" if authorities() else "本平台暂未接入电子认证机构"

    async def prove(
        self, principal: Principal, challenge: ActProof, given: dict[str, str]
    ) -> Ground:
        """Chain, dates, revocation, name and number, signature; raises `ActNotProven`."""
        try:
            signature = base64.b64decode(given.get("signature", ""), validate=True)
            holder = await certificate_holder(
                given.get("certificate", ""), to_sign(challenge), signature
            )
        except (CertificateRefused, ValueError) as error:
            raise ActNotProven(reason=str(error)[:60]) from error
        facts = await people.person(principal.subject)
        if not same(holder.number, facts.id_number):
            raise ActNotProven(reason="another_person")
        if holder.name != facts.name:
            async with db.unit_of_work():
                await open_review("person", facts.id, "certificate", "population_four_fields")
            raise ActNotProven(reason="name_disagrees")
        return Ground(None, {"authority": holder.authority, "serial": holder.serial})


async def certificate_holder(
    pem: str,
    challenge: bytes,
    signature: bytes,
    kind: x509.ObjectIdentifier = PERSON_NUMBER,
) -> Holder:
    """Whom a valid certificate names whose key signed a challenge.

    Chain, dates, purpose, revocation list, signature. Raises `CertificateRefused`.
    """
    if len(pem) > MAX_CHAIN:
        raise CertificateRefused("too_long")
    now = clock.now()
    chain = read_chain(pem)
    authority = trusted_by(chain, now)
    revocations = await revocations_of(authority)
    if not revocations:
        raise CertificateRefused("revocation_list_missing")
    return await asyncio.to_thread(
        _checked, chain, authority, revocations, (challenge, signature), kind, now
    )


def _checked(
    chain: list[x509.Certificate],
    authority: Authority,
    revocations: str,
    said: tuple[bytes, bytes],
    kind: x509.ObjectIdentifier,
    now: datetime,
) -> Holder:
    # A list of a million serials takes a while to read: not in the event loop.
    not_revoked(chain, authority, revocations, now)
    signed(chain[0], *said)
    return holder_of(chain[0], authority, kind)


offer_method(LiveFace())
offer_method(PersonalCertificate())

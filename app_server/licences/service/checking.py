"""Whether a licence is genuine: by its number for anybody, as a proof for another office."""

from dataclasses import dataclass
from datetime import datetime
from secrets import compare_digest

from app_server.kernel import clock, db
from app_server.kernel.principal import Principal
from app_server.licences.models import Licence
from app_server.licences.rules import holds
from app_server.licences.rules.types import TRUST_CLASSES
from app_server.licences.service.holding import LicenceFacts, facts_of
from app_server.licences.service.using import used
from app_server.seals import service as seals


@dataclass(frozen=True, slots=True)
class Verification:
    """The answer to a verifier: why not, or the licence."""

    valid: bool
    reason: str
    licence: LicenceFacts | None
    checked_at: datetime
    # Who shows it for the holder, by an authorisation; empty for the holder.
    shown_by: str = ""


@dataclass(frozen=True, slots=True)
class Proof:
    """Whether a licence stands for a paper, how far, and its watermark."""

    accepted: bool
    reason: str
    licence: LicenceFacts | None
    reuse: str
    watermark: str


async def examined(row: Licence) -> Verification:
    """A licence's state today, if its seal holds; the seal is checked here and now."""
    now, facts = clock.now(), facts_of(row)
    if facts.state == "making":
        return Verification(False, "making", None, now)
    if not await seals.verify(row.public_key, row.content.encode(), row.signature):
        return Verification(False, "signature", None, now)
    valid = facts.state == "valid"
    return Verification(valid, "" if valid else facts.state, facts, now)


async def check_identifier(principal: Principal, identifier: str) -> Verification:
    """What anybody who has the number may know: masked facts, and whether it is valid."""
    if not holds(identifier):
        return Verification(False, "malformed", None, clock.now())
    row = await Licence.get_or_none(identifier=identifier)
    if row is None:
        return Verification(False, "unknown", None, clock.now())
    async with db.single_statement():
        used(principal, row, "identifier")
    return await examined(row)


async def accept_proof(
    principal: Principal, identifier: str, holder_number: str, purpose: str
) -> Proof:
    """Recognise another office's proof by its number, without an upload (R-LIC-15, R-LIC-17).

    Only a valid one of this holder whose class stands for a paper (A and B) is accepted.
    """
    row = await Licence.get_or_none(identifier=identifier) if holds(identifier) else None
    if row is None or not _same(row.holder_number, holder_number):
        # One answer for both: nobody learns by trying whose a number is.
        return Proof(False, "unknown", None, "", "")
    async with db.single_statement():
        used(principal, row, "proof", purpose)
    told, trust = await examined(row), TRUST_CLASSES[row.trust_class]
    mark = trust.mark(row.issuer_name, row.expires_on)
    if not told.valid:
        return Proof(False, told.reason, told.licence, trust.reuse, mark)
    reason = "" if trust.direct else "class"
    return Proof(trust.direct, reason, told.licence, trust.reuse, mark)


def _same(one: str, other: str) -> bool:
    return compare_digest(one.upper().encode(), other.strip().upper().encode())

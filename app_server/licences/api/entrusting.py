"""Authorisations: family or an agent shows a holder's licences."""

from dataclasses import asdict
from uuid import UUID

from app_server.kernel.http import Call, endpoint, person
from app_server.kernel.ratelimit import Limit
from app_server.licences import service
from app_server.licences.rules.showing import RELATION_NAMES
from app_server.licences.schemas.sharing import (
    EntrustedLicence,
    EntrustedLicences,
    EntrustRequest,
    MandateList,
    MandateView,
)
from app_server.licences.schemas.wallet import LicenceView


def _view(facts: service.MandateFacts) -> MandateView:
    shown = asdict(facts) | {"type_codes": list(facts.type_codes)}
    return MandateView(**shown, relation_name=RELATION_NAMES[facts.relation])


@endpoint("GET", "/licence-mandates", guard=person(1))
async def list_mandates(call: Call) -> MandateList:
    """What I entrusted to others and was entrusted with."""
    found = await service.mandates_of(call.principal.subject)
    return MandateList(items=[_view(facts) for facts in found])


# Whoever gives away the right to show must be the person, not a phone that was left lying.
@endpoint(
    "POST",
    "/licence-mandates",
    guard=person(2),
    status=201,
    limit=Limit("entrust", 5, 60, fail_closed=True),
)
async def entrust(call: Call, body: EntrustRequest) -> MandateView:
    """Let somebody show my licences of some types for a purpose until a day."""
    wanted = service.Entrusting(
        body.agent_name,
        body.agent_number,
        body.relation,
        tuple(body.type_codes),
        body.purpose,
        body.ends_on,
    )
    return _view(await service.entrust(call.principal, wanted))


@endpoint("DELETE", "/licence-mandates/{mandate_id}", guard=person(1))
async def end_mandate(call: Call, mandate_id: UUID) -> None:
    """End an authorisation at once, from either side."""
    await service.end_mandate(call.principal, mandate_id)


@endpoint("GET", "/entrusted-licences", guard=person(1))
async def list_entrusted(call: Call) -> EntrustedLicences:
    """The licences I may show for their holders."""
    found = await service.entrusted_licences(call.principal)
    return EntrustedLicences(
        items=[
            EntrustedLicence(mandate=_view(mandate), licence=LicenceView(**asdict(facts)))
            for mandate, facts in found
        ]
    )

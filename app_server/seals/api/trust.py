"""The trust list (信任列表) of the workbench: authorities, cities' requests, revocation lists."""

from base64 import b64encode
from uuid import UUID

from app_server.kernel.http import Call, endpoint, staff
from app_server.seals import service
from app_server.seals.rules import life
from app_server.seals.schemas import (
    SealAuthorityAsked,
    SealAuthorityInstalled,
    SealAuthorityList,
    SealAuthorityRequest,
    SealAuthoritySigned,
    SealAuthorityStanding,
    SealAuthorityToSign,
    SealAuthorityView,
    SealAuthorityWanted,
)

AUTHORITY = staff(life.AUTHORITY)


def _wanted(body: SealAuthorityWanted) -> service.AuthorityWanted:
    # Not by `model_dump`: that would put the certificate into base64 again.
    return service.AuthorityWanted(body.name, body.region, body.certificate, body.list_url)


@endpoint("GET", "/seal-authorities", guard=AUTHORITY)
async def list_authorities(call: Call) -> SealAuthorityList:
    """The authorities we trust, and our own."""
    del call
    return await _listed()


async def _listed() -> SealAuthorityList:
    names = list(SealAuthorityView.model_fields)
    return SealAuthorityList(
        items=[
            SealAuthorityView(**{name: getattr(row, name) for name in names})
            for row in await service.trust_list()
        ]
    )


@endpoint("POST", "/seal-authorities", guard=AUTHORITY, status=201)
async def trust_authority(call: Call, body: SealAuthorityWanted) -> SealAuthorityList:
    """Put another's authority on the list; answers the whole list."""
    await service.trust(call.principal, _wanted(body))
    return await _listed()


@endpoint("PUT", "/seal-authorities/{authority_id}/standing", guard=AUTHORITY)
async def set_standing(call: Call, authority_id: UUID, body: SealAuthorityStanding) -> None:
    """Suspend an authority, or trust it again."""
    await service.set_standing(call.principal, authority_id, trusted=body.trusted)


@endpoint("POST", "/seal-authorities/own", guard=AUTHORITY, status=201)
async def found_own(call: Call, body: SealAuthorityAsked) -> SealAuthorityList:
    """Found our own root where there is none yet; answers the whole list."""
    await service.found_authority(call.principal, body.algorithm)
    return await _listed()


@endpoint("POST", "/seal-authorities/requests", guard=AUTHORITY, status=201)
async def request_authority(call: Call, body: SealAuthorityAsked) -> SealAuthorityRequest:
    """As a city: make our key and the request for the province."""
    found, asked = await service.request_authority(call.principal, body.algorithm)
    return SealAuthorityRequest(id=found, request=b64encode(asked).decode())


@endpoint("POST", "/seal-authorities/signatures", guard=AUTHORITY, status=201)
async def sign_request(call: Call, body: SealAuthorityToSign) -> SealAuthoritySigned:
    """As the province: sign a city's request and trust the city."""
    made, root = await service.sign_request(
        call.principal, body.request, body.region, body.list_url
    )
    return SealAuthoritySigned(certificate=b64encode(made).decode(), root=b64encode(root).decode())


@endpoint("PUT", "/seal-authorities/{authority_id}/certificate", guard=AUTHORITY)
async def install(call: Call, authority_id: UUID, body: SealAuthorityInstalled) -> None:
    """As a city: take the certificate that the province made."""
    await service.install(call.principal, authority_id, body.certificate, _wanted(body.root))

"""Offices: contracts with carriers, and what came in."""

from dataclasses import asdict
from uuid import UUID

from app_server.kernel.http import Call, endpoint, staff
from app_server.logistics import service
from app_server.logistics.schemas import (
    ContractList,
    ContractView,
    ContractWanted,
    ReceivedView,
    Ticked,
)

# Contracts cost money and name accounts: the treasury enters them, as it does fee items.
TREASURY = staff("treasurer")
FINANCE = staff("finance", "treasurer")
TAKERS = staff("case_officer", "case_approver", "case_window")


@endpoint("GET", "/logistics-contracts", guard=FINANCE)
async def list_contracts(call: Call) -> ContractList:
    """The contracts inside my region."""
    found = await service.contracts(call.principal)
    return ContractList(items=[ContractView(**asdict(one)) for one in found])


@endpoint("PUT", "/logistics-contracts", guard=TREASURY)
async def put_contract(call: Call, body: ContractWanted) -> ContractView:
    """Enter a contract, or change the one of that place, carrier and code (with `If-Match`)."""
    wanted = service.ContractWanted(**body.model_dump())
    version = call.expected_version() if call.headers.get("if-match") else None
    return ContractView(**asdict(await service.put_contract(call.principal, wanted, version)))


@endpoint("POST", "/parcels/{parcel_id}/receipt", guard=TAKERS)
async def receive(call: Call, parcel_id: UUID, body: Ticked) -> ReceivedView:
    """Tick off what came in; the answer says whether it is the agreed list."""
    ticked = [line.model_dump() for line in body.contents]
    done = await service.receive(call.principal, parcel_id, ticked)
    return ReceivedView(id=done.id, state=done.state, intact=bool(done.intact))

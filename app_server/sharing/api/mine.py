"""What registries were asked about me, and whether they may be."""

from dataclasses import asdict

from app_server.kernel.http import Call, endpoint, person
from app_server.kernel.ratelimit import Limit
from app_server.sharing import service
from app_server.sharing.schemas.mine import CallList, CallView, ChoiceView, ChoiceWanted


@endpoint("GET", "/me/sharing/calls", guard=person(1))
async def my_calls(call: Call) -> CallList:
    """Every call about me: source, time, purpose, ground (R-CAS-26)."""
    found = await service.calls_of(call.principal.subject)
    names = await service.source_names({receipt.service for receipt in found})
    return CallList(items=[_view(receipt, names) for receipt in found])


def _view(receipt: service.Receipt, names: dict[str, str]) -> CallView:
    return CallView(
        id=receipt.id,
        source_name=names.get(receipt.service, receipt.service),
        purpose=receipt.purpose,
        basis=receipt.basis,
        about=receipt.about,
        outcome=receipt.outcome,
        at=receipt.at,
        genuine=service.is_genuine(receipt),
    )


@endpoint("GET", "/me/sharing/prefill", guard=person(1))
async def my_choice(call: Call) -> ChoiceView:
    """Whether my forms are prefilled from registries."""
    return ChoiceView(**asdict(await service.choice_of(call.principal.subject)))


@endpoint("PUT", "/me/sharing/prefill", guard=person(1), limit=Limit("prefill-choice", 20, 60))
async def choose(call: Call, body: ChoiceWanted) -> ChoiceView:
    """Agree to prefilling, or refuse it."""
    return ChoiceView(**asdict(await service.set_choice(call.principal, body.allowed)))

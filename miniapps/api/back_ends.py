"""Apps' back ends: the exchange of tickets."""

from app_server.kernel.http import Call, client, endpoint
from miniapps import service
from miniapps.rules import TICKETS_CLIENT_SCOPE
from miniapps.schemas.back_ends import TicketExchange, VisitorView


@endpoint("POST", "/tickets/exchange", guard=client(TICKETS_CLIENT_SCOPE))
async def exchange_ticket(call: Call, body: TicketExchange) -> VisitorView:
    """Learn who opened the app, once."""
    return visitor_view(await service.exchange(call.principal, body.ticket))


def visitor_view(visitor: service.Visitor) -> VisitorView:
    """A visitor as our own protocol tells one."""
    tier = visitor.tier
    return VisitorView(
        openid=visitor.openid,
        tier=tier,
        acr=None if tier is None else f"urn:wanshi:acr:t{tier}",  # type: ignore[arg-type]
        region=visitor.region,
        name=visitor.name,
        phone=visitor.phone,
        id_number=visitor.id_number,
        proved_at=visitor.proved_at,
    )

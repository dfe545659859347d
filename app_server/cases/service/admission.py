"""Who may apply: tier, and an identity that is still valid (R-ID-06, R-ID-43)."""

from app_server.cases.errors import ItemTierTooLow
from app_server.cases.service.capacity import Filer, filer_for
from app_server.items import service as items
from app_server.kernel.principal import Principal
from auth.identity import service as identity


async def may_apply(principal: Principal, item: items.ItemFacts) -> Filer | None:
    """For whom the caller applies; raises `ItemTierTooLow` with the ways up, or `IdentityLapsed`.

    The lapse comes first: an expired card has lowered the tier too, and renewing it is the way.
    For an organisation its level counts, not the person's tier (`capacity.filer_for`).
    """
    await identity.needs_valid_identity(principal)
    if filer := await filer_for(principal, item):
        return filer
    if items.may_apply(principal.tier, item):
        return None
    needed = max(1, item.account_tier)
    options = [
        {"code": means.source.code, "name": means.source.name}
        for means in await identity.means_in_force("person")
        if means.enabled and means.source.tier >= needed
    ]
    raise ItemTierTooLow(needed, principal.tier, options)

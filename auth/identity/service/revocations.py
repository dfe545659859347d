"""The authorities' revocation lists: fetched by a job, kept, never newer by older."""

from app_server.kernel import clock, db
from app_server.kernel.outbox import announce
from auth.identity.events import RevocationListsDue
from auth.identity.models import RevocationList
from auth.identity.providers.certificates import Authority, authorities, fetch_list


async def ask_for_revocation_lists() -> None:
    """Announce, for every trusted authority, that its list is to be fetched."""
    for name in authorities():
        announce(RevocationListsDue(authority=name))


async def fetch_revocation_list(name: str) -> None:
    """Fetch and keep one authority's list; raises `OSError`. An older list replaces nothing."""
    authority = authorities().get(name)
    if authority is None:
        return
    text, number, until = await fetch_list(authority)
    await db.execute(
        "INSERT INTO identity_revocation_list (authority, number, list, next_update, fetched_at) "
        "VALUES ($1, $2, $3, $4, $5) ON CONFLICT (authority) DO UPDATE SET number=$2, list=$3, "
        "next_update=$4, fetched_at=$5 WHERE identity_revocation_list.number <= $2",
        name,
        number,
        text,
        until,
        clock.now(),
    )


async def revocations_of(authority: Authority) -> str:
    """The kept list of an authority, fetched now where there is none or it ran out; may be ""."""
    held = await RevocationList.get_or_none(authority=authority.name)
    if held is None or held.next_update <= clock.now():
        try:
            await fetch_revocation_list(authority.name)
        except OSError:
            return ""
        held = await RevocationList.get_or_none(authority=authority.name)
    return held.list if held else ""

"""Experience posts (R-ITM-40): told by people, shown after moderation, found helpful once each."""

from collections.abc import Mapping
from typing import Any, Literal
from uuid import UUID

import asyncpg

from app_server.items.errors import AlreadyVoted, NoSuchEntry, NotInThisState
from app_server.items.service.reading import published
from app_server.kernel import audit, clock, db, regions
from app_server.kernel.ids import uuid7
from app_server.kernel.principal import Principal


async def tell(principal: Principal, code: str, text: str) -> UUID:
    """Tell how an item went; it waits for a moderator. Raises `NoSuchItem`."""
    item = await published(code)
    post_id = uuid7()
    async with db.unit_of_work() as uow:
        uow.add(
            "items_experience",
            {
                "id": post_id,
                "code": item.code,
                "person_id": principal.subject,
                "text": text,
                "state": "waiting",
                "reason": "",
                "helpful": 0,
                "at": clock.now(),
                "moderated_by": "",
            },
        )
    return post_id


async def told(code: str, limit: int = 50) -> list[Mapping[str, Any]]:
    """The posts of an item that are shown, the most helpful first; who wrote is not told."""
    return await db.rows(
        "SELECT id, text, helpful, at FROM items_experience "
        "WHERE code = $1 AND state = 'shown' ORDER BY helpful DESC, id DESC LIMIT $2",
        code,
        limit,
    )


async def waiting(principal: Principal, limit: int = 50) -> list[Mapping[str, Any]]:
    """Posts that wait for this organisation's moderator."""
    return await db.rows(
        "SELECT e.id, e.code, e.text, e.at FROM items_experience e "
        "JOIN items_item i ON i.code = e.code WHERE e.state = 'waiting' "
        "AND (i.owner = $1 OR $2) ORDER BY e.id LIMIT $3",
        principal.org,
        _province(principal),
        limit,
    )


def _province(principal: Principal) -> bool:
    return bool(principal.region) and regions.level_of(principal.region) == "province"


async def moderate(
    principal: Principal, post_id: UUID, outcome: Literal["shown", "refused"], reason: str
) -> None:
    """Show a post or refuse it; the item's owner's and the province's. Raises `NoSuchEntry`."""
    async with db.unit_of_work():
        touched = await db.execute(
            "UPDATE items_experience e SET state = $2, reason = $3, moderated_by = $4 "
            "FROM items_item i WHERE e.id = $1 AND e.state = 'waiting' AND i.code = e.code "
            "AND (i.owner = $5 OR $6)",
            post_id,
            outcome,
            reason,
            principal.ref,
            principal.org,
            _province(principal),
        )
        if not touched:
            state = await db.value("SELECT state FROM items_experience WHERE id = $1", post_id)
            raise NotInThisState if state not in {None, "waiting"} else NoSuchEntry
        audit.record(principal, f"items.experience_{outcome}", f"experience:{post_id}")


async def find_helpful(principal: Principal, post_id: UUID) -> int:
    """Say once that a shown post helped; answers how many said so.

    Raises `AlreadyVoted`, `NoSuchEntry`.
    """
    try:
        async with db.unit_of_work() as uow:
            now: Any = await db.value(
                "UPDATE items_experience SET helpful = helpful + 1 "
                "WHERE id = $1 AND state = 'shown' RETURNING helpful",
                post_id,
            )
            if now is None:
                raise NoSuchEntry
            vote = {"id": uuid7(), "experience_id": post_id, "person_id": principal.subject}
            uow.add("items_helpful_vote", vote)
    except asyncpg.UniqueViolationError as error:
        raise AlreadyVoted from error
    return int(now)

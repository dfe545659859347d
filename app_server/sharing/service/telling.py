"""Who is told of changes: organisations that follow an entry or hold a grant to it (R-DAT-12)."""

from uuid import UUID

from app_server.kernel import clock, db
from app_server.kernel.ids import uuid7
from app_server.kernel.principal import Principal
from app_server.sharing.models import Follow, Notice, Resource
from app_server.sharing.service.resources import seen_by

PAGE = 50
DEEDS = {"published": "发布了第 {edition} 版", "moved": "调整了目录分类", "retired": "已停用"}


async def follow(by: Principal, resource_id: UUID) -> None:
    """Have one's organisation told of changes to an entry; raises `NoSuchResource`."""
    await seen_by(by, resource_id)
    async with db.single_statement() as uow:
        uow.add(
            "sharing_follow",
            {"id": uuid7(), "resource_id": resource_id, "org": by.org, "at": clock.now()},
            on_conflict="ON CONFLICT (resource_id, org) DO NOTHING",
        )


async def unfollow(by: Principal, resource_id: UUID) -> None:
    """Have one's organisation told no more."""
    await Follow.filter(resource_id=resource_id, org=by.org).delete()


async def notices(by: Principal, before: UUID | None) -> list[Notice]:
    """What one's organisation was told, newest first."""
    found = Notice.filter(org=by.org)
    if before is not None:
        found = found.filter(id__lt=before)
    return await found.order_by("-id").limit(PAGE)


async def tell_change(resource_id: UUID, deed: str, edition: int) -> None:
    """Tell the subscribers of a changed entry."""
    row = await Resource.get(id=resource_id)
    text = f"信息资源“{row.name}”（{row.code}）" + DEEDS[deed].format(edition=edition)
    about = f"change:{resource_id}:{deed}:{edition}:{row.version if deed == 'moved' else 0}"
    for org in await subscribers(resource_id):
        tell(org, resource_id, about, text)


async def subscribers(resource_id: UUID) -> list[str]:
    """The organisations that follow an entry or may call one of its services."""
    rows = await db.rows(
        "SELECT org FROM sharing_follow WHERE resource_id = $1 "
        "UNION SELECT org FROM sharing_grant WHERE resource_id = $1 AND state = 'granted'",
        resource_id,
    )
    return sorted(row["org"] for row in rows)


def tell(org: str, resource_id: UUID, about: str, text: str) -> None:
    """Tell one organisation one thing once, in the caller's unit of work."""
    db.needed().add(
        "sharing_notice",
        {
            "id": uuid7(),
            "org": org,
            "resource_id": resource_id,
            "about": about[:80],
            "text": text[:200],
            "at": clock.now(),
        },
        on_conflict="ON CONFLICT (org, about) DO NOTHING",
    )

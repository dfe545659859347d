"""Seals of the demonstration (演示印章): made by walking the whole life, refused in production."""

from datetime import timedelta
from uuid import NAMESPACE_OID, UUID, uuid5

from app_server.kernel import clock, db
from app_server.kernel.principal import Principal
from app_server.kernel.settings import ConfigurationRefused, load
from app_server.seals.models import Seal
from app_server.seals.rules.life import AUTHORITY
from app_server.seals.service import authorities, life, using
from app_server.seals.service.life import Ground, SealWanted

# Two hands, as the rules want; both exist in the demonstration only.
_KEEPER, _AUTHORITY = (
    Principal(
        kind="staff",
        id=uuid5(NAMESPACE_OID, name),
        name=name,
        roles=frozenset({AUTHORITY}),
        region="340000",
    )
    for name in ("演示印章管理员", "演示印章主管")
)
_STEPS = (("approve", _AUTHORITY), ("make", _AUTHORITY), ("record", _KEEPER), ("issue", _AUTHORITY))
_DOCUMENT = "演示数据"
# Approvers decide, keepers change and renew what was issued, rules decide at once.
_HOLDERS = ("post:case_approver", "post:licence_keeper", using.AUTOMATIC)


async def ensure_seal(org: str, org_name: str, region: str = "") -> UUID:
    """The issued seal of a demonstration's organisation, with leave for its approvers.

    Raises `ConfigurationRefused` in production, where seals are applied for.
    """
    if load().production:
        raise ConfigurationRefused(["演示印章不得用于生产环境"])
    async with db.advisory_lock(f"seals:{org}"):
        found = await Seal.filter(org=org, state="issued").first()
        return found.id if found else await _made(org, org_name, region)


async def _made(org: str, org_name: str, region: str) -> UUID:
    for algorithm in authorities.ALGORITHMS:
        await authorities.found_authority(_AUTHORITY, algorithm)
    ground = Ground(_DOCUMENT)
    wanted = SealWanted(org, org_name, region or load().platform_region, org_name)
    seal_id = await life.apply(_KEEPER, wanted, ground)
    for name, officer in _STEPS:
        await life.take(officer, seal_id, name, ground)
    today = clock.today()
    for holder in _HOLDERS:
        leave = using.LeaveWanted(
            holder, using.ANY, "", 0, today - timedelta(days=1), today + timedelta(days=3650)
        )
        await using.grant(_AUTHORITY, seal_id, leave)
    return seal_id

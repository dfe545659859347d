"""Applications to use a data service: asked, decided by the provider in time, keys (R-DAT-13)."""

from uuid import UUID

from app_server.kernel import audit, clock, db, working_days
from app_server.kernel.outbox import announce
from app_server.kernel.principal import Principal
from app_server.sharing.errors import (
    GrantInvalid,
    NoSuchGrant,
    NotInThisState,
    NotTheProvider,
    SamePerson,
)
from app_server.sharing.events import GrantDecided
from app_server.sharing.models import DataService, Grant, Resource
from app_server.sharing.rules import states
from app_server.sharing.rules.grants import SCOPE, GrantWanted, grant_findings, grant_scope
from app_server.sharing.service.moving import transit
from app_server.sharing.service.registering import a_service
from app_server.sharing.service.telling import tell
from auth.grants import service as grants

PAGE = 50


async def apply(by: Principal, code: str, org_name: str, wanted: GrantWanted) -> Grant:
    """Apply for a published service in the name of one's organisation.

    Raises `NoSuchSharingService`, `NotInThisState`, `GrantInvalid`.
    """
    service = await a_service(code)
    resource = await Resource.get(id=service.resource_id)
    if service.state != "published" or resource.state != "published":
        raise NotInThisState(state=service.state)
    errors = grant_findings(wanted, service.gives, service.most_per_day, clock.today())
    if resource.share_type == "none":
        errors = [{"field": "service", "message": "该信息资源不予共享"}]
    if errors:
        raise GrantInvalid(errors=errors)
    calendar = await working_days.calendar()
    due, _ = calendar.add_working_days(clock.today(), service.approve_days)
    async with db.unit_of_work():
        row = await Grant.create(
            service_id=service.id,
            resource_id=service.resource_id,
            provider_org=service.org,
            org=by.org,
            org_name=org_name,
            region=by.region,
            applicant=by.ref,
            purposes=list(wanted.purposes),
            legal_basis=wanted.legal_basis,
            fields_granted=sorted(set(wanted.fields)),
            quota=wanted.quota,
            expires_on=wanted.expires_on,
            system_code=wanted.system_code,
            due_on=due,
            at=clock.now(),
        )
        tell(service.org, resource.id, f"asked:{row.id}", f"{org_name}申请使用“{service.name}”")
        audit.record(by, "sharing.grant_asked", f"grant:{row.id}", purpose=wanted.purposes[0])
    return row


async def a_grant(by: Principal, grant_id: UUID) -> Grant:
    """One application of or to one's organisation; raises `NoSuchGrant`."""
    found = await Grant.get_or_none(id=grant_id)
    if found is None or by.org not in {found.org, found.provider_org}:
        raise NoSuchGrant
    return found


async def applications(by: Principal, side: str, state: str, before: UUID | None) -> list[Grant]:
    """What one's organisation applied for (`mine`) or was asked (`provided`), newest first."""
    found = Grant.filter(org=by.org) if side == "mine" else Grant.filter(provider_org=by.org)
    if state:
        found = found.filter(state=state)
    if before is not None:
        found = found.filter(id__lt=before)
    return await found.order_by("-id").limit(PAGE)


async def decide(by: Principal, grant_id: UUID, version: int, move: str, note: str) -> Grant:
    """Approve or refuse an application, or revoke a grant: the provider's, another person's.

    What is shared unconditionally cannot be refused. Raises `NoSuchGrant`, `NotTheProvider`,
    `SamePerson`, `NotInThisState`, `PreconditionFailed`.
    """
    asked = await a_grant(by, grant_id)
    if by.org != asked.provider_org:
        raise NotTheProvider
    if by.ref == asked.applicant:
        raise SamePerson
    resource = await Resource.get(id=asked.resource_id)
    if move == "refuse" and resource.share_type == "unconditional":
        raise NotInThisState("无条件共享的信息资源不能拒绝", state=asked.state)
    if move == "approve" and asked.expires_on <= clock.today():
        raise NotInThisState("申请的有效期已过", state=asked.state)
    return await _end(by, asked, version, move, note)


async def withdraw(by: Principal, grant_id: UUID, version: int, note: str) -> Grant:
    """Take one's own organisation's application back; raises `NoSuchGrant`, `NotInThisState`."""
    asked = await a_grant(by, grant_id)
    if by.org != asked.org:
        raise NoSuchGrant
    return await _end(by, asked, version, "withdraw", note)


async def _end(by: Principal, asked: Grant, version: int, move: str, note: str) -> Grant:
    async with db.unit_of_work():
        row = await transit(
            Grant,
            asked.id,
            version,
            states.GRANT,
            move,
            decided_by=by.ref,
            decided_at=clock.now(),
            note=note,
        )
        if move == "revoke" and row.client_id:
            await grants.disable_client(by, row.client_id)
        audit.record(by, f"sharing.grant_{move}", f"grant:{row.id}", purpose=note)
        service = await DataService.get(id=row.service_id)
        announce(
            GrantDecided(
                grant_id=row.id,
                resource_id=row.resource_id,
                applicant_org=row.org,
                service=service.code,
                state=row.state,
            )
        )
    return row


async def key_of(by: Principal, grant_id: UUID) -> tuple[str, str]:
    """A key for a grant in force: its client and a secret, told this once; asked again, a new one.

    The client may call under this grant alone. Raises `NoSuchGrant`, `NotInThisState`.
    """
    granted = await a_grant(by, grant_id)
    if by.org != granted.org:
        raise NoSuchGrant
    if granted.state != "granted":
        raise NotInThisState(state=granted.state)
    client_id = f"sharing-{granted.id.hex}"
    async with db.unit_of_work():
        await db.lock(client_id)
        if await grants.registered(client_id):
            secret = await grants.rotate_client_secret(by, client_id)
        else:
            secret = await grants.add_client(
                client_id=client_id,
                name=granted.org_name,
                scopes=[SCOPE, grant_scope(granted.id)],
                region=granted.region,
            )
            touched = await Grant.filter(id=granted.id, state="granted").update(client_id=client_id)
            if not touched:
                raise NotInThisState
        audit.record(by, "sharing.key_given", f"grant:{granted.id}")
    return client_id, secret


async def tell_decision(grant_id: UUID) -> None:
    """Tell the applicant's organisation what became of its application."""
    row = await Grant.get(id=grant_id)
    service = await DataService.get(id=row.service_id)
    text = f"“{service.name}”的共享申请：{states.STATE_NAMES[row.state]}"
    tell(row.org, row.resource_id, f"grant:{row.id}:{row.state}", text)

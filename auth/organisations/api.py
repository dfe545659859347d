"""Organisations of the caller: registering, delegating, raising the level; and the window."""

from uuid import UUID

from app_server.kernel.http import Call, endpoint, person, staff
from app_server.kernel.ratelimit import Limit
from auth.organisations import service
from auth.organisations.schemas import (
    CertificateEntry,
    ChallengeView,
    DelegationEntry,
    DelegationList,
    DelegationView,
    LevelView,
    OrganisationEntry,
    OrganisationList,
    OrganisationView,
    TaxAccountEntry,
    WindowEntry,
)

TRIES = Limit("organisation", 20, 600, fail_closed=True)


@endpoint("POST", "/organisations", guard=person(1), status=201, limit=TRIES)
async def register(call: Call, body: OrganisationEntry) -> OrganisationView:
    """Register an organisation; three libraries are asked (R-ID-17…19)."""
    found = await service.register(
        call.principal,
        service.Application(
            credit_code=service.checked_credit_code(body.credit_code),
            name=body.name,
            registration_no=body.registration_no or "",
            representative_name=body.representative.name,
            representative_id_number=body.representative.id_number.upper(),
            representative_ethnic_group=body.representative.ethnic_group,
        ),
    )
    if found.representative_id != call.principal.subject:
        return _view(service.Acting(found, 0, None, None), as_representative=False)
    return _view(await service.acting(call.principal.subject, found.id))


@endpoint("GET", "/organisations", guard=person(1))
async def list_organisations(call: Call) -> OrganisationList:
    """Every organisation I represent or act for."""
    found = await service.organisations_of(call.principal.subject)
    return OrganisationList(items=[_view(ground) for ground in found])


@endpoint("POST", "/organisations/{organisation_id}/confirm", guard=person(1))
async def confirm(call: Call, organisation_id: UUID) -> OrganisationView:
    """Say as its representative that this is my organisation."""
    await service.confirm(call.principal, organisation_id)
    return _view(await service.acting(call.principal.subject, organisation_id))


@endpoint("GET", "/organisations/{organisation_id}/delegations", guard=person(1))
async def list_delegations(call: Call, organisation_id: UUID) -> DelegationList:
    """Whom I let act for my organisation."""
    return await _delegations(call, organisation_id)


@endpoint(
    "POST", "/organisations/{organisation_id}/delegations", guard=person(1), status=201, limit=TRIES
)
async def grant(call: Call, organisation_id: UUID, body: DelegationEntry) -> DelegationList:
    """Let somebody act for my organisation (R-ID-20)."""
    await service.grant(
        call.principal,
        organisation_id,
        service.Grant(
            body.delegate_name,
            body.delegate_id_number.upper(),
            tuple(body.items),
            body.begins_on,
            body.ends_on,
        ),
    )
    return await _delegations(call, organisation_id)


@endpoint("DELETE", "/organisations/{organisation_id}/delegations/{delegation_id}", guard=person(1))
async def revoke(call: Call, organisation_id: UUID, delegation_id: UUID) -> None:
    """End a delegation now."""
    await service.revoke(call.principal, organisation_id, delegation_id)


@endpoint("POST", "/organisations/{organisation_id}/tax-account", guard=person(1), limit=TRIES)
async def raise_by_tax_account(
    call: Call, organisation_id: UUID, body: TaxAccountEntry
) -> LevelView:
    """Raise the level by the account at the local tax office (R-ID-21)."""
    return _level(
        await service.raise_by_tax_account(
            call.principal, organisation_id, body.account, body.password
        )
    )


@endpoint(
    "POST",
    "/organisations/{organisation_id}/certificate-challenges",
    guard=person(1),
    status=201,
    limit=TRIES,
)
async def open_challenge(call: Call, organisation_id: UUID) -> ChallengeView:
    """Get what the enterprise certificate's key must sign."""
    row = await service.open_challenge(call.principal, organisation_id)
    return ChallengeView(
        id=row.id, to_sign=service.to_sign(row).decode(), expires_at=row.expires_at
    )


@endpoint(
    "POST",
    "/organisations/{organisation_id}/certificate",
    guard=person(1),
    limit=TRIES,
    max_body=256 * 1024,
)
async def raise_by_certificate(
    call: Call, organisation_id: UUID, body: CertificateEntry
) -> LevelView:
    """Raise the level by an enterprise certificate (R-ID-21)."""
    return _level(
        await service.raise_by_certificate(
            call.principal, organisation_id, body.challenge_id, body.chain, body.signature
        )
    )


@endpoint("POST", "/organisations/raise", guard=staff("realname_window"))
async def raise_at_window(call: Call, body: WindowEntry) -> LevelView:
    """Raise an organisation whose originals were seen at my window (R-ID-21)."""
    return _level(await service.raise_at_window(call.principal, body.credit_code, body.seen))


async def _delegations(call: Call, organisation_id: UUID) -> DelegationList:
    found = await service.delegations_of(call.principal, organisation_id)
    return DelegationList(
        items=[
            DelegationView(
                id=d.id,
                delegate_name=d.delegate_name,
                items=list(d.items),
                begins_on=d.begins_on,
                ends_on=d.ends_on,
                state=d.state,
                granted_at=d.granted_at,
                revoked_at=d.revoked_at,
            )
            for d in found
        ]
    )


def _level(level: int) -> LevelView:
    return LevelView(level=level, level_name=service.LEVEL_NAMES[level])


def _view(ground: service.Acting, *, as_representative: bool | None = None) -> OrganisationView:
    facts = ground.organisation
    scope = ground.scope
    return OrganisationView(
        id=facts.id,
        name=facts.name,
        credit_code=facts.credit_code,
        organisation_code=service.organisation_code(facts.credit_code),
        kind=facts.kind,
        kind_name=facts.kind_name,
        certificate=facts.certificate,
        state=facts.state,
        level=ground.level,
        level_name=service.LEVEL_NAMES[ground.level],
        as_representative=not ground.delegated if as_representative is None else as_representative,
        delegation_id=ground.delegation_id,
        delegated_items=list(scope.items) if scope else [],
        delegated_until=scope.ends_on if scope else None,
    )

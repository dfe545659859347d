"""The issuing office's desk, the directory, the counts, and proofs of other offices."""

from dataclasses import asdict
from uuid import UUID

from app_server.kernel import paging
from app_server.kernel.errors import InvalidInput
from app_server.kernel.http import Call, endpoint, staff
from app_server.kernel.ratelimit import Limit
from app_server.licences import service
from app_server.licences.rules.states import MOVES, STATE_NAMES
from app_server.licences.rules.types import KIND_NAMES
from app_server.licences.schemas.keeping import (
    DirectoryLineView,
    DirectoryQuery,
    KeptLicenceDetail,
    KeptLicenceList,
    KeptLicenceQuery,
    KeptLicenceView,
    LicenceChange,
    LicenceDirectoryView,
    LicenceMove,
    LicencePrint,
    LicenceRenewal,
    LicenceStepView,
    LicenceUseCount,
    LicenceUseCounts,
    LicenceUseQuery,
    PrintedLicence,
    ProofRequest,
    ProofView,
    ReplacedLicence,
)

KEEPER = staff("licence_keeper")
READER = staff("licence_keeper", "supervisor")
OFFICE = staff("case_officer", "case_approver", "case_window", "licence_keeper")
PAGE = 50
MOST_DAYS = 366


def _view(kept: service.KeptLicence) -> KeptLicenceView:
    shown = asdict(kept.facts)
    del shown["issuer_name"]
    return KeptLicenceView(
        **shown,
        kind=kept.kind,
        kind_name=KIND_NAMES[kept.kind],
        trust_class=kept.trust_class,
        case_no=kept.case_no,
        prints=kept.prints,
        replaces=kept.replaces,
        moves=list(kept.moves),
        version=kept.version,
    )


@endpoint("GET", "/licences", guard=KEEPER)
async def list_kept(call: Call, query: KeptLicenceQuery) -> KeptLicenceList:
    """Licences my office issued, newest first."""
    found = await service.kept_licences(
        call.principal, state=query.state, before=paging.after(query.cursor), limit=PAGE
    )
    more = paging.cursor(found[-1].facts.id) if len(found) == PAGE else None
    return KeptLicenceList(items=[_view(kept) for kept in found], next=more)


@endpoint("GET", "/licences/{licence_id}", guard=KEEPER)
async def read_kept(call: Call, licence_id: UUID) -> KeptLicenceDetail:
    """One licence of my office, with its content and history; the holder sees the look."""
    kept, steps = await service.kept_licence(call.principal, licence_id)
    return KeptLicenceDetail(
        licence=_view(kept),
        content=kept.content,
        steps=[
            LicenceStepView(
                at=step.at,
                deed=MOVES[step.move].deed,
                state_name=STATE_NAMES[step.state],
                reason=step.reason,
                by_name=step.by_name or "系统",
            )
            for step in steps
        ],
    )


@endpoint("POST", "/licences/{licence_id}/moves", guard=KEEPER, status=200)
async def move_kept(call: Call, licence_id: UUID, body: LicenceMove) -> KeptLicenceView:
    """Suspend, resume or revoke a licence (If-Match its version)."""
    expected = call.expected_version()
    return _view(await service.act(call.principal, licence_id, expected, body.move, body.reason))


@endpoint("POST", "/licences/{licence_id}/changes", guard=KEEPER, status=201)
async def change_kept(call: Call, licence_id: UUID, body: LicenceChange) -> ReplacedLicence:
    """Give a licence other content under the next version of its number (If-Match)."""
    made = await service.change(
        call.principal,
        licence_id,
        call.expected_version(),
        content=body.content,
        reason=body.reason,
    )
    return ReplacedLicence(id=made.id, identifier=made.identifier)


@endpoint("POST", "/licences/{licence_id}/renewals", guard=KEEPER, status=201)
async def renew_kept(call: Call, licence_id: UUID, body: LicenceRenewal) -> ReplacedLicence:
    """Let a licence last longer under the next version of its number (If-Match)."""
    made = await service.renew(
        call.principal,
        licence_id,
        call.expected_version(),
        valid_until=body.valid_until,
        reason=body.reason,
    )
    return ReplacedLicence(id=made.id, identifier=made.identifier)


@endpoint("POST", "/licences/{licence_id}/prints", guard=KEEPER, status=201)
async def print_kept(call: Call, licence_id: UUID, body: LicencePrint) -> PrintedLicence:
    """Count one printed paper of a valid licence (If-Match)."""
    number = await service.print_paper(
        call.principal, licence_id, call.expected_version(), body.reason
    )
    return PrintedLicence(copy_number=number)


@endpoint("GET", "/licence-directory", guard=READER)
async def read_directory(call: Call, query: DirectoryQuery) -> LicenceDirectoryView:
    """What each issuer has issued of each kind and type."""
    del call
    return LicenceDirectoryView(
        items=[
            DirectoryLineView(**asdict(line), kind_name=KIND_NAMES[line.kind])
            for line in await service.directory(query.issuer, query.kind)
        ]
    )


@endpoint("GET", "/licence-uses", guard=READER)
async def count_uses(call: Call, query: LicenceUseQuery) -> LicenceUseCounts:
    """How often licences were used, by type, way and organisation."""
    del call
    if not 0 <= (query.last - query.first).days < MOST_DAYS:
        raise InvalidInput(errors=[{"field": "last", "message": "起止日期须在一年之内"}])
    found = await service.use_counts(query.first, query.last)
    return LicenceUseCounts(
        total=sum(one.uses for one in found),
        items=[
            LicenceUseCount(**asdict(one), way_name=service.WAYS.get(one.way, one.way))
            for one in found
        ],
    )


@endpoint("POST", "/licence-proofs", guard=OFFICE, status=200, limit=Limit("licence-proof", 60, 60))
async def accept_proof(call: Call, body: ProofRequest) -> ProofView:
    """Recognise another office's proof by its number, without an upload."""
    told = await service.accept_proof(
        call.principal, body.identifier, body.holder_number, body.purpose
    )
    facts = told.licence
    return ProofView(
        accepted=told.accepted,
        reason=told.reason,
        type_name=facts.type_name if facts else None,
        holder_masked=facts.holder_masked if facts else None,
        issuer_name=facts.issuer_name if facts else None,
        expires_on=facts.expires_on if facts else None,
        state_name=facts.state_name if facts else None,
        reuse=told.reuse,
        watermark=told.watermark,
    )

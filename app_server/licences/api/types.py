"""The catalogue of types, for licence keepers."""

from uuid import UUID

from app_server.kernel.http import Call, endpoint, staff
from app_server.licences import service
from app_server.licences.rules.states import TYPE_STATE_NAMES
from app_server.licences.rules.types import KIND_NAMES, TRUST_CLASSES, LicenceTypeSpec
from app_server.licences.schemas.types import (
    LicenceKindCount,
    LicenceKindCounts,
    LicenceTypeList,
    LicenceTypeQuery,
    LicenceTypeView,
)

KEEPER = staff("licence_keeper")


def _view(facts: service.TypeFacts) -> LicenceTypeView:
    trust = TRUST_CLASSES[facts.spec.trust_class]
    return LicenceTypeView(
        id=facts.id,
        version=facts.version,
        state=facts.state,
        state_name=TYPE_STATE_NAMES[facts.state],
        edition=facts.edition,
        kind_name=KIND_NAMES[facts.spec.kind],
        class_name=trust.name,
        reuse=trust.reuse,
        watermark=trust.watermark,
        published_at=facts.published_at,
        spec=facts.spec,
    )


@endpoint("GET", "/licence-types", guard=KEEPER)
async def list_types(call: Call, query: LicenceTypeQuery) -> LicenceTypeList:
    """The catalogue of types, drafts and retired ones included."""
    del call
    found = await service.types(query.state, query.kind)
    return LicenceTypeList(items=[_view(facts) for facts in found])


@endpoint("GET", "/licence-types/counts", guard=KEEPER)
async def count_types(call: Call) -> LicenceKindCounts:
    """How many types in use there are of each kind."""
    del call
    counts = await service.type_counts()
    return LicenceKindCounts(
        items=[
            LicenceKindCount(kind=kind, kind_name=name, types=counts.get(kind, 0))
            for kind, name in KIND_NAMES.items()
        ]
    )


@endpoint("GET", "/licence-types/{type_id}", guard=KEEPER)
async def read_type(call: Call, type_id: UUID) -> LicenceTypeView:
    """One version of a type."""
    del call
    return _view(await service.type_version(type_id))


@endpoint("POST", "/licence-types", guard=KEEPER, status=201)
async def draft_type(call: Call, body: LicenceTypeSpec) -> LicenceTypeView:
    """Write a new type, or the next version of one."""
    return _view(await service.draft_type(call.principal, body))


@endpoint("PUT", "/licence-types/{type_id}", guard=KEEPER)
async def save_type(call: Call, type_id: UUID, body: LicenceTypeSpec) -> LicenceTypeView:
    """Change a draft (If-Match its edition)."""
    edition = call.expected_version()
    return _view(await service.save_type(call.principal, type_id, edition, body))


@endpoint("POST", "/licence-types/{type_id}/publication", guard=KEEPER, status=200)
async def publish_type(call: Call, type_id: UUID) -> LicenceTypeView:
    """Put a draft in force (If-Match its edition)."""
    return _view(await service.publish_type(call.principal, type_id, call.expected_version()))


@endpoint("POST", "/licence-types/{type_id}/retirement", guard=KEEPER, status=200)
async def retire_type(call: Call, type_id: UUID) -> LicenceTypeView:
    """Take a type out of use (If-Match its edition)."""
    return _view(await service.retire_type(call.principal, type_id, call.expected_version()))

"""My licences, showing one, and verifying a shown one."""

from dataclasses import asdict
from io import BytesIO
from uuid import UUID

import segno

from app_server.kernel.http import Call, anyone, endpoint, person
from app_server.kernel.ratelimit import Limit
from app_server.licences import service
from app_server.licences.schemas.wallet import (
    LicenceCheck,
    LicenceList,
    LicenceView,
    OfflineCodeView,
    ShowCodeView,
    VerificationRequest,
    VerificationView,
)


@endpoint("GET", "/licences", guard=person(1))
async def licences(call: Call) -> LicenceList:
    """My licences, newest first."""
    found = await service.licences_of(call.principal.subject)
    return LicenceList(items=[LicenceView(**asdict(facts)) for facts in found])


@endpoint("GET", "/licences/{licence_id}", guard=person(1))
async def licence(call: Call, licence_id: UUID) -> LicenceView:
    """One of my licences."""
    return LicenceView(**asdict(await service.licence(call.principal.subject, licence_id)))


@endpoint(
    "POST", "/licences/{licence_id}/codes", guard=person(1), status=201, limit=Limit("show", 30, 60)
)
async def show(call: Call, licence_id: UUID) -> ShowCodeView:
    """Make a one-time code that shows a licence for a minute."""
    shown = await service.show(call.principal, licence_id)
    return ShowCodeView(
        qr_svg=_picture(shown.verify_url),
        verify_url=shown.verify_url,
        expires_at=shown.expires_at,
        bar_text=shown.token,
    )


def _picture(text: str) -> str:
    svg = BytesIO()
    # A whole document with a viewBox: the shell shows it as an image, which needs both.
    segno.make(text, error="m").save(
        svg, kind="svg", xmldecl=False, omitsize=True, border=2, nl=False
    )
    return svg.getvalue().decode()


@endpoint(
    "POST",
    "/licences/{licence_id}/offline-codes",
    guard=person(1),
    status=201,
    limit=Limit("show", 30, 60),
)
async def show_offline(call: Call, licence_id: UUID) -> OfflineCodeView:
    """Make a signed code that a verifier without a network can check for a minute."""
    shown = await service.show_offline(call.principal, licence_id)
    return OfflineCodeView(
        qr_svg=_picture(shown.text), token=shown.text, expires_at=shown.expires_at
    )


@endpoint("POST", "/licence-verifications", guard=anyone(), limit=Limit("verify", 30, 60))
async def verify(call: Call, body: VerificationRequest) -> VerificationView:
    """Verify a shown licence; a code is good for one verifier."""
    return _told(await service.verify(call.principal, body.token))


@endpoint("POST", "/licence-checks", guard=anyone(), limit=Limit("licence-check", 20, 60))
async def check(call: Call, body: LicenceCheck) -> VerificationView:
    """Check a licence by its number: masked facts for whoever has it."""
    return _told(await service.check_identifier(call.principal, body.identifier))


def _told(told: service.Verification) -> VerificationView:
    facts = told.licence
    return VerificationView(
        valid=told.valid,
        reason=told.reason,
        type_name=facts.type_name if facts else None,
        identifier=facts.identifier if facts else None,
        holder_masked=facts.holder_masked if facts else None,
        issuer_name=facts.issuer_name if facts else None,
        issued_on=facts.issued_on if facts else None,
        expires_on=facts.expires_on if facts else None,
        state_name=facts.state_name if facts else None,
        shown_by=told.shown_by or None,
        checked_at=told.checked_at,
    )

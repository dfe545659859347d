"""Officers: the real-name window, people on video, reviews; administrators: the means."""

from uuid import UUID

from app_server.kernel import clock, paging
from app_server.kernel.http import Call, RawReply, endpoint, staff
from app_server.kernel.ratelimit import Limit
from auth.identity import service
from auth.identity.schemas import (
    CallEnd,
    CallQueue,
    CallView,
    FamiliesView,
    FamilyView,
    MeansChange,
    MeansView,
    RecordingView,
    ReviewDecision,
    ReviewPage,
    ReviewProposal,
    ReviewQuery,
    ReviewView,
    WindowCheck,
    WindowView,
)
from auth.people import service as people

ADMINS = staff("system_admin", "security_admin", "security_auditor")
WINDOW = staff("realname_window")
REVIEWERS = staff("security_admin", "supervisor")
MAX_RECORDING = 40 * 1024 * 1024
FULL_PAGE = 30
REGISTRY_NAMES = {
    "matched": "人口库核验一致",
    "mismatched": "人口库核验不一致",
    "pending_manual_check": "人口库暂不可用，已人工核验",
}
# Sources of a review that are no means of a tier.
OTHER_SOURCES = {"certificate": "个人数字证书"}


@endpoint("GET", "/identity/means", guard=ADMINS)
async def list_means(call: Call) -> FamiliesView:
    """Every family of means, with how much live evidence each has."""
    del call
    live = await service.counts()
    held = await service.means_in_force()
    return FamiliesView(
        families=[
            FamilyView(
                code=code,
                name=name,
                means=[_means(m, live) for m in held if m.source.family == code],
            )
            for code, name in service.family_names().items()
        ]
    )


@endpoint("PUT", "/identity/means/{code}", guard=staff("system_admin"))
async def change_means(call: Call, code: str, body: MeansChange) -> MeansView:
    """Switch a means on or off, or change how long new evidence by it counts."""
    changed = await service.change_means(
        call.principal,
        code,
        enabled=body.enabled,
        holds_days=body.holds_days,
        reason=body.reason,
        expected=call.expected_version(),
    )
    return _means(changed, await service.counts())


def _means(means: service.MeansInForce, live: dict[str, int]) -> MeansView:
    return MeansView(
        code=means.source.code,
        name=means.source.name,
        subject_kind=means.source.subject_kind,
        tier=means.source.tier,
        enabled=means.enabled,
        holds_days=means.holds_days,
        live=live.get(means.source.code, 0),
        changed_at=means.changed_at,
        reason=means.reason,
        version=means.version,
    )


@endpoint(
    "POST",
    "/identity/window-verifications",
    guard=WINDOW,
    status=201,
    limit=Limit("window-verification", 60, 60, fail_closed=True),
)
async def verify_at_window(call: Call, body: WindowCheck) -> WindowView:
    """Raise a resident whose card and face I have before me."""
    done = await service.verify_at_window(
        call.principal,
        service.CardSeen(
            name=body.name,
            id_number=people.checked_id_number(body.id_number, clock.today()),
            valid_from=body.valid_from,
            valid_until=body.valid_until,
        ),
    )
    return WindowView(
        person_id=done.person_id,
        tier=done.tier,
        tier_name=service.TIER_NAMES[done.tier],
        registry=done.registry,
        registry_name=REGISTRY_NAMES[done.registry],
    )


@endpoint("GET", "/identity/reviews", guard=REVIEWERS)
async def list_reviews(call: Call, query: ReviewQuery) -> ReviewPage:
    """Residents whose means disagree."""
    rows = await service.reviews(query.state, paging.after(query.cursor))
    return ReviewPage(
        items=[await _review(call, row) for row in rows],
        next=paging.cursor(rows[-1].id) if len(rows) == FULL_PAGE else None,
    )


@endpoint("POST", "/identity/reviews/{review_id}/propose", guard=REVIEWERS)
async def propose(call: Call, review_id: UUID, body: ReviewProposal) -> ReviewView:
    """Propose an outcome; another officer decides."""
    row = await service.propose_outcome(
        call.principal,
        review_id,
        call.expected_version(),
        outcome=body.outcome,
        reason=body.reason,
    )
    return await _review(call, row)


@endpoint("POST", "/identity/reviews/{review_id}/decide", guard=REVIEWERS)
async def decide(call: Call, review_id: UUID, body: ReviewDecision) -> ReviewView:
    """Agree with another officer's proposal, or send it back."""
    version = call.expected_version()
    row = await service.decide(call.principal, review_id, version, agree=body.agree)
    return await _review(call, row)


async def _review(call: Call, row: service.Review) -> ReviewView:
    person = row.subject_kind == "person"
    facts = await people.person(row.subject_id) if person else None
    return ReviewView(
        id=row.id,
        subject_kind=row.subject_kind,
        subject_id=row.subject_id,
        name_masked=facts.display_name if facts else "",
        id_number_masked=facts.masked_id_number if facts else "",
        source=row.source,
        source_name=_source_name(row.source),
        against=row.against,
        against_name=_source_name(row.against),
        state=row.state,
        outcome=row.outcome,
        reason=row.reason,
        proposed_by_name=row.proposed_by_name,
        proposed_by_me=row.proposed_by == call.principal.ref,
        opened_at=row.opened_at,
        version=row.version,
    )


def _source_name(code: str) -> str:
    known = service.SOURCES.get(code)
    return known.name if known else OTHER_SOURCES.get(code, code)


@endpoint("GET", "/identity/video-sessions", guard=WINDOW)
async def queue(call: Call) -> CallQueue:
    """Residents who wait for an officer on video."""
    return CallQueue(items=[_call(c) for c in await service.waiting_calls(call.principal)])


@endpoint("POST", "/identity/video-sessions/{session_id}/claim", guard=WINDOW)
async def claim(call: Call, session_id: UUID) -> CallView:
    """Take a waiting resident."""
    return _call(await service.claim_call(call.principal, session_id))


@endpoint("GET", "/identity/video-sessions/{session_id}", guard=WINDOW)
async def read_call(call: Call, session_id: UUID) -> CallView:
    """The resident on my video."""
    return _call(await service.call_of(call.principal, session_id))


@endpoint(
    "GET",
    "/identity/video-sessions/{session_id}/portrait",
    guard=WINDOW,
    reply_type="image/jpeg",
)
async def portrait(call: Call, session_id: UUID) -> RawReply:
    """The population registry's photo of the resident on my video."""
    photo = await service.portrait_of_call(call.principal, session_id)
    return RawReply(photo, "image/jpeg", headers={"cache-control": "no-store"})


@endpoint(
    "PUT",
    "/identity/video-sessions/{session_id}/recording",
    guard=WINDOW,
    raw=("video/webm", "video/mp4", "application/octet-stream"),
    max_body=MAX_RECORDING,
    limit=Limit("video-recording", 10, 60),
)
async def put_recording(call: Call, session_id: UUID) -> RecordingView:
    """Store what was recorded."""
    digest = await service.keep_recording(call.principal, session_id, call.raw)
    return RecordingView(sha256=digest)


@endpoint("POST", "/identity/video-sessions/{session_id}/confirm", guard=WINDOW)
async def confirm_call(call: Call, session_id: UUID, body: CallEnd) -> CallView:
    """Confirm that it is this resident and their will."""
    await service.end_call(call.principal, session_id, confirmed=True, reason=body.reason)
    return _call(await service.call_of(call.principal, session_id))


@endpoint("POST", "/identity/video-sessions/{session_id}/refuse", guard=WINDOW)
async def refuse_call(call: Call, session_id: UUID, body: CallEnd) -> CallView:
    """Refuse, with the reason."""
    await service.end_call(call.principal, session_id, confirmed=False, reason=body.reason)
    return _call(await service.call_of(call.principal, session_id))


def _call(found: service.VideoCall) -> CallView:
    row = found.session
    return CallView(
        id=row.id,
        state=row.state,
        act_name=found.act_name,
        about=found.about,
        person_name=found.person_name,
        id_number_masked=found.id_number_masked,
        created_at=row.created_at,
        expires_at=row.expires_at,
        recording_sha256=row.recording_sha256,
    )

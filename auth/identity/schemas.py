"""Shapes of identity's requests and replies."""

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field, StringConstraints

from app_server.kernel.http import Query, Shape, Text
from auth.people.service import CODE, ID_NUMBER


class FaceCheckStart(Shape):
    """The separate consent under which a face check begins, and the act it is to prove."""

    consent_id: UUID
    act_proof_id: UUID | None = None


class FaceCheckView(Shape):
    """Where a face check stands."""

    id: UUID
    state: Literal["open", "matched", "passed", "refused"]
    expires_at: datetime
    attempts_left: int
    phone_masked: str
    tier: int


class CodeEntry(Shape):
    """A one-time code as typed in."""

    code: Annotated[str, Field(pattern=CODE)]


def _one_of(*values: str) -> Any:
    # Ours alone to fill: the document names the values, the type checker sees a text.
    return Field(json_schema_extra={"enum": list(values)})


How = Annotated[str, _one_of("online", "face", "window")]
Kind = Annotated[str, _one_of("redirect", "params", "fields", "")]
TryState = Annotated[str, _one_of("open", "passed", "refused")]
CallState = Annotated[str, _one_of("waiting", "claimed", "confirmed", "refused", "cancelled")]
ActState = Annotated[str, _one_of("open", "proven", "used")]
SubjectKind = Annotated[str, _one_of("person", "organisation")]
ReviewState = Annotated[str, _one_of("open", "proposed", "resolved")]
Outcome = Annotated[str, _one_of("", "dismiss", "revoke")]
Answer = Annotated[str, _one_of("matched", "mismatched", "pending_manual_check")]

Name = Annotated[Text, Field(max_length=40)]
# What a party asks for is a number or a code; what proves an act may be a certificate chain.
Answers = Annotated[dict[Name, Annotated[Text, Field(max_length=200)]], Field(max_length=8)]
Given = Annotated[dict[Name, Annotated[Text, Field(max_length=8_000)]], Field(max_length=8)]
Reason = Annotated[Text, StringConstraints(strip_whitespace=True, min_length=2, max_length=200)]
Day = Annotated[date, Field(strict=False)]


class AskedView(Shape):
    """One thing to fill in."""

    name: str
    title: str
    pattern: str
    hint: str


class WayView(Shape):
    """A means by which I may raise my tier; `asks` is needed to begin it."""

    code: str
    name: str
    family: str
    family_name: str
    tier: int
    enabled: bool
    needs_face: bool
    how: How
    asks: list[AskedView]


class WaysView(Shape):
    """My tier, what stands against me, whether my voice is enrolled, and every way up."""

    tier: int
    tier_name: str
    lapse: str
    lapse_name: str
    under_review: bool
    voiceprint: bool
    ways: list[WayView]


class CertificationStart(Shape):
    """By which means, with what it needs first."""

    means: Annotated[Text, Field(max_length=40)]
    given: Answers = {}


class CertificationFinish(Shape):
    """What the means asks for at the end (a card number, an account)."""

    given: Answers = {}


class NextView(Shape):
    """How it goes on: open `url`, hand `params` to the vendor's client, or fill in `fields`."""

    kind: Kind
    url: str
    params: dict[str, str]
    fields: list[AskedView]


class CertificationView(Shape):
    """Where a try to be vouched for stands."""

    id: UUID
    means: str
    means_name: str
    state: TryState
    expires_at: datetime
    tier: int
    next: NextView


class StandingView(Shape):
    """Whether the registry has anything against me filing."""

    lapse: str
    lapse_name: str


class ActStart(Shape):
    """The act as the refusal named it (`act` of the 401)."""

    act: Annotated[Text, Field(max_length=60)]
    about: Annotated[Text, Field(max_length=80)]
    digest: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class MethodShape(Shape):
    """A way to prove the act; `obstacle` says why it is closed to me (empty: open)."""

    code: str
    name: str
    needs_face: bool
    obstacle: str


class VideoState(Shape):
    """How my wait for an officer stands, and how many wait before me."""

    state: CallState
    before_me: int
    reason: str
    expires_at: datetime


class ActView(Shape):
    """A challenge: what is proved, what a certificate signs (`to_sign`), and by which ways."""

    id: UUID
    act: str
    act_name: str
    about: str
    digest: str
    nonce: str
    to_sign: str
    state: ActState
    expires_at: datetime
    methods: list[MethodShape]
    video: VideoState | None


class ActProofGiven(Shape):
    """How I prove it: `check_id` of a face check, `certificate` and `signature`, or nothing."""

    method: Annotated[Text, Field(max_length=20)]
    given: Given = {}


class ActProofView(Shape):
    """The secret the command takes as `act_proof`, once, until then."""

    proof: str
    expires_at: datetime


class MeansView(Shape):
    """A means as administrators see it."""

    code: str
    name: str
    subject_kind: SubjectKind
    tier: int
    enabled: bool
    holds_days: int | None
    live: int
    changed_at: datetime | None
    reason: str
    version: int


class FamilyView(Shape):
    """One family of means (R-ID-34)."""

    code: str
    name: str
    means: list[MeansView]


class FamiliesView(Shape):
    """Every family with its means."""

    families: list[FamilyView]


class MeansChange(Shape):
    """What shall hold for a means from now on, and why."""

    enabled: bool
    holds_days: Annotated[int, Field(ge=1, le=3650)] | None
    reason: Reason


class WindowCheck(Shape):
    """What the officer reads from the card; no `valid_until` is 长期."""

    name: Annotated[Text, Field(min_length=2, max_length=50)]
    id_number: Annotated[str, Field(pattern=ID_NUMBER)]
    valid_from: Day
    valid_until: Day | None


class WindowView(Shape):
    """What the check at the window led to."""

    person_id: UUID
    tier: int
    tier_name: str
    registry: Answer
    registry_name: str


class ReviewQuery(Query):
    """Which reviews."""

    state: Literal["open", "proposed", "resolved", ""] = ""
    cursor: Annotated[str | None, Field(pattern=r"^[A-Za-z0-9_-]{22}$")] = None


class ReviewView(Shape):
    """Two means that disagree about somebody."""

    id: UUID
    subject_kind: str
    subject_id: UUID
    name_masked: str
    id_number_masked: str
    source: str
    source_name: str
    against: str
    against_name: str
    state: ReviewState
    outcome: Outcome
    reason: str
    proposed_by_name: str
    proposed_by_me: bool
    opened_at: datetime
    version: int


class ReviewPage(Shape):
    """One page of reviews."""

    items: list[ReviewView]
    next: str | None


class ReviewProposal(Shape):
    """What shall become of it: one and the same person, or the evidence is taken back."""

    outcome: Literal["dismiss", "revoke"]
    reason: Reason


class ReviewDecision(Shape):
    """Whether another officer agrees."""

    agree: bool


class CallView(Shape):
    """A person on video; the name is whole once the call is mine."""

    id: UUID
    state: CallState
    act_name: str
    about: str
    person_name: str
    id_number_masked: str
    created_at: datetime
    expires_at: datetime
    recording_sha256: str


class CallQueue(Shape):
    """Who waits."""

    items: list[CallView]


class RecordingView(Shape):
    """What was stored."""

    sha256: str


class CallEnd(Shape):
    """Why the officer confirms or refuses."""

    reason: Reason


class FrameQuery(Query):
    """Which frame of the film this is: step, number, milliseconds into the step, and its HMAC."""

    step: Annotated[int, Field(ge=0, le=9)]
    n: Annotated[int, Field(ge=0, le=20)]
    at: Annotated[int, Field(ge=0, le=60_000)]
    mac: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class StepFinished(Shape):
    """The step whose frames have all been sent."""

    index: Annotated[int, Field(ge=0, le=9)]


class LivenessStep(Shape):
    """What the person is asked for now; colours are shown one after another, a frame for each."""

    index: int
    kind: str = _one_of("look_straight", "blink", "open_mouth", "turn_left", "turn_right", "flash")
    name: str
    window_ms: int
    colours: list[str]
    fewest_frames: int
    most_frames: int


class LivenessView(Shape):
    """Where a live check stands; `key` (hex) comes once and binds the frames to this film."""

    id: UUID
    state: str = _one_of("open", "passed", "failed")
    steps_total: int
    expires_at: datetime
    step: LivenessStep | None
    key: str


class VoiceStart(Shape):
    """What the spoken digits are for, under which consent.

    `second_means` names its face check, `act` the act that is to be proved.
    """

    purpose: Literal["second_means", "enrol", "act"]
    consent_id: Annotated[UUID, Field(strict=False)]
    face_check_id: Annotated[UUID | None, Field(strict=False)] = None
    act_proof_id: Annotated[UUID | None, Field(strict=False)] = None


class VoiceView(Shape):
    """The digits to read aloud, one after another, and where the check stands."""

    id: UUID
    purpose: str
    state: str = _one_of("open", "passed", "refused")
    digits: str
    tries_left: int
    expires_at: datetime

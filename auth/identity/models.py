"""Tables of identity."""

from typing import Any

from tortoise import fields
from tortoise.indexes import Index
from tortoise.models import Model

from app_server.kernel.columns import Encrypted
from app_server.kernel.ids import uuid7


class Evidence(Model):
    """One proof of who a subject is; revoked or expired evidence stays for the record.

    `name_index` is the keyed index of the name the source vouched for, so that two means that
    disagree are noticed without the name being kept (R-ID-38).
    """

    id = fields.UUIDField(primary_key=True, default=uuid7)
    subject_kind = fields.CharField(max_length=12, default="person", db_default="person")
    subject_id = fields.UUIDField()
    source = fields.CharField(max_length=40)
    verified_at = fields.DatetimeField()
    expires_at = fields.DatetimeField(null=True)
    revoked_at = fields.DatetimeField(null=True)
    revoked_by = fields.CharField(max_length=60, default="", db_default="")
    revoked_for = fields.CharField(max_length=200, default="", db_default="")
    by = fields.CharField(max_length=60)
    window = fields.CharField(max_length=60, default="", db_default="")
    region = fields.CharField(max_length=12, default="", db_default="")
    name_index = fields.CharField(max_length=64, default="", db_default="")
    digest = fields.CharField(max_length=64)
    facts = fields.JSONField[dict[str, object]](default=dict)

    class Meta:
        table = "identity_evidence"
        app = "identity"
        indexes = [Index(fields=["subject_id", "subject_kind"], name="identity_evidence_subject")]


class Means(Model):
    """What staff decided about a means; without a row, what the shipped table says holds."""

    code = fields.CharField(max_length=40, primary_key=True)
    enabled = fields.BooleanField()
    holds_days = fields.IntField(null=True)
    changed_by = fields.CharField(max_length=60)
    changed_at = fields.DatetimeField()
    reason = fields.CharField(max_length=200)
    version = fields.IntField()

    class Meta:
        table = "identity_means"
        app = "identity"


class Standing(Model):
    """What the population registry last said about a person's card and life (R-ID-43)."""

    id = fields.UUIDField(primary_key=True, default=uuid7)
    person_id = fields.UUIDField(unique=True)
    life = fields.CharField(max_length=12, default="alive")
    valid_from = fields.DateField(null=True)
    valid_until = fields.DateField(null=True)
    source = fields.CharField(max_length=40)
    checked_at = fields.DatetimeField()

    class Meta:
        table = "identity_standing"
        app = "identity"
        indexes = [Index(fields=["checked_at"], name="identity_standing_checked")]


class Review(Model):
    """Two means disagree about a subject: an officer proposes, another one decides (R-ID-38)."""

    id = fields.UUIDField(primary_key=True, default=uuid7)
    subject_kind = fields.CharField(max_length=12, default="person")
    subject_id = fields.UUIDField()
    source = fields.CharField(max_length=40)
    against = fields.CharField(max_length=40)
    state = fields.CharField(max_length=12, default="open")
    outcome = fields.CharField(max_length=12, default="")
    reason = fields.CharField(max_length=500, default="")
    proposed_by = fields.CharField(max_length=60, default="")
    proposed_by_name = fields.CharField(max_length=50, default="", db_default="")
    proposed_at = fields.DatetimeField(null=True)
    resolved_by = fields.CharField(max_length=60, default="")
    resolved_at = fields.DatetimeField(null=True)
    opened_at = fields.DatetimeField()
    version = fields.IntField(default=1)

    class Meta:
        table = "identity_review"
        app = "identity"
        indexes = [Index(fields=["subject_id", "state"], name="identity_review_subject")]


class FeedPosition(Model):
    """How far a registry's change feed has been read."""

    name = fields.CharField(max_length=40, primary_key=True)
    position = fields.BigIntField(default=0)
    read_at = fields.DatetimeField()

    class Meta:
        table = "identity_feed_position"
        app = "identity"


class Certification(Model):
    """One try to be vouched for by an outside party; its own server's answer decides."""

    id = fields.UUIDField(primary_key=True, default=uuid7)
    person_id = fields.UUIDField()
    means = fields.CharField(max_length=40)
    state = fields.CharField(max_length=12, default="open")
    reference = Encrypted(sensitivity="ordinary")
    tries = fields.IntField(default=0)
    reason = fields.CharField(max_length=60, default="")
    created_at = fields.DatetimeField()
    expires_at = fields.DatetimeField()
    ended_at = fields.DatetimeField(null=True)

    class Meta:
        table = "identity_certification"
        app = "identity"
        indexes = [Index(fields=["person_id", "created_at"], name="identity_certification_person")]


class ActProof(Model):
    """Tier 3 for one act: bound to person, act, what it is about and its digest; used once.

    `proof_digest` is the keyed digest of the secret that only the prover holds (R-ID-14).
    """

    id = fields.UUIDField(primary_key=True, default=uuid7)
    subject_id = fields.UUIDField()
    act = fields.CharField(max_length=60)
    about = fields.CharField(max_length=80)
    digest = fields.CharField(max_length=64)
    nonce = fields.CharField(max_length=64)
    state = fields.CharField(max_length=12, default="open")
    method = fields.CharField(max_length=20, default="")
    # What the method rests on (a face check, a video session), so that it serves one act only.
    basis = fields.UUIDField(null=True, unique=True)
    facts = fields.JSONField[dict[str, object]](default=dict)
    proof_digest = fields.CharField(max_length=64, null=True, unique=True)
    tries = fields.IntField(default=0)
    created_at = fields.DatetimeField()
    expires_at = fields.DatetimeField()
    proven_at = fields.DatetimeField(null=True)
    used_at = fields.DatetimeField(null=True)

    class Meta:
        table = "identity_act_proof"
        app = "identity"
        indexes = [Index(fields=["subject_id", "created_at"], name="identity_act_subject")]


class VideoSession(Model):
    """A person asks for an officer on video; the recording is a stored object with its hash."""

    id = fields.UUIDField(primary_key=True, default=uuid7)
    act_proof_id = fields.UUIDField(unique=True)
    person_id = fields.UUIDField()
    state = fields.CharField(max_length=12, default="waiting")
    officer_id = fields.UUIDField(null=True)
    officer_name = fields.CharField(max_length=60, default="")
    region = fields.CharField(max_length=12, default="")
    recording_key = fields.CharField(max_length=120, default="")
    recording_sha256 = fields.CharField(max_length=64, default="")
    recording_size = fields.BigIntField(default=0)
    reason = fields.CharField(max_length=200, default="")
    created_at = fields.DatetimeField()
    expires_at = fields.DatetimeField()
    claimed_at = fields.DatetimeField(null=True)
    ended_at = fields.DatetimeField(null=True)

    class Meta:
        table = "identity_video_session"
        app = "identity"
        indexes = [Index(fields=["state", "created_at"], name="identity_video_queue")]


class RevocationList(Model):
    """The last revocation list of a certificate authority, checked before it was kept."""

    authority = fields.CharField(max_length=64, primary_key=True)
    number = fields.BigIntField(default=0)
    list = fields.TextField()
    next_update = fields.DatetimeField()
    fetched_at = fields.DatetimeField()

    class Meta:
        table = "identity_revocation_list"
        app = "identity"


class FaceCheck(Model):
    """One try to prove oneself by face and code; holds scores, never pictures."""

    id = fields.UUIDField(primary_key=True, default=uuid7)
    person_id = fields.UUIDField()
    consent_id = fields.UUIDField()
    act_proof_id = fields.UUIDField(null=True)
    state = fields.CharField(max_length=12, default="open")
    tries = fields.IntField(default=0)
    score = fields.FloatField(null=True)
    second_score = fields.FloatField(null=True)
    engine = fields.CharField(max_length=80, default="")
    reasons = fields.JSONField[list[str]](default=list)
    probe_sha256 = fields.CharField(max_length=64, default="")
    created_at = fields.DatetimeField()
    expires_at = fields.DatetimeField()
    version = fields.IntField(default=1)

    class Meta:
        table = "identity_face_check"
        app = "identity"
        indexes = [Index(fields=["person_id", "created_at"], name="identity_face_person")]


class FaceTry(Model):
    """One picture compared; what the six-hour limit counts, whatever happens to Redis."""

    id = fields.UUIDField(primary_key=True, default=uuid7)
    person_id = fields.UUIDField()
    check_id = fields.UUIDField()
    at = fields.DatetimeField()
    passed = fields.BooleanField()

    class Meta:
        table = "identity_face_try"
        app = "identity"
        indexes = [Index(fields=["person_id", "at"], name="identity_face_try_person")]


class Liveness(Model):
    """One film of a face in the making: steps drawn here, handed out one at a time (R-ID-10)."""

    id = fields.UUIDField(primary_key=True, default=uuid7)
    person_id = fields.UUIDField()
    check_id = fields.UUIDField()
    try_id = fields.UUIDField()
    key = Encrypted(sensitivity="ordinary")
    steps = fields.JSONField[list[dict[str, Any]]]()
    at_step = fields.IntField(default=0)
    step_began_at = fields.DatetimeField()
    state = fields.CharField(max_length=12, default="open")
    reason = fields.CharField(max_length=40, default="")
    created_at = fields.DatetimeField()
    expires_at = fields.DatetimeField()

    class Meta:
        table = "identity_liveness"
        app = "identity"
        indexes = [Index(fields=["person_id", "created_at"], name="identity_liveness_person")]


class LivenessFrame(Model):
    """What one frame showed; emptied when the film ends, its digest stays against replay."""

    id = fields.UUIDField(primary_key=True, default=uuid7)
    liveness_id = fields.UUIDField()
    step = fields.IntField()
    number = fields.IntField()
    sha256 = fields.CharField(max_length=64, unique=True)
    seen = fields.JSONField[dict[str, Any]](null=True)
    template = Encrypted(sensitivity="biometric", null=True)
    received_at = fields.DatetimeField()

    class Meta:
        table = "identity_liveness_frame"
        app = "identity"
        unique_together = (("liveness_id", "step", "number"),)
        indexes = [Index(fields=["received_at"], name="identity_liveness_frame_at")]


class VoiceCheck(Model):
    """Digits to be spoken; holds the recording's digest, never the recording."""

    id = fields.UUIDField(primary_key=True, default=uuid7)
    person_id = fields.UUIDField()
    purpose = fields.CharField(max_length=16)
    face_check_id = fields.UUIDField(null=True)
    act_proof_id = fields.UUIDField(null=True)
    digits = Encrypted(sensitivity="ordinary")
    state = fields.CharField(max_length=12, default="open")
    tries = fields.IntField(default=0)
    likeness = fields.FloatField(null=True)
    recording_sha256 = fields.CharField(max_length=64, default="")
    created_at = fields.DatetimeField()
    expires_at = fields.DatetimeField()

    class Meta:
        table = "identity_voice_check"
        app = "identity"
        indexes = [Index(fields=["person_id", "created_at"], name="identity_voice_person")]


class Voiceprint(Model):
    """That a person's voice is enrolled with the speech service."""

    id = fields.UUIDField(primary_key=True, default=uuid7)
    person_id = fields.UUIDField(unique=True)
    enrolled_at = fields.DatetimeField()
    removed_at = fields.DatetimeField(null=True)

    class Meta:
        table = "identity_voiceprint"
        app = "identity"


class FaceTemplate(Model):
    """The template of a person's registry photo, under a consent of its own."""

    id = fields.UUIDField(primary_key=True, default=uuid7)
    person_id = fields.UUIDField(unique=True)
    engine_id = fields.CharField(max_length=60)
    model_sha = fields.CharField(max_length=64)
    vector = Encrypted(sensitivity="biometric")
    consent_id = fields.UUIDField()
    created_at = fields.DatetimeField()

    class Meta:
        table = "identity_face_template"
        app = "identity"

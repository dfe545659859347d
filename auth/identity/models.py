"""Tables of identity."""

from tortoise import fields
from tortoise.indexes import Index
from tortoise.models import Model

from app_server.kernel.ids import uuid7


class Evidence(Model):
    """One proof of who a person is; revoked or expired evidence stays for the record."""

    id = fields.UUIDField(primary_key=True, default=uuid7)
    person_id = fields.UUIDField()
    source = fields.CharField(max_length=40)
    verified_at = fields.DatetimeField()
    expires_at = fields.DatetimeField(null=True)
    revoked_at = fields.DatetimeField(null=True)
    by = fields.CharField(max_length=60)
    digest = fields.CharField(max_length=64)
    facts = fields.JSONField[dict[str, object]](default=dict)

    class Meta:
        table = "identity_evidence"
        app = "identity"
        indexes = [Index(fields=["person_id"], name="identity_evidence_person")]


class FaceCheck(Model):
    """One try to prove oneself by face and code; holds scores, never pictures."""

    id = fields.UUIDField(primary_key=True, default=uuid7)
    person_id = fields.UUIDField()
    consent_id = fields.UUIDField()
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

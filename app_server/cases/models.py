"""Tables of cases."""

from typing import Any

from tortoise import fields
from tortoise.indexes import Index
from tortoise.models import Model

from app_server.kernel.columns import Encrypted
from app_server.kernel.ids import uuid7


class Case(Model):
    """One application and everything its reader needs in one row.

    `timeline` repeats the steps as their reader sees them, so that the most frequent question
    of the platform ("how is my case?") is one row of one index.
    """

    id = fields.UUIDField(primary_key=True, default=uuid7)
    case_no = fields.CharField(max_length=50, unique=True)
    draft_id = fields.UUIDField(unique=True)
    person_id = fields.UUIDField()
    applicant = fields.CharField(max_length=120)
    # For whom the person filed it, and by which delegation (R-ID-20); else for themselves.
    organisation_id = fields.UUIDField(null=True)
    delegation_id = fields.UUIDField(null=True)
    item_code = fields.CharField(max_length=33)
    item_version = fields.IntField()
    item_name = fields.CharField(max_length=120)
    region = fields.CharField(max_length=12)
    city_code = fields.CharField(max_length=6)
    org = fields.CharField(max_length=18)
    department = fields.CharField(max_length=80)
    form_code = fields.CharField(max_length=60)
    form_version = fields.IntField()
    data = Encrypted(sensitivity="identity")
    sources = fields.JSONField[dict[str, Any]](default=dict)
    materials = fields.JSONField[list[dict[str, Any]]](default=list)
    state = fields.CharField(max_length=20)
    outcome = fields.CharField(max_length=20, null=True)
    timeline = fields.JSONField[list[dict[str, Any]]](default=list)
    correction = fields.JSONField[dict[str, Any]](null=True)
    corrections = fields.IntField(default=0)
    bill = fields.JSONField[dict[str, Any]](null=True)
    fee_fen = fields.BigIntField(default=0)
    licence_id = fields.UUIDField(null=True)
    limit_days = fields.IntField(null=True)
    limit_unit = fields.CharField(max_length=8, default="workday")
    submitted_at = fields.DatetimeField()
    received_at = fields.DatetimeField()
    accepted_at = fields.DatetimeField(null=True)
    due_on = fields.DateField(null=True)
    due_provisional = fields.BooleanField(default=False)
    decided_at = fields.DatetimeField(null=True)
    closed_at = fields.DatetimeField(null=True)
    evidence_head = fields.CharField(max_length=64, null=True)
    version = fields.IntField(default=1)

    class Meta:
        table = "cases_case"
        app = "cases"
        indexes = [
            Index(fields=["person_id", "id"], name="cases_case_person"),
            Index(fields=["organisation_id", "id"], name="cases_case_organisation"),
            Index(fields=["org", "state", "id"], name="cases_case_desk"),
        ]


class Step(Model):
    """One deed in a case's life; append-only, what supervision counts by."""

    id = fields.UUIDField(primary_key=True, default=uuid7)
    case_id = fields.UUIDField()
    move = fields.CharField(max_length=20)
    from_state = fields.CharField(max_length=20)
    to_state = fields.CharField(max_length=20)
    actor = fields.CharField(max_length=60)
    note = fields.TextField(default="")
    at = fields.DatetimeField()

    class Meta:
        table = "cases_step"
        app = "cases"
        indexes = [Index(fields=["case_id", "id"], name="cases_step_case")]


class CaseEvidence(Model):
    """One entry of a case's evidence (R-ID-16); append-only, chained by keyed digests."""

    id = fields.UUIDField(primary_key=True, default=uuid7)
    case_id = fields.UUIDField()
    seq = fields.IntField()
    kind = fields.CharField(max_length=40)
    facts = fields.JSONField[dict[str, Any]]()
    previous = fields.CharField(max_length=64)
    hash = fields.CharField(max_length=64)

    class Meta:
        table = "cases_evidence"
        app = "cases"
        unique_together = (("case_id", "seq"),)

"""Tables of cases."""

from datetime import date
from typing import Any

from tortoise import fields
from tortoise.fields.db_defaults import SqlDefault
from tortoise.indexes import Index
from tortoise.models import Model

from app_server.kernel.columns import Encrypted
from app_server.kernel.ids import uuid7

EMPTY = SqlDefault("'{}'::jsonb")


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
    # Where it came in, who filed it for a person who stood there, and where the result waits.
    channel = fields.CharField(max_length=20, default="web", db_default="web")
    intake_org = fields.CharField(max_length=18, default="", db_default="")
    intake_officer = fields.UUIDField(null=True)
    intake_region = fields.CharField(max_length=12, default="", db_default="")
    outlet_region = fields.CharField(max_length=12, default="", db_default="")
    forwarded_to = fields.CharField(max_length=18, default="", db_default="")
    # Pauses and extension of the legal clock; and what handling leaves behind: notices, review
    # points, the machine's trace, the higher authority's word, delivery.
    clock = fields.JSONField[dict[str, Any]](default=dict, db_default=EMPTY)
    handling = fields.JSONField[dict[str, Any]](default=dict, db_default=EMPTY)
    examined_at = fields.DatetimeField(null=True)
    delivered_at = fields.DatetimeField(null=True)
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
    actor_name = fields.CharField(max_length=120, default="", db_default="")
    channel = fields.CharField(max_length=20, default="", db_default="")

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


class Document(Model):
    """One 文书 of a case: what it says is kept as facts, its PDF under its content address."""

    id = fields.UUIDField(primary_key=True, default=uuid7)
    case_id = fields.UUIDField()
    case_no = fields.CharField(max_length=50)
    kind = fields.CharField(max_length=30)
    org = fields.CharField(max_length=18)
    facts = fields.JSONField[dict[str, Any]](default=dict)
    year = fields.IntField(null=True)
    number = fields.IntField(null=True)
    state = fields.CharField(max_length=10, default="making")
    sha256 = fields.CharField(max_length=64, default="")
    key = fields.CharField(max_length=120, default="")
    created_at = fields.DatetimeField()
    made_at = fields.DatetimeField(null=True)

    class Meta:
        table = "cases_document"
        app = "cases"
        unique_together = (("org", "year", "number"),)
        indexes = [Index(fields=["case_id", "id"], name="cases_document_case")]


class DocumentNumber(Model):
    """The last document number of an organisation in a year (`id` is `<org>:<year>`)."""

    id = fields.CharField(max_length=24, primary_key=True)
    given = fields.IntField(default=0)

    class Meta:
        table = "cases_document_number"
        app = "cases"


class Subtask(Model):
    """What another organisation is asked to contribute to a case, with a limit of its own."""

    id = fields.UUIDField(primary_key=True, default=uuid7)
    case_id = fields.UUIDField()
    case_no = fields.CharField(max_length=50)
    org = fields.CharField(max_length=18)
    org_name = fields.CharField(max_length=80)
    region = fields.CharField(max_length=12)
    title = fields.CharField(max_length=80)
    question = fields.CharField(max_length=500)
    blocks = fields.BooleanField(default=True)
    state = fields.CharField(max_length=10, default="open")
    due_on = fields.DateField()
    asked_by = fields.CharField(max_length=60)
    asked_at = fields.DatetimeField()
    outcome = fields.CharField(max_length=20, default="")
    opinion = fields.TextField(default="")
    returned_at = fields.DatetimeField(null=True)

    class Meta:
        table = "cases_subtask"
        app = "cases"
        indexes = [
            Index(fields=["case_id", "id"], name="cases_subtask_case"),
            Index(fields=["org", "state", "id"], name="cases_subtask_desk"),
        ]


class Intake(Model):
    """A draft that a window fills in for an applicant who is present, and their consent."""

    id = fields.UUIDField(primary_key=True, default=uuid7)
    draft_id = fields.UUIDField(unique=True)
    person_id = fields.UUIDField()
    officer_id = fields.UUIDField()
    org = fields.CharField(max_length=18)
    region = fields.CharField(max_length=12)
    mode = fields.CharField(max_length=10)
    consent = fields.CharField(max_length=20)
    outlet_region = fields.CharField(max_length=12, default="")
    case_no = fields.CharField(max_length=50, default="")
    at = fields.DatetimeField()

    class Meta:
        table = "cases_intake"
        app = "cases"


class Bundle(Model):
    """一件事: parts that hang together, filed once, with one timeline and one answer (R-PAR-02)."""

    id = fields.UUIDField(primary_key=True, default=uuid7)
    bundle_no = fields.CharField(max_length=50, unique=True)
    person_id = fields.UUIDField()
    organisation_id = fields.UUIDField(null=True)
    applicant = fields.CharField(max_length=120, default="")
    tier = fields.IntField(default=0)
    level = fields.IntField(default=0)
    channel = fields.CharField(max_length=20, default="")
    template = fields.CharField(max_length=60)
    template_version = fields.IntField()
    project_code = fields.CharField(max_length=24, default="")
    name = fields.CharField(max_length=120)
    region = fields.CharField(max_length=12)
    lead_org = fields.CharField(max_length=18)
    lead_name = fields.CharField(max_length=80)
    mode = fields.CharField(max_length=10)
    on_refusal = fields.CharField(max_length=10)
    state = fields.CharField(max_length=10, default="draft")
    answers = fields.JSONField[dict[str, Any]](default=dict)
    outputs = fields.JSONField[list[dict[str, Any]]](default=list)
    tasks = fields.JSONField[list[dict[str, Any]]](default=list)
    # Joint surveys and acceptances: slot, attendees, one report.
    sessions = fields.JSONField[list[dict[str, Any]]](default=list)
    # Where one parcel brings all results, sealed until the courier has it.
    address = fields.TextField(default="")
    parcel = fields.CharField(max_length=10, default="")
    timeline = fields.JSONField[list[dict[str, Any]]](default=list)
    due_on: date | None = fields.DateField(null=True)
    due_path = fields.JSONField[list[str]](default=list)
    due_provisional = fields.BooleanField(default=False)
    extension: dict[str, Any] | None = fields.JSONField(null=True)
    opened_at = fields.DatetimeField()
    filed_at = fields.DatetimeField(null=True)
    finished_at = fields.DatetimeField(null=True)
    version = fields.IntField(default=1)

    class Meta:
        table = "cases_bundle"
        app = "cases"
        indexes = [
            Index(fields=["person_id", "id"], name="cases_bundle_person"),
            Index(fields=["lead_org", "state", "id"], name="cases_bundle_lead"),
            Index(fields=["project_code"], name="cases_bundle_project"),
        ]


class BundlePart(Model):
    """One part of a bundle: its draft, and from when it was started its case."""

    id = fields.UUIDField(primary_key=True, default=uuid7)
    bundle_id = fields.UUIDField()
    position = fields.IntField()
    code = fields.CharField(max_length=40)
    item_code = fields.CharField(max_length=33)
    item_name = fields.CharField(max_length=120)
    org = fields.CharField(max_length=18)
    department = fields.CharField(max_length=80)
    after = fields.JSONField[list[str]](default=list)
    days = fields.IntField(default=0)
    unit = fields.CharField(max_length=8, default="workday")
    draft_id = fields.UUIDField(unique=True)
    case_no = fields.CharField(max_length=50, null=True, unique=True)
    state = fields.CharField(max_length=12, default="waiting")
    # Why a part that could start did not.
    held_up = fields.CharField(max_length=200, default="")
    promised_at = fields.DatetimeField(null=True)
    closed_at = fields.DatetimeField(null=True)

    class Meta:
        table = "cases_bundle_part"
        app = "cases"
        unique_together = (("bundle_id", "code"),)
        indexes = [Index(fields=["org", "state"], name="cases_bundle_part_org")]

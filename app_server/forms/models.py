"""Tables of forms."""

from typing import Any

from tortoise import fields
from tortoise.indexes import Index
from tortoise.models import Model

from app_server.kernel.columns import Encrypted
from app_server.kernel.ids import uuid7


class FormDefinition(Model):
    """One published version of a form; a change is a new version."""

    id = fields.UUIDField(primary_key=True, default=uuid7)
    code = fields.CharField(max_length=60)
    version = fields.IntField()
    title = fields.CharField(max_length=100)
    schema = fields.JSONField[dict[str, Any]]()
    ui_schema = fields.JSONField[dict[str, Any]]()
    sources = fields.JSONField[dict[str, Any]]()
    published_at = fields.DatetimeField()

    class Meta:
        table = "forms_definition"
        app = "forms"
        unique_together = (("code", "version"),)


class Draft(Model):
    """What a person has filled in so far; the data is personal, so it is sealed as a whole."""

    id = fields.UUIDField(primary_key=True, default=uuid7)
    person_id = fields.UUIDField()
    form_code = fields.CharField(max_length=60)
    form_version = fields.IntField()
    subject = fields.CharField(max_length=60)
    subject_name = fields.CharField(max_length=120)
    data = Encrypted(sensitivity="identity")
    sources = fields.JSONField[dict[str, Any]](default=dict)
    missing = fields.JSONField[dict[str, str]](default=dict)
    materials = fields.JSONField[list[dict[str, Any]]](default=list)
    state = fields.CharField(max_length=12, default="open")
    version = fields.IntField(default=1)
    created_at = fields.DatetimeField()
    updated_at = fields.DatetimeField()
    # Where it was last written: a draft begun on the phone is finished in the browser (R-CAS-10).
    channel = fields.CharField(max_length=20, default="", db_default="")
    warned_at = fields.DatetimeField(null=True)
    # What it is a part of (a bundle): then only that opens, saves and hands it in.
    held_for = fields.CharField(max_length=60, default="", db_default="")

    class Meta:
        table = "forms_draft"
        app = "forms"
        indexes = [Index(fields=["person_id", "subject"], name="forms_draft_person")]


class Precheck(Model):
    """One file waiting to be read by machine, and what was noticed; never what was read."""

    id = fields.UUIDField(primary_key=True, default=uuid7)
    draft_id = fields.UUIDField()
    person_id = fields.UUIDField()
    material = fields.CharField(max_length=60)
    file_id = fields.UUIDField()
    key = fields.CharField(max_length=120)
    kind = fields.CharField(max_length=40)
    wanted = fields.JSONField[list[str]]()
    state = fields.CharField(max_length=10, default="waiting")
    findings = fields.JSONField[list[dict[str, Any]]](default=list)
    attempts = fields.IntField(default=0)
    lease_until = fields.DatetimeField(null=True)
    created_at = fields.DatetimeField()

    class Meta:
        table = "forms_precheck"
        app = "forms"
        indexes = [
            Index(fields=["draft_id"], name="forms_precheck_draft"),
            Index(fields=["state", "id"], name="forms_precheck_queue"),
        ]


class Paper(Model):
    """A paper handed in once, so that it need not be asked for again (R-ITM-23)."""

    id = fields.UUIDField(primary_key=True, default=uuid7)
    person_id = fields.UUIDField()
    library = fields.CharField(max_length=60)
    files = fields.JSONField[list[dict[str, Any]]]()
    kept_at = fields.DatetimeField()
    valid_until = fields.DateField(null=True)

    class Meta:
        table = "forms_paper"
        app = "forms"
        unique_together = (("person_id", "library"),)

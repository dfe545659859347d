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

    class Meta:
        table = "forms_draft"
        app = "forms"
        indexes = [Index(fields=["person_id", "subject"], name="forms_draft_person")]

"""Tables of themes."""

from typing import Any

from tortoise import fields
from tortoise.indexes import Index
from tortoise.models import Model

from app_server.kernel.ids import uuid7


class TemplateVersion(Model):
    """One version of a template; never changed, the highest is in force."""

    id = fields.UUIDField(primary_key=True, default=uuid7)
    code = fields.CharField(max_length=40)
    version = fields.IntField()
    facts = fields.JSONField[dict[str, Any]]()
    published_at = fields.DatetimeField()
    published_by = fields.CharField(max_length=60)

    class Meta:
        table = "themes_template"
        app = "themes"
        unique_together = (("code", "version"),)


class ProjectNotice(Model):
    """What the investment platform told about a project: once per its number."""

    id = fields.UUIDField(primary_key=True, default=uuid7)
    number = fields.CharField(max_length=60, unique=True)
    digest = fields.CharField(max_length=64)
    project_code = fields.CharField(max_length=24)
    kind = fields.CharField(max_length=10)
    title = fields.CharField(max_length=120)
    note = fields.CharField(max_length=500, default="")
    document_no = fields.CharField(max_length=60, default="")
    at = fields.DatetimeField()
    received_at = fields.DatetimeField()

    class Meta:
        table = "themes_notice"
        app = "themes"
        indexes = [Index(fields=["project_code"], name="themes_notice_project")]


class Claim(Model):
    """An item on the claim board: which city builds it, and how far it is."""

    id = fields.UUIDField(primary_key=True, default=uuid7)
    basic = fields.CharField(max_length=12, unique=True)
    name = fields.CharField(max_length=120)
    theme = fields.CharField(max_length=40, default="")
    state = fields.CharField(max_length=12, default="open")
    version = fields.IntField(default=1)
    region = fields.CharField(max_length=12, default="")
    org = fields.CharField(max_length=18, default="")
    item_code = fields.CharField(max_length=33, default="")
    item_version = fields.IntField(default=0)
    round = fields.IntField(default=0)
    replicas = fields.JSONField[list[dict[str, Any]]](default=list)
    timeline = fields.JSONField[list[dict[str, Any]]](default=list)
    opened_at = fields.DatetimeField()

    class Meta:
        table = "themes_claim"
        app = "themes"


class Expert(Model):
    """A staff member whom the province named to review what cities build."""

    staff_id = fields.UUIDField(primary_key=True)
    name = fields.CharField(max_length=60)
    named_at = fields.DatetimeField()
    named_by = fields.CharField(max_length=60)

    class Meta:
        table = "themes_expert"
        app = "themes"


class Review(Model):
    """What one expert said about one built round of an entry."""

    id = fields.UUIDField(primary_key=True, default=uuid7)
    claim_id = fields.UUIDField()
    round = fields.IntField()
    staff_id = fields.UUIDField()
    name = fields.CharField(max_length=60)
    org = fields.CharField(max_length=18)
    passed = fields.BooleanField()
    opinion = fields.CharField(max_length=500)
    at = fields.DatetimeField()

    class Meta:
        table = "themes_review"
        app = "themes"
        unique_together = (("claim_id", "round", "staff_id"),)

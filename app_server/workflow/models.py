"""Tables of workflow."""

from typing import Any

from tortoise import fields
from tortoise.indexes import Index
from tortoise.models import Model

from app_server.kernel.columns import Encrypted
from app_server.kernel.ids import uuid7


class Draft(Model):
    """A diagram or table that somebody is drawing."""

    id = fields.UUIDField(primary_key=True, default=uuid7)
    kind = fields.CharField(max_length=8)
    code = fields.CharField(max_length=60)
    title = fields.CharField(max_length=100)
    text = fields.TextField()
    updated_by = fields.CharField(max_length=60)
    updated_ref = fields.CharField(max_length=60, default="")
    updated_at = fields.DatetimeField()
    version = fields.IntField(default=1)

    class Meta:
        table = "workflow_draft"
        app = "workflow"
        unique_together = (("kind", "code"),)


class Published(Model):
    """One published version of a flow or table; a trigger refuses every change.

    `tables` pins the version of each table a flow decides by; `facts` are the names it asks for.
    """

    id = fields.UUIDField(primary_key=True, default=uuid7)
    kind = fields.CharField(max_length=8)
    code = fields.CharField(max_length=60)
    version = fields.IntField()
    title = fields.CharField(max_length=100)
    text = fields.TextField()
    sha256 = fields.CharField(max_length=64)
    tables = fields.JSONField[dict[str, int]](default=dict)
    facts = fields.JSONField[list[str]](default=list)
    reason = fields.CharField(max_length=300, default="")
    published_by = fields.CharField(max_length=60)
    published_at = fields.DatetimeField()

    class Meta:
        table = "workflow_published"
        app = "workflow"
        unique_together = (("kind", "code", "version"),)


class Instance(Model):
    """A flow under way for a subject; where it stands follows from its work done.

    `facts` are only those the flow asks for, sealed: a number of a form can tell of a person.
    """

    id = fields.UUIDField(primary_key=True, default=uuid7)
    flow_code = fields.CharField(max_length=60)
    flow_version = fields.IntField()
    subject = fields.CharField(max_length=80)
    facts = Encrypted(sensitivity="identity")
    state = fields.CharField(max_length=8, default="running")
    started_at = fields.DatetimeField()
    ended_at = fields.DatetimeField(null=True)

    class Meta:
        table = "workflow_instance"
        app = "workflow"
        indexes = [
            Index(fields=["subject"], name="workflow_instance_subject"),
            Index(fields=["flow_code", "id"], name="workflow_instance_flow"),
        ]


class Work(Model):
    """One piece of work of an instance; done ones, in the order of `seq`, are its history."""

    id = fields.UUIDField(primary_key=True, default=uuid7)
    instance_id = fields.UUIDField()
    element = fields.CharField(max_length=80)
    visit = fields.IntField()
    name = fields.CharField(max_length=60)
    kind = fields.CharField(max_length=8)
    action = fields.CharField(max_length=40, default="")
    deeds = fields.JSONField[list[str]](default=list)
    role = fields.CharField(max_length=40, default="")
    org = fields.CharField(max_length=18, default="")
    days = fields.IntField(default=0)
    state = fields.CharField(max_length=8, default="open")
    seq = fields.IntField(null=True)
    outcome = fields.JSONField[dict[str, Any]](null=True)
    actor = fields.CharField(max_length=60, default="")
    opened_at = fields.DatetimeField()
    done_at = fields.DatetimeField(null=True)

    class Meta:
        table = "workflow_work"
        app = "workflow"
        unique_together = (("instance_id", "element", "visit"), ("instance_id", "seq"))

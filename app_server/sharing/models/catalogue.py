"""The catalogue: classes, entries and their editions, update tasks, who is told."""

from typing import Any

from tortoise import fields
from tortoise.indexes import Index, PartialIndex
from tortoise.models import Model

from app_server.kernel.ids import uuid7


class Node(Model):
    """A class (目录分类) of one of the three trees; a root has a lead organisation."""

    id = fields.UUIDField(primary_key=True, default=uuid7)
    code = fields.CharField(max_length=20, unique=True)
    kind = fields.CharField(max_length=12)
    name = fields.CharField(max_length=60)
    parent_id = fields.UUIDField(null=True)
    lead_org = fields.CharField(max_length=18)
    lead_name = fields.CharField(max_length=80)
    library = fields.CharField(max_length=20, default="")
    fixed = fields.BooleanField(default=False)
    entries = fields.IntField(default=0)
    version = fields.IntField(default=1)
    created_at = fields.DatetimeField(auto_now_add=True)

    class Meta:
        table = "sharing_node"
        app = "sharing"
        indexes = [Index(fields=["kind", "code"], name="sharing_node_kind")]


class Resource(Model):
    """A catalogue entry (信息资源); `draft` is what a published one is to become."""

    id = fields.UUIDField(primary_key=True, default=uuid7)
    code = fields.CharField(max_length=40, unique=True)
    node_id = fields.UUIDField()
    kind = fields.CharField(max_length=12)
    org = fields.CharField(max_length=18)
    org_name = fields.CharField(max_length=80)
    region = fields.CharField(max_length=12)
    name = fields.CharField(max_length=80)
    share_type = fields.CharField(max_length=14)
    open = fields.BooleanField(default=False)
    content = fields.JSONField[dict[str, Any]](default=dict)
    draft = fields.JSONField[dict[str, Any]](null=True)
    state = fields.CharField(max_length=12, default="draft")
    edition = fields.IntField(default=0)
    edited_by = fields.CharField(max_length=60)
    version = fields.IntField(default=1)
    created_at = fields.DatetimeField(auto_now_add=True)
    updated_at = fields.DatetimeField(auto_now=True)

    class Meta:
        table = "sharing_resource"
        app = "sharing"
        indexes = [
            Index(fields=["node_id"], name="sharing_resource_node"),
            Index(fields=["org"], name="sharing_resource_org"),
        ]


class Edition(Model):
    """One published version of an entry."""

    id = fields.UUIDField(primary_key=True, default=uuid7)
    resource_id = fields.UUIDField()
    number = fields.IntField()
    content = fields.JSONField[dict[str, Any]](default=dict)
    note = fields.CharField(max_length=200, default="")
    by_name = fields.CharField(max_length=60)
    at = fields.DatetimeField()

    class Meta:
        table = "sharing_edition"
        app = "sharing"
        unique_together = (("resource_id", "number"),)


class Follow(Model):
    """An organisation that wants to know of changes to an entry (目录订阅)."""

    id = fields.UUIDField(primary_key=True, default=uuid7)
    resource_id = fields.UUIDField()
    org = fields.CharField(max_length=18)
    at = fields.DatetimeField()

    class Meta:
        table = "sharing_follow"
        app = "sharing"
        unique_together = (("resource_id", "org"),)


class Notice(Model):
    """What an organisation was told; `about` keeps one happening from being told twice."""

    id = fields.UUIDField(primary_key=True, default=uuid7)
    org = fields.CharField(max_length=18)
    resource_id = fields.UUIDField()
    about = fields.CharField(max_length=80)
    text = fields.CharField(max_length=200)
    at = fields.DatetimeField()

    class Meta:
        table = "sharing_notice"
        app = "sharing"
        unique_together = (("org", "about"),)


class Duty(Model):
    """An update of an entry that a change of law or function demands (更新任务)."""

    id = fields.UUIDField(primary_key=True, default=uuid7)
    resource_id = fields.UUIDField()
    org = fields.CharField(max_length=18)
    reason = fields.CharField(max_length=20)
    basis = fields.CharField(max_length=300)
    happened_on = fields.DateField()
    due_on = fields.DateField()
    provisional = fields.BooleanField(default=False)
    state = fields.CharField(max_length=10, default="open")
    overdue_told = fields.BooleanField(default=False)
    outcome = fields.CharField(max_length=200, default="")
    done_at = fields.DatetimeField(null=True)
    opened_by = fields.CharField(max_length=60)
    at = fields.DatetimeField()

    class Meta:
        table = "sharing_duty"
        app = "sharing"
        indexes = [
            Index(fields=["org", "id"], name="sharing_duty_org"),
            PartialIndex(fields=["due_on"], name="sharing_duty_open", condition={"state": "open"}),
        ]


class Dataset(Model):
    """A table that is open to everybody: open fields alone (开放数据集)."""

    id = fields.UUIDField(primary_key=True, default=uuid7)
    resource_id = fields.UUIDField()
    number = fields.IntField()
    rows = fields.IntField()
    content = fields.TextField()
    at = fields.DatetimeField()

    class Meta:
        table = "sharing_dataset"
        app = "sharing"
        unique_together = (("resource_id", "number"),)

"""Error reports, data quality, the inventory of systems, places."""

from typing import Any

from tortoise import fields
from tortoise.indexes import Index
from tortoise.models import Model

from app_server.kernel.columns import Encrypted
from app_server.kernel.ids import uuid7


class ErrorReport(Model):
    """A user organisation's word that a value is wrong (共享校核), and the provider's answer."""

    id = fields.UUIDField(primary_key=True, default=uuid7)
    resource_id = fields.UUIDField()
    provider_org = fields.CharField(max_length=18)
    org = fields.CharField(max_length=18)
    org_name = fields.CharField(max_length=80)
    reporter = fields.CharField(max_length=60)
    record = Encrypted(sensitivity="identity")
    field = fields.CharField(max_length=160)
    held = Encrypted(sensitivity="identity")
    claimed = Encrypted(sensitivity="identity")
    evidence = Encrypted(sensitivity="identity")
    state = fields.CharField(max_length=10, default="open")
    due_on = fields.DateField()
    answer = fields.CharField(max_length=300, default="")
    corrected = Encrypted(sensitivity="identity", null=True)
    answered_by = fields.CharField(max_length=60, default="")
    answered_at = fields.DatetimeField(null=True)
    at = fields.DatetimeField()

    class Meta:
        table = "sharing_error_report"
        app = "sharing"
        indexes = [
            Index(fields=["resource_id", "state"], name="sharing_report_resource"),
            Index(fields=["provider_org", "id"], name="sharing_report_provider"),
            Index(fields=["org", "id"], name="sharing_report_org"),
        ]


class QualityReport(Model):
    """What a batch of an entry's records came to; counts, no content."""

    id = fields.UUIDField(primary_key=True, default=uuid7)
    resource_id = fields.UUIDField()
    number = fields.IntField()
    edition = fields.IntField()
    key = fields.JSONField[list[str]](default=list)
    findings = fields.JSONField[dict[str, Any]](default=dict)
    by_name = fields.CharField(max_length=60)
    at = fields.DatetimeField()

    class Meta:
        table = "sharing_quality"
        app = "sharing"
        unique_together = (("resource_id", "number"),)


class Inventoried(Model):
    """An information system as its organisation lists it (信息系统清单)."""

    id = fields.UUIDField(primary_key=True, default=uuid7)
    code = fields.CharField(max_length=40, unique=True)
    name = fields.CharField(max_length=80)
    org = fields.CharField(max_length=18)
    org_name = fields.CharField(max_length=80)
    region = fields.CharField(max_length=12)
    purpose = fields.CharField(max_length=300)
    launched_on = fields.DateField()
    integrated = fields.BooleanField(default=False)
    plan = fields.CharField(max_length=300, default="")
    used_on = fields.DateField(null=True)

    class Meta:
        table = "sharing_inventoried"
        app = "sharing"
        indexes = [Index(fields=["org"], name="sharing_inventoried_org")]


class Boundary(Model):
    """A division's boundary; the four ends make most look-ups one comparison."""

    region = fields.CharField(primary_key=True, max_length=12)
    ring = fields.JSONField[list[list[int]]](default=list)
    west = fields.IntField()
    east = fields.IntField()
    south = fields.IntField()
    north = fields.IntField()
    version = fields.IntField(default=1)
    at = fields.DatetimeField()

    class Meta:
        table = "sharing_boundary"
        app = "sharing"


class ServicePoint(Model):
    """A place where the public is served (办事大厅、服务点)."""

    code = fields.CharField(primary_key=True, max_length=40)
    name = fields.CharField(max_length=80)
    org = fields.CharField(max_length=18)
    region = fields.CharField(max_length=12)
    address = fields.CharField(max_length=200)
    lon = fields.IntField()
    lat = fields.IntField()
    open = fields.BooleanField(default=True)
    at = fields.DatetimeField()

    class Meta:
        table = "sharing_service_point"
        app = "sharing"
        indexes = [Index(fields=["lat", "lon"], name="sharing_point_place")]

"""Receipts, data services, grants, and the counts of calls."""

from typing import Any

from tortoise import fields
from tortoise.indexes import Index
from tortoise.models import Model

from app_server.kernel.columns import Encrypted
from app_server.kernel.ids import uuid7


class Call(Model):
    """One question to a registry: who, about whom, why, on what ground; digests, no content."""

    id = fields.UUIDField(primary_key=True, default=uuid7)
    owner = fields.UUIDField(null=True)
    # Whom without an account it is about: found again when that person registers.
    subject_index = fields.CharField(max_length=64, default="", db_default="")
    actor = fields.CharField(max_length=60)
    service = fields.CharField(max_length=60)
    purpose = fields.CharField(max_length=200)
    basis = fields.CharField(max_length=120)
    about = fields.CharField(max_length=120, default="")
    outcome = fields.CharField(max_length=12)
    request_digest = fields.CharField(max_length=64)
    answer_digest = fields.CharField(max_length=64, default="")
    # The exchange's own signature over its answer: what it said cannot be denied later.
    nonce = fields.CharField(max_length=40, default="")
    mark = fields.CharField(max_length=80, default="")
    seal = fields.CharField(max_length=160)
    at = fields.DatetimeField()

    class Meta:
        table = "sharing_call"
        app = "sharing"
        indexes = [
            Index(fields=["owner", "id"], name="sharing_call_owner"),
            Index(fields=["subject_index", "id"], name="sharing_call_subject"),
        ]


class Refusal(Model):
    """A person who does not want registries asked for prefilling."""

    id = fields.UUIDField(primary_key=True)
    at = fields.DatetimeField()

    class Meta:
        table = "sharing_refusal"
        app = "sharing"


class DataService(Model):
    """A data service (数据服务): where it is asked, what it needs and gives, how it fares."""

    id = fields.UUIDField(primary_key=True, default=uuid7)
    code = fields.CharField(max_length=60, unique=True)
    name = fields.CharField(max_length=80)
    resource_id = fields.UUIDField()
    org = fields.CharField(max_length=18)
    kind = fields.CharField(max_length=10)
    target = fields.CharField(max_length=200, default="")
    health_target = fields.CharField(max_length=200, default="")
    # The test subject of health checks, as JSON: it may be about a person.
    sample = Encrypted(sensitivity="identity", null=True)
    needs = fields.JSONField[list[str]](default=list)
    gives = fields.JSONField[list[str]](default=list)
    flow = fields.JSONField[dict[str, Any]](null=True)
    timeout_ms = fields.IntField(default=5000)
    approve_days = fields.SmallIntField(default=5)
    most_per_day = fields.IntField(default=10000)
    state = fields.CharField(max_length=12, default="registered")
    health = fields.CharField(max_length=10, default="unknown")
    health_note = fields.CharField(max_length=120, default="")
    health_at = fields.DatetimeField(null=True)
    version = fields.IntField(default=1)
    created_at = fields.DatetimeField(auto_now_add=True)

    class Meta:
        table = "sharing_service"
        app = "sharing"
        indexes = [Index(fields=["resource_id"], name="sharing_service_resource")]


class Grant(Model):
    """An application to use a data service and what became of it (共享申请, 共享授权).

    `client_id` is the key's client: a call is made under exactly one grant.
    """

    id = fields.UUIDField(primary_key=True, default=uuid7)
    service_id = fields.UUIDField()
    resource_id = fields.UUIDField()
    provider_org = fields.CharField(max_length=18)
    org = fields.CharField(max_length=18)
    org_name = fields.CharField(max_length=80)
    region = fields.CharField(max_length=12)
    applicant = fields.CharField(max_length=60)
    purposes = fields.JSONField[list[str]](default=list)
    legal_basis = fields.CharField(max_length=300)
    fields_granted = fields.JSONField[list[str]](default=list)
    quota = fields.IntField()
    expires_on = fields.DateField()
    system_code = fields.CharField(max_length=40, default="")
    state = fields.CharField(max_length=12, default="asked")
    due_on = fields.DateField()
    decided_by = fields.CharField(max_length=60, default="")
    decided_at = fields.DatetimeField(null=True)
    note = fields.CharField(max_length=200, default="")
    client_id = fields.CharField(max_length=60, null=True, unique=True)
    version = fields.IntField(default=1)
    at = fields.DatetimeField()

    class Meta:
        table = "sharing_grant"
        app = "sharing"
        indexes = [
            Index(fields=["provider_org", "id"], name="sharing_grant_provider"),
            Index(fields=["org", "id"], name="sharing_grant_org"),
            Index(fields=["resource_id"], name="sharing_grant_resource"),
        ]


class Usage(Model):
    """How many calls of a grant a day (in China) has seen."""

    id = fields.UUIDField(primary_key=True, default=uuid7)
    grant_id = fields.UUIDField()
    day = fields.DateField()
    used = fields.IntField()

    class Meta:
        table = "sharing_usage"
        app = "sharing"
        unique_together = (("grant_id", "day"),)


class Traffic(Model):
    """One call, answered, refused or failed; no content."""

    id = fields.UUIDField(primary_key=True, default=uuid7)
    service = fields.CharField(max_length=60)
    caller = fields.CharField(max_length=60)
    grant_id = fields.UUIDField(null=True)
    via = fields.CharField(max_length=60, default="")
    outcome = fields.CharField(max_length=12)
    code = fields.CharField(max_length=60, default="")
    fault = fields.CharField(max_length=10, default="")
    latency_ms = fields.IntField()
    receipt_id = fields.UUIDField(null=True)
    at = fields.DatetimeField()

    class Meta:
        table = "sharing_traffic"
        app = "sharing"
        indexes = [
            Index(fields=["service", "at"], name="sharing_traffic_service"),
            Index(fields=["caller", "at"], name="sharing_traffic_caller"),
        ]

"""Tables of sharing."""

from typing import Any

from tortoise import fields
from tortoise.indexes import Index, PartialIndex
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
    probe = fields.JSONField[dict[str, str]](default=dict)
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

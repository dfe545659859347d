"""Tables of staff."""

from typing import Any

from tortoise import fields
from tortoise.indexes import Index
from tortoise.models import Model

from app_server.kernel.columns import Encrypted
from app_server.kernel.ids import uuid7


class Department(Model):
    """A department or an office of one; `org_id` is the nearest body with a code of its own.

    `path` lists the ids from the top, so that everything below is one prefix; a department never
    moves, it is retired and another is opened.
    """

    id = fields.UUIDField(primary_key=True, default=uuid7)
    parent_id = fields.UUIDField(null=True)
    org_id = fields.UUIDField()
    path = fields.CharField(max_length=400)
    code = fields.CharField(max_length=18, null=True, unique=True)
    name = fields.CharField(max_length=80)
    region = fields.CharField(max_length=12)
    state = fields.CharField(max_length=12, default="active")
    version = fields.IntField(default=1)
    created_at = fields.DatetimeField(auto_now_add=True)

    class Meta:
        table = "staff_department"
        app = "staff"


class StaffMember(Model):
    """One officer's account. `entitled_at` is when what it may do changed last.

    Sessions opened before that moment are dead, whoever remembers them.
    """

    id = fields.UUIDField(primary_key=True, default=uuid7)
    login = fields.CharField(max_length=40, unique=True)
    name = fields.CharField(max_length=40)
    state = fields.CharField(max_length=12, default="active")
    post_id = fields.UUIDField(null=True)
    entitled_at = fields.DatetimeField(auto_now_add=True)
    version = fields.IntField(default=1)
    created_at = fields.DatetimeField(auto_now_add=True)

    class Meta:
        table = "staff_member"
        app = "staff"


class Post(Model):
    """What one officer is in one department from `since` until `until` (岗位)."""

    id = fields.UUIDField(primary_key=True, default=uuid7)
    staff_id = fields.UUIDField()
    department_id = fields.UUIDField()
    roles = fields.JSONField[list[str]](default=list)
    region = fields.CharField(max_length=12)
    window_id = fields.CharField(max_length=40, default="")
    window_level = fields.CharField(max_length=12, default="")
    since = fields.DatetimeField()
    until = fields.DatetimeField(null=True)

    class Meta:
        table = "staff_post"
        app = "staff"
        indexes = [
            Index(fields=["staff_id", "since"], name="staff_post_staff"),
            Index(fields=["department_id"], name="staff_post_department"),
        ]


class HistoryEntry(Model):
    """One move of an account: append-only, a trigger refuses changes (R-ID-30)."""

    id = fields.UUIDField(primary_key=True, default=uuid7)
    staff_id = fields.UUIDField()
    move = fields.CharField(max_length=12)
    effective_at = fields.DatetimeField()
    before = fields.JSONField[dict[str, Any]](null=True)
    after = fields.JSONField[dict[str, Any]](null=True)
    reason = fields.CharField(max_length=200)
    by_id = fields.UUIDField(null=True)
    by_name = fields.CharField(max_length=60)
    confirmed_by_id = fields.UUIDField(null=True)
    confirmed_by_name = fields.CharField(max_length=60, default="")

    class Meta:
        table = "staff_history"
        app = "staff"
        indexes = [Index(fields=["staff_id", "id"], name="staff_history_staff")]


class Proposal(Model):
    """An administrator role somebody wants to give; another administrator must confirm."""

    id = fields.UUIDField(primary_key=True, default=uuid7)
    staff_id = fields.UUIDField()
    post = fields.JSONField[dict[str, Any]]()
    reason = fields.CharField(max_length=200)
    state = fields.CharField(max_length=12, default="waiting")
    by_id = fields.UUIDField()
    by_name = fields.CharField(max_length=60)
    by_role = fields.CharField(max_length=20)
    at = fields.DatetimeField()
    expires_at = fields.DatetimeField()
    decided_by_id = fields.UUIDField(null=True)
    decided_at = fields.DatetimeField(null=True)

    class Meta:
        table = "staff_proposal"
        app = "staff"
        indexes = [Index(fields=["state", "id"], name="staff_proposal_state")]


class Activation(Model):
    """A one-time code that lets an officer set a password; only its digest is kept."""

    id = fields.UUIDField(primary_key=True, default=uuid7)
    staff_id = fields.UUIDField(db_index=True)
    digest = fields.CharField(max_length=64, unique=True)
    expires_at = fields.DatetimeField()
    used_at = fields.DatetimeField(null=True)

    class Meta:
        table = "staff_activation"
        app = "staff"


class DepartmentSystem(Model):
    """A department's own system and how its people sign on (业务系统; R-ID-32)."""

    id = fields.UUIDField(primary_key=True, default=uuid7)
    code = fields.CharField(max_length=40, unique=True)
    name = fields.CharField(max_length=80)
    department_id = fields.UUIDField()
    region = fields.CharField(max_length=12)
    mode = fields.CharField(max_length=10)
    client_id = fields.CharField(max_length=60, null=True, unique=True)
    home_url = fields.CharField(max_length=200, default="")
    bind_url = fields.CharField(max_length=200, default="")
    scim_url = fields.CharField(max_length=200, default="")
    scim_token = Encrypted(sensitivity="ordinary", null=True)
    state = fields.CharField(max_length=12, default="active")
    version = fields.IntField(default=1)
    created_at = fields.DatetimeField(auto_now_add=True)

    class Meta:
        table = "staff_system"
        app = "staff"


class ProvisionedAccount(Model):
    """An account that was pushed to a unified system, and how it stands there."""

    id = fields.UUIDField(primary_key=True, default=uuid7)
    system_id = fields.UUIDField()
    staff_id = fields.UUIDField(db_index=True)
    remote_id = fields.CharField(max_length=120)
    active = fields.BooleanField()
    pushed_at = fields.DatetimeField()

    class Meta:
        table = "staff_provisioned"
        app = "staff"
        unique_together = (("system_id", "staff_id"),)


class Mapping(Model):
    """A local account of a mapped system that is an officer's; one to one while it lives."""

    id = fields.UUIDField(primary_key=True, default=uuid7)
    system_id = fields.UUIDField()
    staff_id = fields.UUIDField(db_index=True)
    local_account = fields.CharField(max_length=80)
    bound_at = fields.DatetimeField()
    unbound_at = fields.DatetimeField(null=True)
    unbound_for = fields.CharField(max_length=200, default="")
    unbound_by = fields.CharField(max_length=60, default="")

    class Meta:
        table = "staff_mapping"
        app = "staff"


class BindCode(Model):
    """A one-time code an officer carries from here to a mapped system's bind page."""

    id = fields.UUIDField(primary_key=True, default=uuid7)
    system_id = fields.UUIDField()
    staff_id = fields.UUIDField()
    digest = fields.CharField(max_length=64, unique=True)
    expires_at = fields.DatetimeField()
    used_at = fields.DatetimeField(null=True)

    class Meta:
        table = "staff_bind_code"
        app = "staff"

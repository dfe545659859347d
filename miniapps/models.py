"""Tables of mini-apps."""

from typing import Any

from tortoise import fields
from tortoise.indexes import Index
from tortoise.models import Model

from app_server.kernel.ids import uuid7


class App(Model):
    """One app, whose it is, and which of its versions residents get (0: none yet).

    No version below `floor` is opened or rolled back to. The words beside `current` are the
    released version's, so that lists read one table.
    """

    id = fields.UUIDField(primary_key=True, default=uuid7)
    appid = fields.CharField(max_length=40, unique=True)
    owner_org = fields.CharField(max_length=18)
    current = fields.IntField(default=0)
    floor = fields.IntField(default=0, db_default=0)
    state = fields.CharField(max_length=12, default="active", db_default="active")
    state_reason = fields.CharField(max_length=200, default="", db_default="")
    name = fields.CharField(max_length=40, default="")
    short_name = fields.CharField(max_length=12, default="")
    summary = fields.CharField(max_length=80, default="")
    owner_name = fields.CharField(max_length=80, default="")
    region_codes = fields.JSONField[list[str]](default=list)
    min_tier = fields.IntField(default=0)

    class Meta:
        table = "miniapps_app"
        app = "miniapps"


class Version(Model):
    """One uploaded version; a trigger lets only its state and who moved it change."""

    id = fields.UUIDField(primary_key=True, default=uuid7)
    appid = fields.CharField(max_length=40)
    code = fields.IntField()
    name = fields.CharField(max_length=30)
    digest = fields.CharField(max_length=64)
    manifest = fields.JSONField[dict[str, Any]]()
    uploaded_by = fields.CharField(max_length=60)
    uploaded_at = fields.DatetimeField()
    state = fields.CharField(max_length=16, default="draft")
    findings = fields.JSONField[list[dict[str, Any]]](null=True)
    city_by = fields.CharField(max_length=60, default="", db_default="")
    approved_by = fields.CharField(max_length=60, default="")
    approved_at = fields.DatetimeField(null=True)
    released_by = fields.CharField(max_length=60, default="")
    released_at = fields.DatetimeField(null=True)

    class Meta:
        table = "miniapps_version"
        app = "miniapps"
        unique_together = (("appid", "code"),)


class Step(Model):
    """What happened to a version or an app, by whom and why; only ever added."""

    id = fields.UUIDField(primary_key=True, default=uuid7)
    appid = fields.CharField(max_length=40)
    code = fields.IntField(default=0)
    deed = fields.CharField(max_length=20)
    by = fields.CharField(max_length=60)
    by_name = fields.CharField(max_length=80, default="")
    note = fields.CharField(max_length=500, default="")
    at = fields.DatetimeField()

    class Meta:
        table = "miniapps_step"
        app = "miniapps"
        indexes = [Index(fields=["appid", "id"], name="miniapps_step_app")]


class Rollout(Model):
    """A version that only some residents get, and what stops it (rules/grey.py)."""

    id = fields.UUIDField(primary_key=True, default=uuid7)
    appid = fields.CharField(max_length=40)
    code = fields.IntField()
    permille = fields.IntField()
    salt = fields.CharField(max_length=32)
    openids = fields.JSONField[list[str]](default=list)
    regions = fields.JSONField[list[str]](default=list)
    systems = fields.JSONField[list[str]](default=list)
    starts_at = fields.DatetimeField(null=True)
    ends_at = fields.DatetimeField(null=True)
    error_permille = fields.IntField()
    since = fields.DatetimeField()
    version = fields.IntField(default=1)

    class Meta:
        table = "miniapps_rollout"
        app = "miniapps"
        unique_together = (("appid", "code"),)


class File(Model):
    """One file of a version; the bytes are stored once per content (`miniapps/<sha256>`)."""

    id = fields.UUIDField(primary_key=True, default=uuid7)
    version_id = fields.UUIDField()
    path = fields.CharField(max_length=200)
    sha256 = fields.CharField(max_length=64)
    size = fields.IntField()

    class Meta:
        table = "miniapps_file"
        app = "miniapps"
        unique_together = (("version_id", "path"),)


class Launch(Model):
    """One opening of an app by somebody; the person is unknown until they are needed."""

    id = fields.UUIDField(primary_key=True, default=uuid7)
    appid = fields.CharField(max_length=40)
    code = fields.IntField()
    person_id = fields.UUIDField(null=True)
    trial = fields.BooleanField(default=False, db_default=False)
    outcome = fields.CharField(max_length=8, default="", db_default="")
    ready_ms = fields.IntField(null=True)
    created_at = fields.DatetimeField()
    expires_at = fields.DatetimeField()

    class Meta:
        table = "miniapps_launch"
        app = "miniapps"
        indexes = [
            Index(fields=["expires_at"], name="miniapps_launch_expiry"),
            Index(fields=["appid", "code", "created_at"], name="miniapps_launch_version"),
        ]


class Ticket(Model):
    """A single-use proof that a person is in an app; only its keyed digest is kept."""

    id = fields.UUIDField(primary_key=True, default=uuid7)
    digest = fields.CharField(max_length=64, unique=True)
    launch_id = fields.UUIDField()
    appid = fields.CharField(max_length=40)
    person_id = fields.UUIDField()
    tier = fields.IntField()
    created_at = fields.DatetimeField()
    expires_at = fields.DatetimeField()
    used_at = fields.DatetimeField(null=True)

    class Meta:
        table = "miniapps_ticket"
        app = "miniapps"
        indexes = [Index(fields=["expires_at"], name="miniapps_ticket_expiry")]

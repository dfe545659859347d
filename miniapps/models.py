"""Tables of mini-apps."""

from typing import Any

from tortoise import fields
from tortoise.indexes import Index
from tortoise.models import Model

from app_server.kernel.ids import uuid7


class App(Model):
    """One app, whose it is, and which of its versions residents get (0: none yet).

    The words beside `current` are the released version's, so that lists read one table.
    """

    id = fields.UUIDField(primary_key=True, default=uuid7)
    appid = fields.CharField(max_length=40, unique=True)
    owner_org = fields.CharField(max_length=18)
    current = fields.IntField(default=0)
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
    state = fields.CharField(max_length=12, default="draft")
    approved_by = fields.CharField(max_length=60, default="")
    approved_at = fields.DatetimeField(null=True)
    released_by = fields.CharField(max_length=60, default="")
    released_at = fields.DatetimeField(null=True)

    class Meta:
        table = "miniapps_version"
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
    created_at = fields.DatetimeField()
    expires_at = fields.DatetimeField()

    class Meta:
        table = "miniapps_launch"
        app = "miniapps"
        indexes = [Index(fields=["expires_at"], name="miniapps_launch_expiry")]


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

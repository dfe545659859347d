"""Tables of mini-apps."""

from typing import Any

from tortoise import fields
from tortoise.indexes import Index
from tortoise.models import Model

from app_server.kernel.columns import Encrypted
from app_server.kernel.ids import uuid7


class App(Model):
    """One app, whose it is, and which of its versions residents get (0: none yet).

    No version below `floor` is opened or rolled back to. The words beside `current` are the
    released version's, so that lists read one table; a trigger keeps `category` and `mode` to it.
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
    category = fields.CharField(max_length=20, default="general", db_default="general")
    mode = fields.CharField(max_length=4, default="h5", db_default="h5")

    class Meta:
        table = "miniapps_app"
        app = "miniapps"


class Version(Model):
    """One uploaded version; a trigger lets only its state and who moved it change.

    `signed_by` is the team key over its index, `looks` what a browser saw, `withheld` the
    permissions review did not give, `release` the document the platform signed on approval.
    """

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
    signed_by = fields.CharField(max_length=43, default="", db_default="")
    looks = fields.JSONField[dict[str, Any]](null=True)
    withheld = fields.JSONField[list[str]](default=list, db_default="[]")
    release = fields.TextField(default="", db_default="")
    city_by = fields.CharField(max_length=60, default="", db_default="")
    approved_by = fields.CharField(max_length=60, default="")
    approved_at = fields.DatetimeField(null=True)
    released_by = fields.CharField(max_length=60, default="")
    released_at = fields.DatetimeField(null=True)

    class Meta:
        table = "miniapps_version"
        app = "miniapps"
        unique_together = (("appid", "code"),)


class TeamKey(Model):
    """A public key that packages of an organisation are signed with; ended, never changed."""

    id = fields.UUIDField(primary_key=True, default=uuid7)
    owner_org = fields.CharField(max_length=18)
    key_id = fields.CharField(max_length=43, unique=True)
    alg = fields.CharField(max_length=8)
    pem = fields.CharField(max_length=400)
    name = fields.CharField(max_length=60)
    added_by = fields.CharField(max_length=60)
    added_at = fields.DatetimeField()
    ended_at = fields.DatetimeField(null=True)

    class Meta:
        table = "miniapps_team_key"
        app = "miniapps"
        indexes = [Index(fields=["owner_org"], name="miniapps_team_key_owner")]


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
    """One opening of an app by somebody; the person is unknown until they are needed.

    `held` are the permissions given for this opening alone, `proved_at` when the person last
    proved in it that it was really them.
    """

    id = fields.UUIDField(primary_key=True, default=uuid7)
    appid = fields.CharField(max_length=40)
    code = fields.IntField()
    person_id = fields.UUIDField(null=True)
    trial = fields.BooleanField(default=False, db_default=False)
    outcome = fields.CharField(max_length=8, default="", db_default="")
    ready_ms = fields.IntField(null=True)
    token_digest = fields.CharField(max_length=64, default="", db_default="")
    held = fields.JSONField[list[str]](default=list, db_default="[]")
    proved_at = fields.DatetimeField(null=True)
    created_at = fields.DatetimeField()
    expires_at = fields.DatetimeField()

    class Meta:
        table = "miniapps_launch"
        app = "miniapps"
        indexes = [
            Index(fields=["expires_at"], name="miniapps_launch_expiry"),
            Index(fields=["appid", "code", "created_at"], name="miniapps_launch_version"),
            Index(fields=["person_id", "created_at"], name="miniapps_launch_person"),
        ]


class Ticket(Model):
    """A single-use proof that a person is in an app; only its keyed digest is kept.

    Some vendors' protocols take two steps: `token_digest` is of what the first one gave.
    """

    id = fields.UUIDField(primary_key=True, default=uuid7)
    digest = fields.CharField(max_length=64, unique=True)
    launch_id = fields.UUIDField()
    appid = fields.CharField(max_length=40)
    person_id = fields.UUIDField()
    tier = fields.IntField()
    created_at = fields.DatetimeField()
    expires_at = fields.DatetimeField()
    used_at = fields.DatetimeField(null=True)
    token_digest = fields.CharField(max_length=64, null=True, unique=True)
    token_until = fields.DatetimeField(null=True)

    class Meta:
        table = "miniapps_ticket"
        app = "miniapps"
        indexes = [Index(fields=["expires_at"], name="miniapps_ticket_expiry")]


class Consent(Model):
    """A permission a person gave an app for good, and the reason they read; ended, not changed."""

    id = fields.UUIDField(primary_key=True, default=uuid7)
    person_id = fields.UUIDField()
    appid = fields.CharField(max_length=40)
    scope = fields.CharField(max_length=40)
    reason = fields.CharField(max_length=80)
    granted_at = fields.DatetimeField()
    last_used_at = fields.DatetimeField(null=True)
    ended_at = fields.DatetimeField(null=True)

    class Meta:
        table = "miniapps_consent"
        app = "miniapps"
        indexes = [Index(fields=["person_id", "appid"], name="miniapps_consent_person")]


class Use(Model):
    """One use of a permission by an app; its owner sees it, nobody changes it."""

    id = fields.UUIDField(primary_key=True, default=uuid7)
    at = fields.DatetimeField()
    person_id = fields.UUIDField(null=True)
    appid = fields.CharField(max_length=40)
    launch_id = fields.UUIDField(null=True)
    method = fields.CharField(max_length=60)
    scope = fields.CharField(max_length=40)
    what = fields.CharField(max_length=120)
    outcome = fields.CharField(max_length=60)

    class Meta:
        table = "miniapps_use"
        app = "miniapps"
        indexes = [
            Index(fields=["person_id", "id"], name="miniapps_use_person"),
            Index(fields=["at"], name="miniapps_use_at"),
        ]


class Favourite(Model):
    """An app somebody keeps at hand."""

    id = fields.UUIDField(primary_key=True, default=uuid7)
    person_id = fields.UUIDField()
    appid = fields.CharField(max_length=40)
    at = fields.DatetimeField()

    class Meta:
        table = "miniapps_favourite"
        app = "miniapps"
        unique_together = (("person_id", "appid"),)


class Report(Model):
    """What somebody found wrong with an app, for its reviewers."""

    id = fields.UUIDField(primary_key=True, default=uuid7)
    appid = fields.CharField(max_length=40)
    code = fields.IntField()
    person_id = fields.UUIDField(null=True)
    reason = fields.CharField(max_length=20)
    note = fields.CharField(max_length=500, default="")
    at = fields.DatetimeField()

    class Meta:
        table = "miniapps_report"
        app = "miniapps"
        indexes = [Index(fields=["appid", "id"], name="miniapps_report_app")]


class FacadeKey(Model):
    """A key of an app's back end for one vendor's protocol; ended, never changed.

    Such protocols hash the secret itself into their signatures, so it is kept sealed and not
    as a digest.
    """

    id = fields.UUIDField(primary_key=True, default=uuid7)
    appid = fields.CharField(max_length=40)
    kind = fields.CharField(max_length=12)
    access_key = fields.CharField(max_length=40, unique=True)
    secret = Encrypted(sensitivity="ordinary")
    made_by = fields.CharField(max_length=60)
    made_at = fields.DatetimeField()
    ends_at = fields.DatetimeField(null=True)

    class Meta:
        table = "miniapps_facade_key"
        app = "miniapps"
        indexes = [Index(fields=["appid", "kind"], name="miniapps_facade_key_app")]


class KnownVisitor(Model):
    """Whom an app's number stands for: a number is a keyed digest and leads back by this alone.

    Somebody of a trial is known to the app's sandbox, and to nothing else.
    """

    id = fields.UUIDField(primary_key=True, default=uuid7)
    appid = fields.CharField(max_length=40)
    openid = fields.CharField(max_length=40)
    trial = fields.BooleanField()
    person_id = fields.UUIDField()
    since = fields.DatetimeField()

    class Meta:
        table = "miniapps_known_visitor"
        app = "miniapps"
        unique_together = (("appid", "openid", "trial"),)


class Quota(Model):
    """How often a client used a permission of the open gateway on one day."""

    id = fields.UUIDField(primary_key=True, default=uuid7)
    client = fields.CharField(max_length=60)
    scope = fields.CharField(max_length=40)
    day = fields.DateField()
    used = fields.IntField(default=0)

    class Meta:
        table = "miniapps_quota"
        app = "miniapps"
        unique_together = (("client", "scope", "day"),)


class Trace(Model):
    """What a page of an app reported; nobody's, and kept for days."""

    id = fields.UUIDField(primary_key=True, default=uuid7)
    appid = fields.CharField(max_length=40)
    code = fields.IntField()
    kind = fields.CharField(max_length=8)
    page = fields.CharField(max_length=200)
    name = fields.CharField(max_length=200)
    data = fields.JSONField[dict[str, Any]]()
    duration_ms = fields.IntField(null=True)
    at = fields.DatetimeField()

    class Meta:
        table = "miniapps_trace"
        app = "miniapps"
        indexes = [
            Index(fields=["appid", "id"], name="miniapps_trace_app"),
            Index(fields=["at"], name="miniapps_trace_at"),
        ]

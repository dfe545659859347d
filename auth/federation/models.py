"""Tables of federation."""

from tortoise import fields
from tortoise.indexes import Index
from tortoise.models import Model

from app_server.kernel.columns import Encrypted
from app_server.kernel.ids import uuid7


class Platform(Model):
    """Another authentication platform we speak with; its public keys were handed over by hand."""

    id = fields.UUIDField(primary_key=True, default=uuid7)
    code = fields.CharField(max_length=6, unique=True)
    level = fields.CharField(max_length=10)
    name = fields.CharField(max_length=80)
    partner_url = fields.CharField(max_length=200)
    public_url = fields.CharField(max_length=200)
    origins = fields.JSONField[list[str]](default=list)
    redirect_uris = fields.JSONField[list[str]](default=list)
    jwks = fields.JSONField[list[dict[str, str]]](default=list)
    client_id = fields.CharField(max_length=60, default="")
    generation = fields.IntField(default=1)
    state = fields.CharField(max_length=12, default="active")
    version = fields.IntField(default=1)
    created_at = fields.DatetimeField(auto_now_add=True)

    class Meta:
        table = "federation_platform"
        app = "federation"


class Home(Model):
    """The city a user is at home in, and what says so: `chosen`, `id_number` or `legacy`."""

    person_id = fields.UUIDField(primary_key=True)
    city = fields.CharField(max_length=6)
    basis = fields.CharField(max_length=12)
    since = fields.DatetimeField()

    class Meta:
        table = "federation_home"
        app = "federation"
        indexes = [Index(fields=["city"], name="federation_home_city")]


class Pushed(Model):
    """What a platform was last told of a user: a keyed digest, and what it made of it."""

    id = fields.UUIDField(primary_key=True, default=uuid7)
    person_id = fields.UUIDField()
    platform = fields.CharField(max_length=6)
    digest = fields.CharField(max_length=64)
    outcome = fields.CharField(max_length=12)
    reason = fields.CharField(max_length=40, default="")
    pushed_at = fields.DatetimeField()

    class Meta:
        table = "federation_pushed"
        app = "federation"
        unique_together = (("person_id", "platform"),)


class Received(Model):
    """A delivery that was taken: it is not taken again (idempotency key)."""

    digest = fields.CharField(primary_key=True, max_length=64)
    outcome = fields.CharField(max_length=12)
    reason = fields.CharField(max_length=40, default="")
    at = fields.DatetimeField()

    class Meta:
        table = "federation_received"
        app = "federation"


class Link(Model):
    """A person here is this user there (`user_no`), or was a user of that city before (empty)."""

    id = fields.UUIDField(primary_key=True, default=uuid7)
    person_id = fields.UUIDField()
    platform = fields.CharField(max_length=6)
    user_no = fields.CharField(max_length=32, null=True)
    since = fields.DatetimeField()

    class Meta:
        table = "federation_link"
        app = "federation"
        unique_together = (("person_id", "platform"), ("platform", "user_no"))


class Attempt(Model):
    """Somebody wants to sign in here by another platform; bound to their browser."""

    id = fields.UUIDField(primary_key=True, default=uuid7)
    home = fields.CharField(max_length=6)
    authority = fields.CharField(max_length=6)
    browser_digest = fields.CharField(max_length=64)
    expires_at = fields.DatetimeField()
    used_at = fields.DatetimeField(null=True)

    class Meta:
        table = "federation_attempt"
        app = "federation"
        indexes = [Index(fields=["expires_at"], name="federation_attempt_expiry")]


class Ticket(Model):
    """A word of ours that somebody signed in here, good once, for one attempt elsewhere."""

    id = fields.UUIDField(primary_key=True, default=uuid7)
    digest = fields.CharField(max_length=64, unique=True)
    person_id = fields.UUIDField()
    attempt = fields.CharField(max_length=36)
    expires_at = fields.DatetimeField()
    used_at = fields.DatetimeField(null=True)

    class Meta:
        table = "federation_ticket"
        app = "federation"
        indexes = [Index(fields=["expires_at"], name="federation_ticket_expiry")]


class Import(Model):
    """One city's file of legacy users, sent in parts, with what became of its rows."""

    id = fields.UUIDField(primary_key=True, default=uuid7)
    platform = fields.CharField(max_length=6)
    digest = fields.CharField(max_length=64)
    parts = fields.IntField()
    state = fields.CharField(max_length=12, default="receiving")
    received = fields.IntField(default=0)
    merged = fields.IntField(default=0)
    counts = fields.JSONField[dict[str, int]](default=dict)
    created_at = fields.DatetimeField()
    done_at = fields.DatetimeField(null=True)

    class Meta:
        table = "federation_import"
        app = "federation"
        indexes = [Index(fields=["platform", "id"], name="federation_import_platform")]


class ImportPart(Model):
    """A part of a file: kept sealed until it is merged, then only its digest."""

    id = fields.UUIDField(primary_key=True, default=uuid7)
    import_id = fields.UUIDField()
    number = fields.IntField()
    digest = fields.CharField(max_length=64)
    content_type = fields.CharField(max_length=40)
    body = Encrypted(sensitivity="identity")
    first_line = fields.IntField()
    rows = fields.IntField()
    merged_at = fields.DatetimeField(null=True)

    class Meta:
        table = "federation_import_part"
        app = "federation"
        unique_together = (("import_id", "number"),)


class ImportRow(Model):
    """What became of one row; nothing of the row itself but the keyed index of its ID number."""

    id = fields.UUIDField(primary_key=True, default=uuid7)
    import_id = fields.UUIDField()
    line = fields.IntField()
    id_index = fields.CharField(max_length=64)
    outcome = fields.CharField(max_length=12)
    reason = fields.CharField(max_length=40, default="")

    class Meta:
        table = "federation_import_row"
        app = "federation"
        unique_together = (("import_id", "line"),)
        indexes = [Index(fields=["import_id", "id_index"], name="federation_import_row_person")]

"""Tables of licences."""

from typing import Any

from tortoise import fields
from tortoise.indexes import Index
from tortoise.models import Model

from app_server.kernel.columns import Encrypted
from app_server.kernel.ids import uuid7


class Licence(Model):
    """One licence of one holder; its content is personal data and stored sealed."""

    id = fields.UUIDField(primary_key=True, default=uuid7)
    identifier = fields.CharField(max_length=120, unique=True)
    type_code = fields.CharField(max_length=21)
    # As issued: what becomes of the type later does not change the licence.
    type_name = fields.CharField(max_length=60, default="", db_default="")
    type_version = fields.IntField(default=1, db_default=1)
    kind = fields.CharField(max_length=12, default="certificate", db_default="certificate")
    trust_class = fields.CharField(max_length=1, default="A", db_default="A")
    one_live = fields.BooleanField(default=True, db_default=True)
    serial = fields.CharField(max_length=36, default="", db_default="")
    copy_version = fields.IntField(default=1, db_default=1)
    replaces_id = fields.UUIDField(null=True)
    prints = fields.IntField(default=0, db_default=0)
    holder_id = fields.UUIDField()
    # Tells apart the organisations that one representative looks after; empty for a person.
    holder_mark = fields.CharField(max_length=64, default="", db_default="")
    holder_name = Encrypted(sensitivity="identity")
    holder_number = Encrypted(sensitivity="identity")
    issuer_code = fields.CharField(max_length=18)
    issuer_name = fields.CharField(max_length=80)
    region = fields.CharField(max_length=12)
    content = Encrypted(sensitivity="identity")
    digest = fields.CharField(max_length=64)
    case_no = fields.CharField(max_length=50)
    authorisation_id = fields.UUIDField()
    signature = fields.CharField(max_length=128, default="")
    public_key = fields.CharField(max_length=130, default="")
    state = fields.CharField(max_length=12, default="making")
    issued_on = fields.DateField()
    expires_on = fields.DateField(null=True)
    created_at = fields.DatetimeField(auto_now_add=True)
    version = fields.IntField(default=1)

    class Meta:
        table = "licences_licence"
        app = "licences"
        indexes = [Index(fields=["holder_id", "id"], name="licences_holder")]


class ShowCode(Model):
    """A one-time code that shows one licence to one verifier."""

    id = fields.UUIDField(primary_key=True, default=uuid7)
    licence_id = fields.UUIDField()
    digest = fields.CharField(max_length=64, unique=True)
    created_at = fields.DatetimeField()
    expires_at = fields.DatetimeField()
    used_at = fields.DatetimeField(null=True)
    # Where somebody entrusted shows it for the holder.
    mandate_id = fields.UUIDField(null=True)

    class Meta:
        table = "licences_show_code"
        app = "licences"


class LicenceType(Model):
    """One version of a type of the catalogue: written, published, retired."""

    id = fields.UUIDField(primary_key=True, default=uuid7)
    code = fields.CharField(max_length=21)
    version = fields.IntField()
    state = fields.CharField(max_length=12, default="draft")
    name = fields.CharField(max_length=60)
    kind = fields.CharField(max_length=12)
    trust_class = fields.CharField(max_length=1)
    spec = fields.JSONField[dict[str, Any]]()
    by = fields.CharField(max_length=60)
    # Counts the edits, for If-Match.
    edition = fields.IntField(default=1)
    created_at = fields.DatetimeField(auto_now_add=True)
    published_at = fields.DatetimeField(null=True)
    retired_at = fields.DatetimeField(null=True)

    class Meta:
        table = "licences_type"
        app = "licences"
        unique_together = (("code", "version"),)


class LicenceStep(Model):
    """One move of one licence: who, when, why."""

    id = fields.UUIDField(primary_key=True, default=uuid7)
    licence_id = fields.UUIDField()
    at = fields.DatetimeField()
    move = fields.CharField(max_length=12)
    state = fields.CharField(max_length=12)
    reason = fields.CharField(max_length=200)
    by = fields.CharField(max_length=60)
    by_name = fields.CharField(max_length=60)

    class Meta:
        table = "licences_step"
        app = "licences"
        indexes = [Index(fields=["licence_id", "id"], name="licences_steps")]


class Use(Model):
    """One use of one licence: the log that statistics are counted from (R-LIC-14)."""

    id = fields.UUIDField(primary_key=True, default=uuid7)
    at = fields.DatetimeField()
    licence_id = fields.UUIDField()
    type_code = fields.CharField(max_length=21)
    way = fields.CharField(max_length=12)
    org = fields.CharField(max_length=60)
    purpose = fields.CharField(max_length=200)

    class Meta:
        table = "licences_use"
        app = "licences"
        indexes = [Index(fields=["at"], name="licences_use_at")]


class LicenceFile(Model):
    """One signed file of a licence (`ofd`, `pdf`): where it is kept, and its SHA-256."""

    id = fields.UUIDField(primary_key=True, default=uuid7)
    licence_id = fields.UUIDField()
    kind = fields.CharField(max_length=4)
    object_key = fields.CharField(max_length=160)
    digest = fields.CharField(max_length=64)
    size = fields.IntField()
    made_at = fields.DatetimeField()

    class Meta:
        table = "licences_file"
        app = "licences"
        unique_together = (("licence_id", "kind"),)


class Status(Model):
    """A licence's place in a status list: given once, at random, and never again to another."""

    licence_id = fields.UUIDField(primary_key=True)
    list_no = fields.IntField()
    index = fields.IntField()
    invalid = fields.BooleanField(default=False)

    class Meta:
        table = "licences_status"
        app = "licences"
        unique_together = (("list_no", "index"),)


class FieldRequest(Model):
    """A verifier's wish to see some fields of a licence, and what its holder said."""

    id = fields.UUIDField(primary_key=True, default=uuid7)
    licence_id = fields.UUIDField()
    holder_id = fields.UUIDField()
    asker = fields.CharField(max_length=60)
    asker_name = fields.CharField(max_length=160)
    fields_asked = fields.JSONField[list[str]]()
    purpose = fields.CharField(max_length=200)
    state = fields.CharField(max_length=12, default="asked")
    asked_at = fields.DatetimeField()
    expires_at = fields.DatetimeField()
    settled_at = fields.DatetimeField(null=True)
    read_at = fields.DatetimeField(null=True)

    class Meta:
        table = "licences_field_request"
        app = "licences"
        indexes = [Index(fields=["holder_id", "id"], name="licences_requests")]


class Mandate(Model):
    """A holder's word that somebody else may show licences of some types for a purpose."""

    id = fields.UUIDField(primary_key=True, default=uuid7)
    holder_id = fields.UUIDField()
    agent_id = fields.UUIDField()
    relation = fields.CharField(max_length=12)
    type_codes = fields.JSONField[list[str]]()
    purpose = fields.CharField(max_length=200)
    created_at = fields.DatetimeField()
    ends_on = fields.DateField()
    ended_at = fields.DatetimeField(null=True)

    class Meta:
        table = "licences_mandate"
        app = "licences"
        indexes = [
            Index(fields=["holder_id", "id"], name="licences_mandates_given"),
            Index(fields=["agent_id", "id"], name="licences_mandates_held"),
        ]


class Import(Model):
    """A licence that came from an office's own store: taken in, or waiting to be looked at."""

    id = fields.UUIDField(primary_key=True, default=uuid7)
    org = fields.CharField(max_length=18)
    by = fields.CharField(max_length=60)
    digest = fields.CharField(max_length=64)
    type_code = fields.CharField(max_length=21)
    data = Encrypted(sensitivity="identity")
    findings = fields.JSONField[list[dict[str, str]]](default=list)
    state = fields.CharField(max_length=12)
    licence_id = fields.UUIDField(null=True)
    note = fields.CharField(max_length=200, default="")
    received_at = fields.DatetimeField()
    compared_at = fields.DatetimeField()
    version = fields.IntField(default=1)

    class Meta:
        table = "licences_import"
        app = "licences"
        unique_together = (("org", "digest"),)
        indexes = [Index(fields=["org", "state", "id"], name="licences_import_queue")]

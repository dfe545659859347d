"""Tables of exchange."""

from typing import Any

from tortoise import fields
from tortoise.indexes import Index, PartialIndex
from tortoise.models import Model

from app_server.kernel.columns import Encrypted
from app_server.kernel.ids import uuid7


class System(Model):
    """A department's own system: which cases it is told of, where, and under which keys."""

    id = fields.UUIDField(primary_key=True, default=uuid7)
    code = fields.CharField(max_length=40, unique=True)
    name = fields.CharField(max_length=80)
    org = fields.CharField(max_length=18)
    region = fields.CharField(max_length=12)
    items = fields.JSONField[list[str]](default=list)
    url = fields.CharField(max_length=200)
    jwks = fields.JSONField[list[dict[str, str]]](default=list)
    push_on = fields.CharField(max_length=10, default="accepted")
    client_id = fields.CharField(max_length=60, unique=True)
    state = fields.CharField(max_length=10, default="active")
    version = fields.IntField(default=1)
    created_at = fields.DatetimeField(auto_now_add=True)

    class Meta:
        table = "exchange_system"
        app = "exchange"
        indexes = [Index(fields=["org"], name="exchange_system_org")]


class Inbound(Model):
    """One message of a system and what became of it; `seq` is its place within the case."""

    id = fields.UUIDField(primary_key=True, default=uuid7)
    system_id = fields.UUIDField()
    message_id = fields.CharField(max_length=64)
    digest = fields.CharField(max_length=64)
    case_no = fields.CharField(max_length=50)
    seq = fields.IntField(null=True)
    deed = fields.CharField(max_length=20)
    outcome = fields.CharField(max_length=10)
    state = fields.CharField(max_length=20, default="")
    errors = fields.JSONField[list[dict[str, Any]]](default=list)
    event_at = fields.DatetimeField()
    at = fields.DatetimeField()

    class Meta:
        table = "exchange_inbound"
        app = "exchange"
        # Exactly once by message, and one message per place in a case.
        unique_together = (("system_id", "message_id"), ("system_id", "case_no", "seq"))


class Batch(Model):
    """One batch of a client and its report."""

    id = fields.UUIDField(primary_key=True, default=uuid7)
    source = fields.CharField(max_length=60)
    number = fields.CharField(max_length=64)
    digest = fields.CharField(max_length=64)
    report = fields.JSONField[dict[str, Any]](default=dict)
    at = fields.DatetimeField()

    class Meta:
        table = "exchange_batch"
        app = "exchange"
        unique_together = (("source", "number"),)


class Record(Model):
    """The newest word of a source on one record; a deleted one stays as a tombstone.

    `rank` and `digest` settle two words of the same second, the same way for every order.
    """

    id = fields.UUIDField(primary_key=True, default=uuid7)
    source = fields.CharField(max_length=60)
    kind = fields.CharField(max_length=20)
    row_guid = fields.CharField(max_length=64)
    project_no = fields.CharField(max_length=50)
    content = Encrypted(sensitivity="identity")
    digest = fields.CharField(max_length=64)
    event_at = fields.DatetimeField()
    rank = fields.SmallIntField()
    batch = fields.CharField(max_length=64)
    at = fields.DatetimeField()

    class Meta:
        table = "exchange_record"
        app = "exchange"
        unique_together = (("source", "kind", "row_guid"),)
        indexes = [Index(fields=["source", "project_no"], name="exchange_record_project")]


class EntryLimit(Model):
    """Within how many working days a process line of an item must be entered by hand."""

    item_code = fields.CharField(primary_key=True, max_length=33)
    days = fields.SmallIntField()
    set_by = fields.CharField(max_length=60)
    at = fields.DatetimeField()

    class Meta:
        table = "exchange_entry_limit"
        app = "exchange"


class Entry(Model):
    """One 补录: when it happened, when it was entered, and whether that was too late."""

    id = fields.UUIDField(primary_key=True, default=uuid7)
    case_no = fields.CharField(max_length=50)
    item_code = fields.CharField(max_length=33)
    org = fields.CharField(max_length=18)
    region = fields.CharField(max_length=12)
    officer_id = fields.UUIDField()
    title = fields.CharField(max_length=60)
    event_at = fields.DatetimeField()
    entered_at = fields.DatetimeField()
    limit_days = fields.SmallIntField()
    late = fields.BooleanField()

    class Meta:
        table = "exchange_entry"
        app = "exchange"
        indexes = [Index(fields=["org", "id"], name="exchange_entry_org")]


class Line(Model):
    """On a city: a line of a case that the province is (to be) told of; `id` is the step's."""

    id = fields.UUIDField(primary_key=True)
    found_at = fields.DatetimeField()
    sent = fields.BooleanField(default=False)

    class Meta:
        table = "exchange_line"
        app = "exchange"
        indexes = [
            PartialIndex(fields=["id"], name="exchange_line_unsent", condition={"sent": False})
        ]


class CityLine(Model):
    """At the province: one thing that happened to a case in a city; `key` is city and step."""

    key = fields.CharField(primary_key=True, max_length=38)
    city = fields.CharField(max_length=6)
    day = fields.DateField()
    case_no = fields.CharField(max_length=50)
    move = fields.CharField(max_length=20)
    from_state = fields.CharField(max_length=20)
    to_state = fields.CharField(max_length=20)
    item_code = fields.CharField(max_length=33)
    item_name = fields.CharField(max_length=120)
    org = fields.CharField(max_length=18)
    region = fields.CharField(max_length=12)
    event_at = fields.CharField(max_length=40)
    received_at = fields.DatetimeField()
    late = fields.BooleanField(default=False)

    class Meta:
        table = "exchange_city_line"
        app = "exchange"
        indexes = [
            Index(fields=["city", "day", "key"], name="exchange_city_line_day"),
            Index(fields=["city", "case_no", "key"], name="exchange_city_line_case"),
        ]


class CityCase(Model):
    """At the province: how a city's case stands by the newest line."""

    id = fields.UUIDField(primary_key=True, default=uuid7)
    city = fields.CharField(max_length=6)
    case_no = fields.CharField(max_length=50)
    state = fields.CharField(max_length=20)
    item_code = fields.CharField(max_length=33)
    item_name = fields.CharField(max_length=120)
    org = fields.CharField(max_length=18)
    region = fields.CharField(max_length=12)
    last_key = fields.CharField(max_length=38)
    at = fields.DatetimeField()

    class Meta:
        table = "exchange_city_case"
        app = "exchange"
        unique_together = (("city", "case_no"),)


class CityDay(Model):
    """At the province: what a city's day came to when it was last compared."""

    id = fields.UUIDField(primary_key=True, default=uuid7)
    city = fields.CharField(max_length=6)
    day = fields.DateField()
    lines = fields.IntField()
    digest = fields.CharField(max_length=64)
    agrees = fields.BooleanField()
    missing = fields.IntField(default=0)
    altered = fields.IntField(default=0)
    extra = fields.IntField(default=0)
    checked_at = fields.DatetimeField()

    class Meta:
        table = "exchange_city_day"
        app = "exchange"
        unique_together = (("city", "day"),)

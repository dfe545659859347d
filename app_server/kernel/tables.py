"""The kernel's own tables (its `models` room; the name is taken by contexts)."""

from typing import Any

from tortoise import fields
from tortoise.indexes import Index, PartialIndex
from tortoise.models import Model

from app_server.kernel.ids import uuid7


class EventRow(Model):
    """What was announced, in order; the outbox relay turns rows into deliveries."""

    seq = fields.BigIntField(primary_key=True)
    id = fields.UUIDField(unique=True, default=uuid7)
    name = fields.CharField(max_length=80)
    aggregate = fields.CharField(max_length=120)
    payload = fields.JSONField[dict[str, Any]]()
    at = fields.DatetimeField(auto_now_add=True)
    relayed = fields.BooleanField(default=False)

    class Meta:
        table = "kernel_event"
        app = "kernel"
        indexes = [
            PartialIndex(fields=["seq"], name="kernel_event_new", condition={"relayed": False})
        ]


class DeliveryRow(Model):
    """One event (or timed job) on its way to one listener."""

    id = fields.UUIDField(primary_key=True, default=uuid7)
    event_seq = fields.BigIntField(null=True)
    handler = fields.CharField(max_length=120)
    aggregate = fields.CharField(max_length=160)
    payload = fields.JSONField[dict[str, Any]]()
    state = fields.CharField(max_length=12, default="ready")
    attempts = fields.IntField(default=0)
    run_at = fields.DatetimeField()
    lease_until = fields.DatetimeField(null=True)
    error = fields.TextField(null=True)
    done_at = fields.DatetimeField(null=True)

    class Meta:
        table = "kernel_delivery"
        app = "kernel"
        unique_together = (("handler", "event_seq"),)
        indexes = [
            PartialIndex(
                fields=["run_at"], name="kernel_delivery_due", condition={"state": "ready"}
            ),
            Index(fields=["handler", "aggregate", "event_seq"], name="kernel_delivery_order"),
            PartialIndex(
                fields=["handler", "id"],
                name="kernel_delivery_parked",
                condition={"state": "parked"},
            ),
        ]


class AttemptRow(Model):
    """One try at telling the outside world, written before the first byte leaves."""

    id = fields.BigIntField(primary_key=True)
    delivery_id = fields.UUIDField(db_index=True)
    number = fields.IntField()
    started_at = fields.DatetimeField(auto_now_add=True)
    ended_at = fields.DatetimeField(null=True)
    outcome = fields.CharField(max_length=12, null=True)
    detail = fields.TextField(null=True)

    class Meta:
        table = "kernel_attempt"
        app = "kernel"
        unique_together = (("delivery_id", "number"),)


class SlotRow(Model):
    """A run of a recurring job; the unique pair makes it run once whoever gets there first."""

    id = fields.BigIntField(primary_key=True)
    name = fields.CharField(max_length=120)
    slot = fields.DatetimeField()
    ran_at = fields.DatetimeField(auto_now_add=True)

    class Meta:
        table = "kernel_slot"
        app = "kernel"
        unique_together = (("name", "slot"),)


class AuditRow(Model):
    """Who did or saw what; append-only (a trigger refuses changes).

    The database adds `xid`, the transaction that wrote the row; see `audit_chain`.
    """

    id = fields.UUIDField(primary_key=True, default=uuid7)
    at = fields.DatetimeField(auto_now_add=True)
    actor = fields.CharField(max_length=60)
    actor_name = fields.CharField(max_length=60, default="")
    action = fields.CharField(max_length=80)
    object = fields.CharField(max_length=120)
    owner = fields.UUIDField(null=True)
    purpose = fields.CharField(max_length=200, default="")
    channel = fields.CharField(max_length=20, default="")
    trace = fields.CharField(max_length=32, default="")
    facts = fields.JSONField[dict[str, Any]](default=dict)

    class Meta:
        table = "kernel_audit"
        app = "kernel"
        indexes = [
            Index(fields=["owner", "id"], name="kernel_audit_owner"),
            Index(fields=["object", "id"], name="kernel_audit_object"),
        ]


class IdempotencyRow(Model):
    """A command that carried an Idempotency-Key, and the reply it was given."""

    id = fields.BigIntField(primary_key=True)
    scope = fields.CharField(max_length=120)
    key = fields.CharField(max_length=80)
    request = fields.CharField(max_length=64)
    status = fields.IntField(null=True)
    reply = fields.TextField(null=True)
    at = fields.DatetimeField(auto_now_add=True)

    class Meta:
        table = "kernel_idempotency"
        app = "kernel"
        unique_together = (("scope", "key"),)


class CalendarDay(Model):
    """A day whose being a working day was announced (holiday or make-up day)."""

    day = fields.DateField(primary_key=True)
    working = fields.BooleanField()
    name = fields.CharField(max_length=40, default="")

    class Meta:
        table = "kernel_calendar_day"
        app = "kernel"


class CalendarYear(Model):
    """A year with a calendar: announced by the State Council, or entered ahead and provisional."""

    year = fields.CharField(max_length=4, primary_key=True)
    announced = fields.BooleanField(default=True, db_default=True)

    class Meta:
        table = "kernel_calendar_year"
        app = "kernel"


class CalendarImport(Model):
    """What an operator imported, and what was there before; kept for good."""

    id = fields.UUIDField(primary_key=True, default=uuid7)
    year = fields.IntField()
    announced = fields.BooleanField()
    source = fields.CharField(max_length=200)
    days = fields.JSONField[list[dict[str, Any]]]()
    previous = fields.JSONField[list[dict[str, Any]]]()
    actor = fields.CharField(max_length=60)
    at = fields.DatetimeField()

    class Meta:
        table = "kernel_calendar_import"
        app = "kernel"
        indexes = [Index(fields=["year", "id"], name="kernel_calendar_import_year")]

"""Tables of organisations."""

from datetime import date

from tortoise import fields
from tortoise.indexes import Index
from tortoise.models import Model

from app_server.kernel.ids import uuid7
from auth.organisations.rules import Scope


class Organisation(Model):
    """One company, institution or social organisation; its credit code and name are public."""

    id = fields.UUIDField(primary_key=True, default=uuid7)
    credit_code = fields.CharField(max_length=18, unique=True)
    name = fields.CharField(max_length=120)
    kind = fields.CharField(max_length=30)
    registration_no = fields.CharField(max_length=30, default="")
    representative_id = fields.UUIDField()
    registered_by = fields.UUIDField()
    state = fields.CharField(max_length=24)
    checked_at = fields.DatetimeField()
    created_at = fields.DatetimeField()
    version = fields.IntField(default=1)

    class Meta:
        table = "organisations_organisation"
        app = "organisations"
        indexes = [
            Index(fields=["representative_id"], name="organisations_representative"),
            Index(fields=["checked_at"], name="organisations_checked"),
        ]


class Delegation(Model):
    """A representative lets a person act for the organisation, within a scope and dates."""

    id = fields.UUIDField(primary_key=True, default=uuid7)
    organisation_id = fields.UUIDField()
    delegate_id = fields.UUIDField()
    granted_by = fields.UUIDField()
    items = fields.JSONField[list[str]]()
    begins_on = fields.DateField()
    ends_on = fields.DateField()
    state = fields.CharField(max_length=12, default="active")
    granted_at = fields.DatetimeField()
    revoked_at = fields.DatetimeField(null=True)
    version = fields.IntField(default=1)

    class Meta:
        table = "organisations_delegation"
        app = "organisations"
        indexes = [
            Index(fields=["organisation_id", "state"], name="organisations_delegation_org"),
            Index(fields=["delegate_id", "state"], name="organisations_delegation_to"),
        ]

    def scope(self) -> Scope:
        """What it covers."""
        return Scope(tuple(self.items), self.begins_on, self.ends_on)

    def runs_on(self, day: date) -> bool:
        """Whether it is in force on a day."""
        return self.state == "active" and self.begins_on <= day <= self.ends_on


class Challenge(Model):
    """What an enterprise certificate's key must sign, once (R-ID-21)."""

    id = fields.UUIDField(primary_key=True, default=uuid7)
    organisation_id = fields.UUIDField()
    person_id = fields.UUIDField()
    nonce = fields.CharField(max_length=64)
    expires_at = fields.DatetimeField()
    used_at = fields.DatetimeField(null=True)

    class Meta:
        table = "organisations_challenge"
        app = "organisations"


class Refusal(Model):
    """A refused try to raise an organisation's level; what the six-hour limit counts."""

    id = fields.UUIDField(primary_key=True, default=uuid7)
    organisation_id = fields.UUIDField()
    means = fields.CharField(max_length=40)
    at = fields.DatetimeField()

    class Meta:
        table = "organisations_refusal"
        app = "organisations"
        indexes = [Index(fields=["organisation_id", "at"], name="organisations_refusal_at")]

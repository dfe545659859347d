"""Tables of items."""

from typing import Any

from tortoise import fields
from tortoise.indexes import Index
from tortoise.models import Model

from app_server.kernel.ids import uuid7


class Item(Model):
    """An item in force and which of its versions counts."""

    id = fields.UUIDField(primary_key=True, default=uuid7)
    code = fields.CharField(max_length=33, unique=True)
    region = fields.CharField(max_length=12)
    org = fields.CharField(max_length=18)
    current = fields.IntField()

    class Meta:
        table = "items_item"
        app = "items"
        indexes = [Index(fields=["region"], name="items_item_region")]


class ItemVersion(Model):
    """One published version; a trigger refuses every change."""

    id = fields.UUIDField(primary_key=True, default=uuid7)
    code = fields.CharField(max_length=33)
    version = fields.IntField()
    facts = fields.JSONField[dict[str, Any]]()
    published_at = fields.DatetimeField()
    published_by = fields.CharField(max_length=60)

    class Meta:
        table = "items_version"
        app = "items"
        unique_together = (("code", "version"),)

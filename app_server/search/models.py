"""Tables of search."""

from tortoise import fields
from tortoise.indexes import Index
from tortoise.models import Model

from app_server.kernel.ids import uuid7


class Document(Model):
    """One thing that can be found; `words` are aliases, separated by spaces."""

    id = fields.UUIDField(primary_key=True, default=uuid7)
    kind = fields.CharField(max_length=12)
    code = fields.CharField(max_length=80)
    region = fields.CharField(max_length=12)
    title = fields.CharField(max_length=200)
    subtitle = fields.CharField(max_length=200, default="")
    words = fields.TextField(default="")
    min_tier = fields.SmallIntField(default=0)
    uses = fields.BigIntField(default=0)

    class Meta:
        table = "search_document"
        app = "search"
        unique_together = (("kind", "code"),)
        indexes = [Index(fields=["region"], name="search_document_region")]


class Use(Model):
    """A submitted case that was counted once for its item's popularity."""

    case_id = fields.UUIDField(primary_key=True)
    code = fields.CharField(max_length=80)

    class Meta:
        table = "search_use"
        app = "search"

"""Tables of items."""

from typing import Any

from tortoise import fields
from tortoise.indexes import Index
from tortoise.models import Model

from app_server.kernel.ids import uuid7


class Item(Model):
    """An item and which of its versions counts today: 0 none yet; `cancelled` none any more.

    `owner` is the organisation that maintains it (谁编制谁维护), at first the implementing one.
    """

    id = fields.UUIDField(primary_key=True, default=uuid7)
    code = fields.CharField(max_length=33, unique=True)
    region = fields.CharField(max_length=12)
    org = fields.CharField(max_length=18)
    owner = fields.CharField(max_length=18, db_default="")
    catalogue_code = fields.CharField(max_length=12, db_default="")
    current = fields.IntField()
    cancelled = fields.BooleanField(db_default=False)

    class Meta:
        table = "items_item"
        app = "items"
        indexes = [
            Index(fields=["region"], name="items_item_region"),
            Index(fields=["catalogue_code"], name="items_item_catalogue"),
        ]


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


class ItemChange(Model):
    """What changed in the catalogue, in order, and from which day: append-only (R-ITM-10, 12).

    `kind`: published, cancelled, transferred. The list of any day is rebuilt from these rows.
    """

    seq = fields.BigIntField(primary_key=True, generated=True)
    code = fields.CharField(max_length=33)
    kind = fields.CharField(max_length=12)
    version = fields.IntField()
    effective_on = fields.DateField()
    at = fields.DatetimeField()
    note = fields.CharField(max_length=200, db_default="")

    class Meta:
        table = "items_change"
        app = "items"
        indexes = [Index(fields=["code", "effective_on", "seq"], name="items_change_item")]


class ItemBase(Model):
    """What an item asked before the reform, to measure reductions by (R-ITM-35)."""

    code = fields.CharField(max_length=33, primary_key=True)
    facts = fields.JSONField[dict[str, Any]]()
    source = fields.CharField(max_length=300)

    class Meta:
        table = "items_base"
        app = "items"


class CatalogueItem(Model):
    """A catalogue item (目录清单); `facts` is its present version's."""

    code = fields.CharField(max_length=12, primary_key=True)
    state = fields.CharField(max_length=10)
    version = fields.IntField()
    facts = fields.JSONField[dict[str, Any]]()
    org = fields.CharField(max_length=18)
    region = fields.CharField(max_length=12)
    reason = fields.CharField(max_length=300, db_default="")
    changed_at = fields.DatetimeField()
    changed_by = fields.CharField(max_length=60)

    class Meta:
        table = "items_catalogue"
        app = "items"


class CatalogueVersion(Model):
    """One version of a catalogue item; a trigger refuses every change."""

    id = fields.UUIDField(primary_key=True, default=uuid7)
    code = fields.CharField(max_length=12)
    version = fields.IntField()
    facts = fields.JSONField[dict[str, Any]]()
    at = fields.DatetimeField()
    by = fields.CharField(max_length=60)

    class Meta:
        table = "items_catalogue_version"
        app = "items"
        unique_together = (("code", "version"),)


class Draft(Model):
    """A version under way; one open draft an item."""

    id = fields.UUIDField(primary_key=True, default=uuid7)
    code = fields.CharField(max_length=33)
    catalogue_code = fields.CharField(max_length=12)
    region = fields.CharField(max_length=12)
    org = fields.CharField(max_length=18)
    owner = fields.CharField(max_length=18)
    name = fields.CharField(max_length=120)
    state = fields.CharField(max_length=20)
    version = fields.IntField()
    base_version = fields.IntField()
    facts = fields.JSONField[dict[str, Any]]()
    effective_on = fields.DateField(null=True)
    origin = fields.CharField(max_length=12)
    editor = fields.UUIDField(null=True)
    checker = fields.UUIDField(null=True)
    establishment = fields.UUIDField(null=True)
    legal = fields.UUIDField(null=True)
    opened_at = fields.DatetimeField()
    changed_at = fields.DatetimeField()

    class Meta:
        table = "items_draft"
        app = "items"
        indexes = [Index(fields=["owner", "state"], name="items_draft_owner")]


class DraftStep(Model):
    """What was done with a draft; append-only."""

    id = fields.UUIDField(primary_key=True, default=uuid7)
    draft_id = fields.UUIDField()
    at = fields.DatetimeField()
    actor = fields.UUIDField(null=True)
    actor_name = fields.CharField(max_length=60)
    org = fields.CharField(max_length=18)
    action = fields.CharField(max_length=20)
    from_state = fields.CharField(max_length=20)
    to_state = fields.CharField(max_length=20)
    note = fields.CharField(max_length=500)

    class Meta:
        table = "items_draft_step"
        app = "items"
        indexes = [Index(fields=["draft_id", "id"], name="items_draft_step_draft")]


class ReviewOffice(Model):
    """Which organisation reviews a region's items: 编制 (establishment) or 法制 (legal)."""

    id = fields.UUIDField(primary_key=True, default=uuid7)
    region = fields.CharField(max_length=12)
    kind = fields.CharField(max_length=14)
    org = fields.CharField(max_length=18)
    name = fields.CharField(max_length=80)

    class Meta:
        table = "items_review_office"
        app = "items"
        unique_together = (("region", "kind"),)


class LibraryMaterial(Model):
    """A material of the library (R-ITM-22); items refer to it by code."""

    code = fields.CharField(max_length=40, primary_key=True)
    name = fields.CharField(max_length=120)
    kind = fields.CharField(max_length=20)
    issuer = fields.CharField(max_length=80)
    source_class = fields.CharField(max_length=1)
    kinds = fields.JSONField[list[str]]()
    valid_days = fields.IntField(null=True)
    licence_type = fields.CharField(max_length=40)
    data_service = fields.CharField(max_length=60)
    commitment = fields.CharField(max_length=60)
    template_url = fields.CharField(max_length=300)
    note = fields.CharField(max_length=300)
    active = fields.BooleanField()
    version = fields.IntField()

    class Meta:
        table = "items_material"
        app = "items"


class Intermediary(Model):
    """An intermediary service (中介服务) that items may require (R-ITM-15)."""

    code = fields.CharField(max_length=40, primary_key=True)
    name = fields.CharField(max_length=120)
    basis = fields.CharField(max_length=300)
    note = fields.CharField(max_length=300)

    class Meta:
        table = "items_intermediary"
        app = "items"


class Agency(Model):
    """An agency that offers intermediary services; `state`: valid or suspended."""

    uscc = fields.CharField(max_length=18, primary_key=True)
    name = fields.CharField(max_length=120)
    region = fields.CharField(max_length=12)
    services = fields.JSONField[list[str]]()
    phone = fields.CharField(max_length=20)
    state = fields.CharField(max_length=10)
    reason = fields.CharField(max_length=300)
    version = fields.IntField()

    class Meta:
        table = "items_agency"
        app = "items"


class NegativeEntry(Model):
    """A catalogue item that may not be handled online, and why (负面清单, R-ITM-31)."""

    catalogue_code = fields.CharField(max_length=12, primary_key=True)
    reason = fields.CharField(max_length=300)
    basis = fields.CharField(max_length=300)
    since = fields.DateField()

    class Meta:
        table = "items_negative"
        app = "items"


class OldEntry(Model):
    """Where an old address of a service leads now (R-ITM-39)."""

    url = fields.CharField(max_length=500, primary_key=True)
    code = fields.CharField(max_length=33)
    department = fields.CharField(max_length=80)

    class Meta:
        table = "items_old_entry"
        app = "items"


class Experience(Model):
    """How somebody got through an item, told to others once a moderator agreed (R-ITM-40)."""

    id = fields.UUIDField(primary_key=True, default=uuid7)
    code = fields.CharField(max_length=33)
    person_id = fields.UUIDField()
    text = fields.TextField()
    state = fields.CharField(max_length=10)
    reason = fields.CharField(max_length=200)
    helpful = fields.IntField()
    at = fields.DatetimeField()
    moderated_by = fields.CharField(max_length=60)

    class Meta:
        table = "items_experience"
        app = "items"
        indexes = [Index(fields=["code", "state", "id"], name="items_experience_item")]


class HelpfulVote(Model):
    """One person found one post helpful."""

    id = fields.UUIDField(primary_key=True, default=uuid7)
    experience_id = fields.UUIDField()
    person_id = fields.UUIDField()

    class Meta:
        table = "items_helpful_vote"
        app = "items"
        unique_together = (("experience_id", "person_id"),)


class UseCount(Model):
    """How often a version was viewed, filed and finished on a day (R-ITM-01)."""

    id = fields.UUIDField(primary_key=True, default=uuid7)
    code = fields.CharField(max_length=33)
    version = fields.IntField()
    day = fields.DateField()
    what = fields.CharField(max_length=10)
    times = fields.BigIntField()

    class Meta:
        table = "items_use"
        app = "items"
        unique_together = (("code", "version", "day", "what"),)


class Report(Model):
    """What a nightly check found, by day (R-ITM-05)."""

    id = fields.UUIDField(primary_key=True, default=uuid7)
    name = fields.CharField(max_length=20)
    day = fields.DateField()
    found = fields.JSONField[list[dict[str, Any]]]()
    at = fields.DatetimeField()

    class Meta:
        table = "items_report"
        app = "items"
        unique_together = (("name", "day"),)


class Import(Model):
    """One file of items taken in; `state`: waiting, running, done."""

    id = fields.UUIDField(primary_key=True, default=uuid7)
    source = fields.CharField(max_length=20)
    file_name = fields.CharField(max_length=120)
    digest = fields.CharField(max_length=64)
    object_key = fields.CharField(max_length=120)
    state = fields.CharField(max_length=10)
    rows = fields.IntField()
    taken = fields.IntField()
    bad = fields.IntField()
    unchanged = fields.IntField()
    org = fields.CharField(max_length=18)
    by = fields.CharField(max_length=60)
    at = fields.DatetimeField()

    class Meta:
        table = "items_import"
        app = "items"


class ImportedRow(Model):
    """One row as it came, what was read from it and what is wrong with it; nothing is lost."""

    id = fields.UUIDField(primary_key=True, default=uuid7)
    source = fields.CharField(max_length=20)
    key = fields.CharField(max_length=120)
    import_id = fields.UUIDField()
    number = fields.IntField()
    given = fields.JSONField[dict[str, Any]]()
    read = fields.JSONField[dict[str, Any]]()
    errors = fields.JSONField[list[dict[str, Any]]]()
    state = fields.CharField(max_length=10)
    digest = fields.CharField(max_length=64)

    class Meta:
        table = "items_imported"
        app = "items"
        unique_together = (("source", "key"),)
        indexes = [Index(fields=["import_id", "number"], name="items_imported_import")]

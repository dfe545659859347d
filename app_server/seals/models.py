"""Tables of seals."""

from tortoise import fields
from tortoise.indexes import Index
from tortoise.models import Model

from app_server.kernel.ids import uuid7


class Authority(Model):
    """An authority that is trusted, ours or another's: the trust list (R-SEA-02, R-SEA-06).

    Only our own have key handles. `maker_*` is the key that makes seals and the certificate that
    says it may. `standing` is `requested` (a city's, waiting for the province), `trusted` or
    `suspended`.
    """

    id = fields.UUIDField(primary_key=True, default=uuid7)
    name = fields.CharField(max_length=80)
    region = fields.CharField(max_length=12)
    algorithm = fields.CharField(max_length=8)
    own = fields.BooleanField(default=False)
    standing = fields.CharField(max_length=12)
    key = fields.TextField(default="")
    certificate = fields.BinaryField(null=True)
    maker_key = fields.TextField(default="")
    maker_certificate = fields.BinaryField(null=True)
    list = fields.BinaryField(null=True)
    list_number = fields.IntField(default=0)
    list_url = fields.CharField(max_length=200, default="")
    list_until = fields.DatetimeField(null=True)
    added_by = fields.CharField(max_length=60)
    added_at = fields.DatetimeField()

    class Meta:
        table = "seals_authority"
        app = "seals"
        indexes = [Index(fields=["algorithm", "standing"], name="seals_authority_use")]


class Certificate(Model):
    """A certificate that one of our authorities issued; `holder` is `seal:…` or `person:…`."""

    id = fields.UUIDField(primary_key=True, default=uuid7)
    authority_id = fields.UUIDField()
    serial = fields.CharField(max_length=40, unique=True)
    subject = fields.CharField(max_length=160)
    use = fields.CharField(max_length=16)
    holder = fields.CharField(max_length=60)
    der = fields.BinaryField()
    not_after = fields.DatetimeField()
    revoked_at = fields.DatetimeField(null=True)
    reason = fields.CharField(max_length=30, default="")
    issued_at = fields.DatetimeField()

    class Meta:
        table = "seals_certificate"
        app = "seals"
        indexes = [
            Index(fields=["holder"], name="seals_certificate_holder"),
            Index(fields=["authority_id", "revoked_at"], name="seals_certificate_list"),
        ]


class Seal(Model):
    """One seal of one organisation with two keys: SM2 for OFD, P-256 for PDF."""

    id = fields.UUIDField(primary_key=True, default=uuid7)
    org = fields.CharField(max_length=18)
    org_name = fields.CharField(max_length=80)
    region = fields.CharField(max_length=12)
    name = fields.CharField(max_length=80)
    code = fields.CharField(max_length=32, unique=True)
    state = fields.CharField(max_length=12)
    picture = fields.BinaryField()
    record_no = fields.CharField(max_length=40, default="")
    sm2_key = fields.TextField(default="")
    sm2_certificate = fields.BinaryField(null=True)
    p256_key = fields.TextField(default="")
    p256_certificate = fields.BinaryField(null=True)
    esl = fields.BinaryField(null=True)
    valid_until = fields.DatetimeField(null=True)
    lost_at = fields.DatetimeField(null=True)
    created_at = fields.DatetimeField()
    version = fields.IntField(default=1)

    class Meta:
        table = "seals_seal"
        app = "seals"
        indexes = [Index(fields=["org", "state"], name="seals_seal_org")]


class Step(Model):
    """One step of a seal's life: which, by whom, on the ground of which document (R-SEA-01)."""

    id = fields.UUIDField(primary_key=True, default=uuid7)
    seal_id = fields.UUIDField()
    deed = fields.CharField(max_length=16)
    officer = fields.CharField(max_length=60)
    officer_name = fields.CharField(max_length=40)
    document = fields.CharField(max_length=120)
    note = fields.CharField(max_length=200, default="")
    at = fields.DatetimeField()

    class Meta:
        table = "seals_step"
        app = "seals"
        indexes = [Index(fields=["seal_id", "id"], name="seals_step_seal")]


class Leave(Model):
    """Standing leave to use a seal (R-SEA-05): who, on which documents, for which item, how often.

    `holder` is `staff:<id>` or `post:<role>`; an empty `item` is any; `allowed` 0 is no limit.
    """

    id = fields.UUIDField(primary_key=True, default=uuid7)
    seal_id = fields.UUIDField()
    holder = fields.CharField(max_length=60)
    document_type = fields.CharField(max_length=40)
    item = fields.CharField(max_length=40, default="")
    allowed = fields.IntField(default=0)
    used = fields.IntField(default=0)
    valid_from = fields.DateField()
    valid_to = fields.DateField()
    granted_by = fields.CharField(max_length=60)
    granted_at = fields.DatetimeField()
    withdrawn_at = fields.DatetimeField(null=True)

    class Meta:
        table = "seals_leave"
        app = "seals"
        indexes = [Index(fields=["seal_id", "document_type"], name="seals_leave_seal")]


class Use(Model):
    """One use of a seal, allowed in the transaction of the decision, for one digest."""

    id = fields.UUIDField(primary_key=True, default=uuid7)
    seal_id = fields.UUIDField()
    leave_id = fields.UUIDField()
    digest = fields.CharField(max_length=64)
    document_type = fields.CharField(max_length=40)
    item = fields.CharField(max_length=40, default="")
    purpose = fields.CharField(max_length=200)
    by = fields.CharField(max_length=60)
    granted_at = fields.DatetimeField()

    class Meta:
        table = "seals_use"
        app = "seals"
        indexes = [
            Index(fields=["seal_id", "granted_at"], name="seals_use_seal"),
            Index(fields=["digest"], name="seals_use_digest"),
        ]


class Signature(Model):
    """What a use made: one signature of a kind, for one digest.

    Of `content` the value is the signature; of a file (`ofd`, `pdf`) its digest, since the file
    carries it.
    """

    id = fields.UUIDField(primary_key=True, default=uuid7)
    use_id = fields.UUIDField()
    kind = fields.CharField(max_length=8)
    digest = fields.CharField(max_length=64)
    value = fields.BinaryField()
    certificate = fields.BinaryField()
    made_at = fields.DatetimeField()

    class Meta:
        table = "seals_signature"
        app = "seals"
        unique_together = (("use_id", "kind"),)


class PersonalSignature(Model):
    """A person signed a document (电子云签): for which item, what, when; no content."""

    id = fields.UUIDField(primary_key=True, default=uuid7)
    person_id = fields.UUIDField()
    item = fields.CharField(max_length=40)
    about = fields.CharField(max_length=120)
    content_digest = fields.CharField(max_length=64)
    digest = fields.CharField(max_length=64)
    signed_at = fields.DatetimeField()

    class Meta:
        table = "seals_personal_signature"
        app = "seals"
        indexes = [
            Index(fields=["person_id", "id"], name="seals_personal_person"),
            Index(fields=["signed_at"], name="seals_personal_at"),
        ]

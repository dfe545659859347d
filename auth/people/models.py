"""Tables of people."""

from tortoise import fields
from tortoise.indexes import Index
from tortoise.models import Model

from app_server.kernel.columns import Encrypted
from app_server.kernel.ids import uuid7


class Person(Model):
    """One human being; unique by the keyed index of the ID number."""

    id = fields.UUIDField(primary_key=True, default=uuid7)
    name = Encrypted(sensitivity="identity")
    id_number = Encrypted(sensitivity="identity")
    id_index = fields.CharField(max_length=64, unique=True)
    sex = fields.CharField(max_length=6)
    ethnic_group = fields.CharField(max_length=20)
    phone = Encrypted(sensitivity="contact")
    phone_index = fields.CharField(max_length=64, unique=True)
    username = fields.CharField(max_length=30, unique=True, null=True)
    state = fields.CharField(max_length=12, default="active")
    created_at = fields.DatetimeField(auto_now_add=True)
    version = fields.IntField(default=1)

    class Meta:
        table = "people_person"
        app = "people"


class OneTimeCode(Model):
    """A code sent to a phone: hashed, five minutes, five tries, one use."""

    id = fields.UUIDField(primary_key=True, default=uuid7)
    purpose = fields.CharField(max_length=40)
    phone_index = fields.CharField(max_length=64)
    digest = fields.CharField(max_length=64)
    created_at = fields.DatetimeField()
    expires_at = fields.DatetimeField()
    tries = fields.IntField(default=0)
    used_at = fields.DatetimeField(null=True)

    class Meta:
        table = "people_one_time_code"
        app = "people"
        indexes = [Index(fields=["phone_index", "created_at"], name="people_code_phone")]


class Consent(Model):
    """A separate, withdrawable agreement to one purpose, with the text's version."""

    id = fields.UUIDField(primary_key=True, default=uuid7)
    person_id = fields.UUIDField()
    purpose = fields.CharField(max_length=40)
    text_version = fields.CharField(max_length=20)
    granted_at = fields.DatetimeField()
    withdrawn_at = fields.DatetimeField(null=True)

    class Meta:
        table = "people_consent"
        app = "people"
        indexes = [Index(fields=["person_id", "purpose"], name="people_consent_person")]


class Registration(Model):
    """A wish to be registered that is not an account yet (R-ID-01, R-ID-39).

    Either it waits for a registry that is away (`waiting`), or an officer began it in a hall and
    the resident still has to set a password (`awaiting_password`). When it ends, name, number and
    password digest are wiped; the phone stays sealed for the last message.
    """

    id = fields.UUIDField(primary_key=True, default=uuid7)
    state = fields.CharField(max_length=20)
    name = Encrypted(sensitivity="identity")
    id_number = Encrypted(sensitivity="identity")
    id_index = fields.CharField(max_length=64)
    sex = fields.CharField(max_length=6)
    ethnic_group = fields.CharField(max_length=20)
    phone = Encrypted(sensitivity="contact")
    phone_index = fields.CharField(max_length=64)
    username = fields.CharField(max_length=30, null=True)
    password_digest = fields.CharField(max_length=200, default="")
    terms_version = fields.CharField(max_length=20, default="")
    channel = fields.CharField(max_length=20, default="web")
    officer = fields.CharField(max_length=60, default="")
    window = fields.CharField(max_length=60, default="")
    region = fields.CharField(max_length=12, default="")
    valid_from = fields.DateField(null=True)
    valid_until = fields.DateField(null=True)
    facts = fields.JSONField[dict[str, object]](default=dict)
    reason = fields.CharField(max_length=60, default="")
    person_id = fields.UUIDField(null=True)
    tries = fields.IntField(default=0)
    next_try_at = fields.DatetimeField(null=True)
    created_at = fields.DatetimeField()
    expires_at = fields.DatetimeField()
    ended_at = fields.DatetimeField(null=True)

    class Meta:
        table = "people_registration"
        app = "people"
        indexes = [
            Index(fields=["state", "next_try_at"], name="people_registration_due"),
            Index(fields=["phone_index"], name="people_registration_phone"),
        ]

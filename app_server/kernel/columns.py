"""Column types that know what they hold: encrypted text with a sensitivity tag.

The tag is what exports, erasure and log scans go by (GB/T 35273 classes; R-SEC-03).
"""

from typing import Any, Literal

from tortoise import fields
from tortoise.models import Model

from app_server.kernel.crypto import seal, unseal

Sensitivity = Literal["identity", "contact", "biometric", "ordinary"]


class Encrypted(fields.TextField):
    """Text that is stored sealed with SM4-GCM and bound to its table and column."""

    def __init__(self, *, sensitivity: Sensitivity = "identity", **options: Any) -> None:
        super().__init__(**options)
        self.sensitivity = sensitivity

    @property
    def place(self) -> str:
        """Where a value may be opened again: `table.column`."""
        return f"{self.model._meta.db_table}.{self.model_field_name}"  # noqa: SLF001

    def to_db_value(self, value: str | None, instance: type[Model] | Model) -> str | None:
        """Seal on the way in."""
        del instance  # the place is bound, not the row
        return None if value is None else seal(value, self.place)

    def to_python_value(self, value: str | None) -> str | None:
        """Open on the way out; a value not yet stored passes as it is."""
        if value is None or not _looks_sealed(value):
            return value
        return unseal(value, self.place)


def _looks_sealed(value: str) -> bool:
    kid, dot, body = value.partition(".")
    return bool(dot) and len(kid) <= 8 and kid[:1] == "f" and len(body) >= 38

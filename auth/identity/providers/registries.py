"""The registries that know people, reached through a port (← sharing)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Document:
    """What the population registry knows about a person's card and life."""

    life: str
    valid_from: date | None
    valid_until: date | None


@dataclass(frozen=True, slots=True)
class PopulationChange:
    """One entry of the population registry's change feed."""

    position: int
    id_number: str
    document: Document


@dataclass(frozen=True, slots=True)
class AccountAnswer:
    """Whether an account or card is the person's, and the name its keeper has for that number."""

    matched: bool
    holder_name: str


class RegistryChecks(Protocol):
    """Port: questions to the registries. All raise `OSError` when the registry is away."""

    async def four_fields_match(
        self, *, id_number: str, name: str, ethnic_group: str, sex: str
    ) -> bool:
        """Whether all four fields stand together in the population registry (R-ID-05)."""

    async def portrait(self, *, id_number: str, name: str) -> bytes | None:
        """The photo of the ID card (JPEG), or None when there is none (R-ID-09)."""

    async def document(self, *, id_number: str, name: str) -> Document | None:
        """The card's validity and the holder's life; None for an unknown person (R-ID-43)."""

    async def changes(self, *, after: int) -> Sequence[PopulationChange]:
        """What changed in the population registry after a position, oldest first."""

    async def housing_fund_account(
        self, *, id_number: str, name: str, account: str
    ) -> AccountAnswer:
        """Whether a housing-fund account is this person's (R-ID-08)."""

    async def social_security_card(
        self, *, id_number: str, name: str, card_number: str
    ) -> AccountAnswer:
        """Whether a social-security card is this person's (R-ID-34)."""


_checks: RegistryChecks | None = None


def check_registries_by(checks: RegistryChecks) -> None:
    """Bind the registry checks (the registry does, once)."""
    global _checks  # noqa: PLW0603 - a port is bound once at start
    _checks = checks


def registries() -> RegistryChecks:
    """The bound port."""
    if _checks is None:
        raise RuntimeError("no registry checks are bound")
    return _checks

"""The libraries that know organisations (← sharing)."""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Asked:
    """What the applicant says about an organisation and its representative."""

    credit_code: str
    name: str
    registration_no: str
    representative_name: str
    representative_id_number: str


class OrganisationChecks(Protocol):
    """Port: questions to the libraries of organisations. All raise `OSError` when away."""

    async def registered(self, library: str, asked: Asked) -> bool:
        """Whether the registering authority knows it so (market, establishment, civil affairs)."""

    async def organisation_code(self, *, code: str, name: str) -> bool:
        """Whether the organisation-code library knows this code under this name."""

    async def in_being(self, library: str, *, credit_code: str) -> bool:
        """Whether it still stands: not cancelled, not revoked (R-ID-43)."""

    async def tax_account(self, *, credit_code: str, account: str, password_digest: str) -> bool:
        """Whether this is a declaring account of the taxpayer at the local tax office (R-ID-21)."""


_checks: OrganisationChecks | None = None


def check_organisations_by(checks: OrganisationChecks) -> None:
    """Bind the checks (the registry does, once)."""
    global _checks  # noqa: PLW0603 - a port is bound once at start
    _checks = checks


def registries() -> OrganisationChecks:
    """The bound port."""
    if _checks is None:
        raise RuntimeError("no organisation checks are bound")
    return _checks

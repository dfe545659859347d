"""The registries that know people, reached through a port (← sharing)."""

from typing import Protocol

from auth.identity.errors import IdentityMismatch, RegistryUnreachable


class RegistryChecks(Protocol):
    """Port: questions to the population registry. Both raise `OSError` when it is away."""

    async def four_fields_match(
        self, *, id_number: str, name: str, ethnic_group: str, sex: str
    ) -> bool:
        """Whether all four fields stand together in the population registry (R-ID-05)."""

    async def portrait(self, *, id_number: str, name: str) -> bytes | None:
        """The photo of the ID card (JPEG), or None when there is none (R-ID-09)."""


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


async def match_four_fields(*, id_number: str, name: str, ethnic_group: str, sex: str) -> None:
    """Ask the population registry; raises `IdentityMismatch` or `RegistryUnreachable`."""
    try:
        matched = await registries().four_fields_match(
            id_number=id_number, name=name, ethnic_group=ethnic_group, sex=sex
        )
    except OSError as error:
        raise RegistryUnreachable from error
    if not matched:
        raise IdentityMismatch

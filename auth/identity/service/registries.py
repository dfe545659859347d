"""Asking the registries about people: matched, not matched, or pending a check by hand."""

from datetime import date
from typing import Literal

from app_server.kernel import clock
from auth.identity.errors import DocumentExpired, IdentityMismatch, RegistryUnreachable
from auth.identity.providers.registries import (
    Document,
    RegistryChecks,
    check_registries_by,
    registries,
)

__all__ = [
    "Document",
    "RegistryAnswer",
    "RegistryChecks",
    "ask_four_fields",
    "check_person",
    "check_registries_by",
    "match_four_fields",
    "portrait_of",
    "registries",
    "valid_document",
]

RegistryAnswer = Literal["matched", "mismatched", "pending_manual_check"]


async def ask_four_fields(
    *, id_number: str, name: str, ethnic_group: str, sex: str
) -> RegistryAnswer:
    """The population registry's word; `pending_manual_check` when it is away (R-ID-36).

    For those who have another way: a window officer with the card in their hand, a request that
    can wait. Nobody is admitted by it alone.
    """
    try:
        matched = await registries().four_fields_match(
            id_number=id_number, name=name, ethnic_group=ethnic_group, sex=sex
        )
    except OSError:
        return "pending_manual_check"
    return "matched" if matched else "mismatched"


async def match_four_fields(*, id_number: str, name: str, ethnic_group: str, sex: str) -> None:
    """Ask the population registry; raises `IdentityMismatch` or `RegistryUnreachable`."""
    answer = await ask_four_fields(
        id_number=id_number, name=name, ethnic_group=ethnic_group, sex=sex
    )
    if answer == "pending_manual_check":
        raise RegistryUnreachable
    if answer == "mismatched":
        raise IdentityMismatch


async def portrait_of(*, id_number: str, name: str) -> bytes | None:
    """The registry's photo of a person, never one of their own (R-ID-09).

    Raises `RegistryUnreachable`.
    """
    try:
        return await registries().portrait(id_number=id_number, name=name)
    except OSError as error:
        raise RegistryUnreachable from error


async def check_person(*, id_number: str, name: str, ethnic_group: str, sex: str) -> Document:
    """The four fields, a card in force and a living holder (R-ID-05, R-ID-43).

    Raises `IdentityMismatch` (also for the dead, in the same words), `DocumentExpired`,
    `RegistryUnreachable`.
    """
    await match_four_fields(id_number=id_number, name=name, ethnic_group=ethnic_group, sex=sex)
    try:
        document = await registries().document(id_number=id_number, name=name)
    except OSError as error:
        raise RegistryUnreachable from error
    return valid_document(document, clock.today())


def valid_document(document: Document | None, today: date) -> Document:
    """The document itself; raises `IdentityMismatch`, `DocumentExpired` (R-ID-43)."""
    if document is None or document.life != "alive":
        raise IdentityMismatch
    if document.valid_until is not None and document.valid_until < today:
        raise DocumentExpired
    return document

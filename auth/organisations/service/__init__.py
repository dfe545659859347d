"""Commands and queries of organisations."""

from auth.organisations.providers.registries import (
    Asked,
    OrganisationChecks,
    check_organisations_by,
)
from auth.organisations.rules import (
    CREDIT_CODE,
    EVERY_ITEM,
    KIND_NAMES,
    LEVEL_NAMES,
    checked_credit_code,
    kind_of,
    organisation_code,
)
from auth.organisations.service.acting import Acting, acting, level_of, may_file, organisations_of
from auth.organisations.service.delegations import (
    DelegationFacts,
    Grant,
    delegations_of,
    grant,
    revoke,
)
from auth.organisations.service.elevation import (
    open_challenge,
    raise_at_window,
    raise_by_certificate,
    raise_by_tax_account,
    to_sign,
)
from auth.organisations.service.organisations import (
    Application,
    OrganisationFacts,
    check_again,
    confirm,
    due_for_check,
    organisation,
    register,
)

__all__ = [
    "CREDIT_CODE",
    "EVERY_ITEM",
    "KIND_NAMES",
    "LEVEL_NAMES",
    "Acting",
    "Application",
    "Asked",
    "DelegationFacts",
    "Grant",
    "OrganisationChecks",
    "OrganisationFacts",
    "acting",
    "check_again",
    "check_organisations_by",
    "checked_credit_code",
    "confirm",
    "delegations_of",
    "due_for_check",
    "grant",
    "kind_of",
    "level_of",
    "may_file",
    "open_challenge",
    "organisation",
    "organisation_code",
    "organisations_of",
    "raise_at_window",
    "raise_by_certificate",
    "raise_by_tax_account",
    "register",
    "revoke",
    "to_sign",
]

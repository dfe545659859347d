"""The routes of grants: accounts and sessions, and the provider's protocol with its pages' API."""

from auth.grants.api import (
    accounts,
    channels,
    devices,
    interactions,
    passkeys,
    passwords,
    protocol,
    second_factors,
    sign_up,
    staff_activation,
)

__all__ = [
    "accounts",
    "channels",
    "devices",
    "interactions",
    "passkeys",
    "passwords",
    "protocol",
    "second_factors",
    "sign_up",
    "staff_activation",
]

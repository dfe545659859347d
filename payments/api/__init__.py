"""Routes of payments: the payer's, the gateways', and the finance people's."""

from payments.api import books, callbacks, counter, mine, reconciling, staff, systems

__all__ = ["books", "callbacks", "counter", "mine", "reconciling", "staff", "systems"]

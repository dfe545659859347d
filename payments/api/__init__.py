"""Routes of payments: the payer's, the gateways', and the finance people's."""

from payments.api import callbacks, counter, mine, reconciling, staff

__all__ = ["callbacks", "counter", "mine", "reconciling", "staff"]

"""Routes of payments: the payer's, the gateways', and the finance people's."""

from payments.api import callbacks, mine, staff

__all__ = ["callbacks", "mine", "staff"]

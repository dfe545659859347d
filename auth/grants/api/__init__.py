"""The routes of grants: accounts and sessions, and the provider's protocol with its pages' API."""

from auth.grants.api import accounts, interactions, protocol, sign_up, staff_activation

__all__ = ["accounts", "interactions", "protocol", "sign_up", "staff_activation"]

"""The judges meet the same provider on the same listeners as the tests of grants."""

from tests.grants.conftest import issuer, register, web

__all__ = ["issuer", "register", "web"]

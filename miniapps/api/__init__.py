"""Routes of mini-apps: for residents and back ends, and for teams and reviewers."""

from miniapps.api import (
    back_ends,
    facades,
    gateway,
    mine,
    overseeing,
    publishing,
    residents,
    services,
    signing,
    traces,
)

__all__ = [
    "back_ends",
    "facades",
    "gateway",
    "mine",
    "overseeing",
    "publishing",
    "residents",
    "services",
    "signing",
    "traces",
]

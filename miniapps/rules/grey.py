"""Who gets a version that is tried on some: sticky, by rule, and stopped by its own errors."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from app_server.kernel import regions

EVERYBODY = 1000  # permille
SAMPLE = 20
WINDOW = timedelta(minutes=15)
READY_WITHIN_MS = 10_000
SYSTEMS = ("android", "ios", "harmony", "desktop", "other")


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who opens an app: `key` is the person's or the device's own number, empty for nobody's."""

    key: str = ""
    openid: str = ""
    region: str = ""
    system: str = ""


@dataclass(frozen=True, slots=True)
class Grey:
    """For whom: `permille` of those whom regions and systems name, and everybody by name.

    An empty list names everybody; times bound it on both sides.
    """

    permille: int
    salt: str
    openids: Sequence[str] = ()
    regions: Sequence[str] = ()
    systems: Sequence[str] = ()
    starts_at: datetime | None = None
    ends_at: datetime | None = None


def bucket(salt: str, key: str) -> int:
    """A number below 1000 that is always the same for somebody in one rollout."""
    digest = hashlib.sha256(f"{salt}\0{key}".encode()).digest()
    return int.from_bytes(digest[:8]) % EVERYBODY


def gets(grey: Grey, visitor: Visitor, now: datetime) -> bool:
    """Whether a visitor gets the version; whoever got it at a smaller share keeps it."""
    if (grey.starts_at and now < grey.starts_at) or (grey.ends_at and now >= grey.ends_at):
        return False
    if visitor.openid and visitor.openid in grey.openids:
        return True
    if grey.regions and not any(
        visitor.region and regions.covers(code, visitor.region) for code in grey.regions
    ):
        return False
    if grey.systems and visitor.system not in grey.systems:
        return False
    return bool(visitor.key) and bucket(grey.salt, visitor.key) < grey.permille


def too_many_failures(opened: int, failed: int, allowed_permille: int) -> bool:
    """Whether a rollout stops by itself: enough openings, and too many of them failed."""
    return opened >= SAMPLE and failed * EVERYBODY > opened * allowed_permille

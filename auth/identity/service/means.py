"""Means as data: what is shipped, and what staff decided since (R-ID-34)."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from tortoise.exceptions import IntegrityError

from app_server.kernel import audit, clock, db
from app_server.kernel.errors import Conflict, PreconditionFailed
from app_server.kernel.principal import Principal
from auth.identity.errors import MeansDisabled, NoSuchMeans
from auth.identity.models import Means
from auth.identity.rules import FAMILIES, SOURCES, Source


@dataclass(frozen=True, slots=True)
class MeansInForce:
    """A means with what staff decided about it."""

    source: Source
    enabled: bool
    holds_days: int | None
    version: int
    changed_at: datetime | None = None
    reason: str = ""

    @property
    def holds(self) -> timedelta | None:
        """How long new evidence by it counts; None is for good."""
        return None if self.holds_days is None else timedelta(days=self.holds_days)


def _in_force(source: Source, row: Means | None) -> MeansInForce:
    if row is None:
        return MeansInForce(source, True, source.holds_days, 1)
    return MeansInForce(
        source, row.enabled, row.holds_days, row.version, row.changed_at, row.reason
    )


async def means_in_use(code: str, kind: str = "person") -> MeansInForce:
    """A means that may be used now; raises `NoSuchMeans`, `MeansDisabled`."""
    source = SOURCES.get(code)
    if source is None or source.subject_kind != kind:
        raise NoSuchMeans
    found = _in_force(source, await Means.get_or_none(code=code))
    if not found.enabled:
        raise MeansDisabled
    return found


async def means_in_force(kind: str = "") -> list[MeansInForce]:
    """Every means (of one kind of subject), switched on or off."""
    rows = {row.code: row for row in await Means.all()}
    return [
        _in_force(source, rows.get(code))
        for code, source in SOURCES.items()
        if kind in {"", source.subject_kind}
    ]


async def counts() -> dict[str, int]:
    """How much live evidence there is by each means."""
    rows = await db.rows(
        "SELECT source, count(*) AS n FROM identity_evidence WHERE revoked_at IS NULL "
        "AND (expires_at IS NULL OR expires_at > $1) GROUP BY source",
        clock.now(),
    )
    return {row["source"]: row["n"] for row in rows}


async def change_means(
    officer: Principal,
    code: str,
    *,
    enabled: bool,
    holds_days: int | None,
    reason: str,
    expected: int,
) -> MeansInForce:
    """Switch a means on or off, or change how long new evidence by it counts.

    Evidence that exists keeps its own expiry. Raises `NoSuchMeans`, `PreconditionFailed`,
    `Conflict`.
    """
    if code not in SOURCES:
        raise NoSuchMeans
    told: dict[str, Any] = {
        "enabled": enabled,
        "holds_days": holds_days,
        "changed_by": officer.ref,
        "changed_at": clock.now(),
        "reason": reason,
        "version": expected + 1,
    }
    async with db.unit_of_work():
        row = await Means.get_or_none(code=code)
        if expected != (row.version if row else 1):
            raise PreconditionFailed
        await _written(code, told, expected, known=row is not None)
        audit.record(
            officer,
            "identity.means_changed",
            f"means:{code}",
            purpose=reason,
            enabled=enabled,
            holds_days=holds_days,
        )
    return _in_force(SOURCES[code], await Means.get(code=code))


async def _written(code: str, told: dict[str, Any], expected: int, *, known: bool) -> None:
    if known:
        if not await Means.filter(code=code, version=expected).update(**told):
            raise Conflict
        return
    try:
        await Means.create(code=code, **told)
    except IntegrityError as error:
        raise Conflict from error


def family_names() -> dict[str, str]:
    """The families of means with their Chinese names, in order."""
    return dict(FAMILIES)

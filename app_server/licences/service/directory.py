"""The directory: what each issuer has issued of each kind (R-LIC-03, R-LIC-07)."""

from dataclasses import dataclass

from app_server.kernel import clock, db


@dataclass(frozen=True, slots=True)
class DirectoryLine:
    """One type of one issuer, with how many there are and how many of them count today."""

    issuer_code: str
    issuer_name: str
    kind: str
    type_code: str
    type_name: str
    issued: int
    valid: int
    prints: int


# A later version replaces the earlier: together they are one licence that was issued.
_LINES = (
    "SELECT issuer_code, max(issuer_name) AS issuer_name, kind, type_code, "
    "max(type_name) AS type_name, count(*) FILTER (WHERE copy_version = 1) AS issued, "
    "count(*) FILTER (WHERE state = 'valid' AND (expires_on IS NULL OR "
    "expires_on >= $3)) AS valid, "
    "sum(prints)::bigint AS prints FROM licences_licence "
    "WHERE ($1 = '' OR issuer_code = $1) AND ($2 = '' OR kind = $2) "
    "GROUP BY issuer_code, kind, type_code ORDER BY issuer_code, kind, type_code LIMIT 2000"
)


async def directory(issuer: str = "", kind: str = "") -> list[DirectoryLine]:
    """The directory by issuer, kind and type."""
    rows = await db.rows(_LINES, issuer, kind, clock.today())
    return [DirectoryLine(**dict(row)) for row in rows]

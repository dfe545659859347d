"""The one predicate of who reaches which case (R-CAS-17): jurisdiction, department, role.

Lists, look-ups, search, counts and exports all use these clauses; nobody writes another.
`own`: cases of one's organisation within one's region. `intake`: what one filed at a window.
`subtask`: cases that asked one's organisation for something. `forward`: cases sent up to it.
`outlet`: results that wait at one's window.
"""

from types import MappingProxyType
from typing import Any, Literal

from app_server.kernel.principal import Principal

Scope = Literal["own", "intake", "subtask", "forward", "outlet"]

SCOPES: tuple[Scope, ...] = ("own", "intake", "subtask", "forward", "outlet")
DESK_ROLES = frozenset({"case_officer", "case_approver", "case_head"})
WINDOW_ROLE = "case_window"

_ROLES: MappingProxyType[str, frozenset[str]] = MappingProxyType(
    {
        "own": DESK_ROLES,
        "intake": frozenset({WINDOW_ROLE}),
        "subtask": DESK_ROLES,
        "forward": DESK_ROLES,
        "outlet": frozenset({WINDOW_ROLE}),
    }
)
_CLAUSES = MappingProxyType(
    {
        "own": "(org = {0} AND region LIKE {1})",
        "intake": "(intake_officer = {0} AND intake_org = {1})",
        "subtask": (
            "(id IN (SELECT case_id FROM cases_subtask WHERE org = {0} AND region LIKE {1}))"
        ),
        "forward": "(forwarded_to = {0} AND {1}::text <> '')",
        "outlet": "(outlet_region LIKE {0} AND state = 'delivering' AND {1}::text <> '')",
    }
)


def region_pattern(region: str) -> str:
    """The LIKE pattern of every division a region covers; nobody's region covers nothing."""
    if not region:
        return ""
    if region.endswith("0000"):
        return region[:2] + "%"
    return (region[:4] if region.endswith("00") else region) + "%"


def covers(region: str, other: str) -> bool:
    """Whether `other` lies within `region`."""
    return bool(region) and other.startswith(region_pattern(region)[:-1])


def scopes(officer: Principal) -> list[Scope]:
    """In which ways this officer reaches cases at all."""
    return [scope for scope in SCOPES if _ROLES[scope] & officer.roles]


def _args(officer: Principal, scope: Scope) -> tuple[Any, Any]:
    if scope == "intake":
        return officer.subject, officer.org
    if scope == "outlet":
        return region_pattern(officer.region), officer.org
    return officer.org, region_pattern(officer.region)


def clause(officer: Principal, scope: Scope, first: int) -> tuple[str, tuple[Any, ...]]:
    """The SQL condition of one scope, its parameters from `$first` on; always two."""
    if scope not in scopes(officer):
        return f"(${first}::text IS NULL AND ${first + 1}::text IS NULL AND false)", ("", "")
    return _CLAUSES[scope].format(f"${first}", f"${first + 1}"), _args(officer, scope)


def anywhere(
    officer: Principal, first: int, wanted: tuple[Scope, ...] = ()
) -> tuple[str, tuple[Any, ...]]:
    """The condition of every scope (or those wanted) this officer has, for a single case."""
    parts: list[str] = []
    args: list[Any] = []
    for scope in scopes(officer):
        if wanted and scope not in wanted:
            continue
        text, values = clause(officer, scope, first + len(args))
        parts.append(text)
        args += values
    return (f"({' OR '.join(parts)})" if parts else "false"), tuple(args)

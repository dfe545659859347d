"""Who calls: one small frozen value that every service may be handed."""

from dataclasses import dataclass
from typing import Literal
from uuid import UUID

Kind = Literal["anonymous", "person", "staff", "client"]


@dataclass(frozen=True, slots=True)
class Principal:
    """The caller of one request, as `auth.edge` found it.

    `tier` is 0–3 for people (`urn:wanshi:acr:t0…t3`, R-ID-01…04). `region` is the division a
    staff member or client answers for; `org` its organisation code. `organisation` is whom a
    person acts for in this session, and `level` (0–3, `urn:wanshi:acr:l0…l3`) on which level.
    `lapse` says why the identity is not valid (empty: it is; None: nobody has looked, R-ID-43).
    """

    kind: Kind = "anonymous"
    id: UUID | None = None
    tier: int = 0
    roles: frozenset[str] = frozenset()
    scopes: frozenset[str] = frozenset()
    org: str = ""
    region: str = ""
    name: str = ""
    session: UUID | None = None
    channel: str = "web"
    organisation: UUID | None = None
    level: int = 0
    lapse: str | None = None

    @property
    def subject(self) -> UUID:
        """The id of a caller who must be known; raises `RuntimeError` for an anonymous one."""
        if self.id is None:
            raise RuntimeError("an anonymous principal has no subject: the guard is missing")
        return self.id

    @property
    def ref(self) -> str:
        """Stable text form for audit rows and rate limits, e.g. `person:0198…`."""
        return f"{self.kind}:{self.id}" if self.id else "anonymous"


ANONYMOUS = Principal()

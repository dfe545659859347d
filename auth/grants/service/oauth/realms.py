"""The two realms of the provider: residents on the public surface, officers on the staff one."""

from dataclasses import dataclass
from types import MappingProxyType

from app_server.kernel.settings import load
from auth.grants.rules import SCOPES, Scope


@dataclass(frozen=True, slots=True)
class Realm:
    """One issuer: its people, its clients, its keys and its sessions are its own."""

    name: str
    surface: str
    kind: str

    @property
    def issuer(self) -> str:
        """The issuer identifier, which is the surface's own address."""
        return load().origin(self.surface)

    @property
    def scopes(self) -> "MappingProxyType[str, Scope] | dict[str, Scope]":
        """What relying parties of this realm may ask for."""
        return SCOPES[self.name]

    def endpoint(self, name: str) -> str:
        """The address of an endpoint of the protocol."""
        return f"{self.issuer}/oauth/{name}"


RESIDENTS = Realm("residents", "public", "person")
STAFF = Realm("staff", "staff", "staff")
_BY_SURFACE = {realm.surface: realm for realm in (RESIDENTS, STAFF)}
_BY_NAME = {realm.name: realm for realm in (RESIDENTS, STAFF)}


def realm_on(surface: str) -> Realm:
    """The realm a surface serves."""
    return _BY_SURFACE[surface]


def realm_named(name: str) -> Realm:
    """The realm of this name."""
    return _BY_NAME[name]

"""Who may call a route. Every route has exactly one guard; the guard names its surface."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from app_server.kernel.errors import Forbidden, Unauthenticated
from app_server.kernel.principal import Principal

Surface = Literal["public", "staff", "partner"]
SURFACES: tuple[Surface, ...] = ("public", "staff", "partner")


class TierTooLow(Unauthenticated):
    """The act needs a higher real-person tier (RFC 9470 step-up; R-ID-01…04)."""

    code = "kernel.tier_required"
    title = "办理此事项需要更高的实名等级"

    def __init__(self, required: int, held: int) -> None:
        super().__init__(required_tier=required, held_tier=held)
        self.headers = {
            "WWW-Authenticate": 'Bearer error="insufficient_user_authentication", '
            f'acr_values="urn:wanshi:acr:t{required}"'
        }


class LevelTooLow(Unauthenticated):
    """The act needs an organisation, on a higher level (RFC 9470 step-up; R-ID-17…22)."""

    code = "kernel.level_required"
    title = "办理此事项需要以单位身份进行，且单位达到相应的认证等级"

    def __init__(self, required: int, held: int) -> None:
        super().__init__(required_level=required, held_level=held)
        self.headers = {
            "WWW-Authenticate": 'Bearer error="insufficient_user_authentication", '
            f'acr_values="urn:wanshi:acr:l{required}"'
        }


class NotYourRole(Forbidden):
    """The staff member has none of the roles this act needs."""

    code = "kernel.not_your_role"
    title = "您的岗位没有此项权限"


@dataclass(frozen=True, slots=True)
class Guard:
    """A declared caller: shown in the OpenAPI document and checked before anything is read."""

    surface: Surface
    caller: Literal["anyone", "person", "organisation", "staff", "client", "own"]
    needs: str
    check: Callable[[Principal], None]

    @property
    def reads_credentials(self) -> bool:
        """Whether the authenticator reads the request's credentials before the route does."""
        return self.caller != "own"


def anyone(on: Surface = "public") -> Guard:
    """No credentials needed; they are still read when given."""
    return Guard(on, "anyone", "anyone", lambda _: None)


def own_credentials(on: Surface, needs: str) -> Guard:
    """Credentials that are not ours to read here: the route itself checks them, or needs none.

    For protocols that bring their own (client authentication and tokens of OAuth): a Basic header
    or a relying party's token would be refused by our authenticator before the route saw it.
    """
    return Guard(on, "own", needs, lambda _: None)


def person(tier: int = 1) -> Guard:
    """A signed-in resident whose tier is at least `tier`."""

    def check(principal: Principal) -> None:
        if principal.kind != "person":
            raise TierTooLow(tier, 0)
        if principal.tier < tier:
            raise TierTooLow(tier, principal.tier)

    return Guard("public", "person", f"person, tier {tier}", check)


def organisation(level: int = 1) -> Guard:
    """A resident who acts for an organisation in this session, on at least this level (R-ID-22).

    A delegate never acts above the first level, whatever the organisation or they hold.
    """

    def check(principal: Principal) -> None:
        if principal.kind != "person" or principal.organisation is None:
            raise LevelTooLow(level, 0)
        if principal.level < level:
            raise LevelTooLow(level, principal.level)

    return Guard("public", "organisation", f"organisation, level {level}", check)


def staff(*roles: str) -> Guard:
    """A government staff member with one of `roles` (any role when none is named)."""

    def check(principal: Principal) -> None:
        if principal.kind != "staff":
            raise Unauthenticated
        if roles and not principal.roles & set(roles):
            raise NotYourRole

    return Guard("staff", "staff", "staff: " + (", ".join(roles) or "any role"), check)


def client(*scopes: str) -> Guard:
    """A city or department system that was granted all of `scopes`."""

    def check(principal: Principal) -> None:
        if principal.kind != "client":
            raise Unauthenticated
        if not set(scopes) <= principal.scopes:
            raise Forbidden

    return Guard("partner", "client", "client: " + ", ".join(scopes), check)

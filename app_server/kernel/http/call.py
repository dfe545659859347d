"""What a handler is told about its request, and how it says more than a body."""

from collections.abc import AsyncGenerator
from dataclasses import dataclass, field
from typing import Any, Literal

from app_server.kernel.errors import BadRequest, PreconditionRequired
from app_server.kernel.principal import Principal

SameSite = Literal["Strict", "Lax"]


@dataclass(slots=True)
class Call:
    """One request as a handler sees it: no framework objects in the signature of anything."""

    principal: Principal
    request: Any
    surface: str = "public"
    raw: bytes = b""
    reply_headers: dict[str, str] = field(default_factory=dict)
    reply_cookies: list[tuple[str, str, int, "SameSite"]] = field(default_factory=list)

    @property
    def headers(self) -> Any:
        """The request's headers, names in lower case."""
        return self.request.headers

    @property
    def ip(self) -> str:
        """Where the request came from, as far as trusted proxies tell."""
        return str(self.request.remote_addr or self.request.ip)

    @property
    def content_type(self) -> str:
        """The media type of the body, without parameters."""
        text: str = self.request.headers.get("content-type", "")
        return text.partition(";")[0].strip().lower()

    def expected_version(self) -> int:
        """The version If-Match names; raises `PreconditionRequired` or `BadRequest`."""
        text = self.headers.get("if-match", "")
        if not text:
            raise PreconditionRequired
        bare = text.removeprefix("W/").strip('"')
        if not (bare.isascii() and bare.isdigit() and len(bare) < 10):
            raise BadRequest("If-Match 无效")
        return int(bare)

    def set_cookie(
        self, name: str, value: str, max_age: int, same_site: SameSite = "Strict"
    ) -> None:
        """Set an HttpOnly cookie of this origin only (`__Host-`); a `max_age` of 0 removes it.

        `Lax` is for what must be seen when another site sends the browser here.
        """
        self.reply_cookies.append((f"__Host-{name}", value, max_age, same_site))

    def cookie(self, name: str) -> str:
        """The value of one of our own cookies, or an empty text."""
        found = self.request.cookies.get(f"__Host-{name}")
        return str(found or "")


@dataclass(frozen=True, slots=True)
class EventStream:
    """A reply that stays open: each item is the name of an event (an empty one keeps it alive)."""

    events: AsyncGenerator[str, None]


@dataclass(frozen=True, slots=True)
class RawReply:
    """A reply that is not a shape: bytes, a page, a stored answer."""

    body: bytes
    content_type: str = "application/json"
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)

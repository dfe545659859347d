"""What is asked of an app's own origin, without the framework."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from http.cookies import CookieError, SimpleCookie
from urllib.parse import parse_qsl


@dataclass(frozen=True, slots=True)
class OriginRequest:
    """One request to a host under the mini-app domain; `path` is raw, still encoded."""

    host: str
    path: str
    method: str = "GET"
    query: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""

    def header(self, name: str) -> str:
        """A header by its name in lower case, or an empty text."""
        return self.headers.get(name, "")

    def cookie(self, name: str) -> str:
        """A cookie of the origin, or an empty text."""
        jar: SimpleCookie = SimpleCookie()
        try:
            jar.load(self.header("cookie"))
        except CookieError:
            return ""
        found = jar.get(name)
        return found.value if found else ""

    def asked(self) -> dict[str, str]:
        """The query, the last of each name."""
        return dict(parse_qsl(self.query, keep_blank_values=True, max_num_fields=50))

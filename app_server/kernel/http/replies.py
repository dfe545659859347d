"""The reply every endpoint gives: its security headers are encoded once, not once a request."""

from collections.abc import Iterator

from sanic import HTTPResponse

from app_server.kernel.http.headers import API_HEADERS

_FIXED = tuple((name.encode(), value.encode()) for name, value in API_HEADERS.items())
_NAMES = frozenset(API_HEADERS)


class ApiReply(HTTPResponse):
    """A Sanic response that brings `API_HEADERS` with it; `headers` holds only what is its own."""

    @property
    def processed_headers(self) -> Iterator[tuple[bytes, bytes]]:
        """All headers as bytes: its own as Sanic sanitises them, then the fixed ones."""
        yield from super().processed_headers
        if _NAMES.isdisjoint(self.headers):
            yield from _FIXED
            return
        # A reply that says something of its own about one of them keeps its word.
        yield from (pair for pair in _FIXED if pair[0].decode() not in self.headers)

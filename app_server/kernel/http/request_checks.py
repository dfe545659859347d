"""What Sanic's parser lets through and this product does not (identity-security.md §3).

Measured on 25.12: a `Transfer-Encoding` with a space in its name is ignored, chunk sizes with
0x are read, Host may be missing or doubled, NUL and broken UTF-8 stand in header values, and the
absolute form may name another host. Each is a way to make two parsers disagree, so each is
refused. No route takes a chunked body: proxies in front send a length.
"""

from typing import Any

from app_server.kernel.errors import BadRequest, Problem


class LengthRequired(Problem):
    """The body must come with a Content-Length (RFC 9110 §15.5.12)."""

    code = "kernel.length_required"
    status = 411
    title = "请求缺少内容长度"


def check(request: Any) -> None:
    """Refuse a request whose framing or target two parsers could read differently."""
    headers = request.headers
    hosts = 0
    for name, value in headers.items():
        if name == "host":
            hosts += 1
        elif name == "transfer-encoding":
            raise LengthRequired
        if name != name.strip() or " " in name or "\t" in name:
            raise BadRequest("请求头无效")
        if "\x00" in value or "\r" in value or "\n" in value:
            raise BadRequest("请求头无效")
    if hosts != 1 or not _is_text(request.head):
        raise BadRequest("请求头无效")
    if not request.raw_url.startswith(b"/"):
        raise BadRequest("请求地址无效")


def _is_text(head: bytes) -> bool:
    # Sanic keeps broken UTF-8 as lone surrogates, which nothing later can encode again.
    if head.isascii():
        return True
    try:
        head.decode()
    except UnicodeDecodeError:
        return False
    return True

"""App ids, the origins apps stand at and call, and the policy generated for them."""

import re
from collections.abc import Iterable
from urllib.parse import urlsplit

# `ah`, the home division, then the app's own word; it is also a DNS label (miniapp-host.md §5).
APPID = r"^ah[0-9]{6}[a-z][a-z0-9]{1,23}$"
SANDBOX = "allow-scripts allow-same-origin allow-forms"


def request_origin_fault(origin: str, *, production: bool) -> str:
    """What is wrong with an address an app wants to call, or an empty text.

    https only; plain http is for a back end on the developer's own machine.
    """
    try:
        parts = urlsplit(origin)
        bare = f"{parts.scheme}://{parts.netloc}"
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        return "不是有效的地址"
    if bare != origin or not re.fullmatch(r"[a-z0-9.-]+(:[0-9]{1,5})?", parts.netloc):
        return "只写协议、域名和端口，例如 https://api.example.gov.cn"
    if parts.scheme == "http" and host == "127.0.0.1" and not production:
        return ""
    if parts.scheme != "https":
        return "必须是 https 地址"
    if re.fullmatch(r"[0-9.]+", host) or "." not in host:
        return "必须使用域名"
    return ""


def home_region(appid: str) -> str:
    """The division an app id names."""
    return appid[2:8]


def client_id_of(appid: str) -> str:
    """The partner client that belongs to an app."""
    return f"miniapp:{appid}"


def app_of_client(client_id: str) -> str:
    """The app a partner client belongs to, or an empty text."""
    kind, _, appid = client_id.partition(":")
    return appid if kind == "miniapp" and re.fullmatch(APPID, appid) else ""


def app_origin(appid: str, shell_origin: str, domain: str) -> str:
    """An app's own origin: beside the shell's, with the same scheme and port."""
    shell = urlsplit(shell_origin)
    port = f":{shell.port}" if shell.port else ""
    return f"{shell.scheme}://{appid}.{domain}{port}"


def content_policy(shell_origin: str, request: Iterable[str]) -> str:
    """The Content-Security-Policy of one app: its own origin and what review let it call."""
    connect = " ".join(["'self'", *request])
    return "; ".join(
        (
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data:",
            "font-src 'self' data:",
            "media-src 'self'",
            f"connect-src {connect}",
            # A service worker would outlive the release it came with.
            "worker-src 'none'",
            f"frame-ancestors {shell_origin}",
            "base-uri 'none'",
            "form-action 'self'",
        )
    )

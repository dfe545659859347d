"""App ids, the origins apps stand at and call, and the policy generated for them."""

import re
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from urllib.parse import urlsplit

# `ah`, the home division, then the app's own word; it is also a DNS label (miniapp-host.md §5).
APPID = r"^ah[0-9]{6}[a-z][a-z0-9]{1,23}$"
_SANDBOX = "allow-scripts allow-same-origin allow-forms"
# Names that only an inner network resolves.
_INNER = (".local", ".localdomain", ".lan", ".internal", ".intranet")

# What an app may ask beyond the policy everybody has, with its reason before review. Scripts are
# widened by hash or for compiling ones, never by host and never for whatever stands inline.
CSP_EXCEPTIONS: Mapping[str, str] = MappingProxyType(
    {
        "script-src": r"'unsafe-eval'|'wasm-unsafe-eval'|'sha256-[A-Za-z0-9+/]{43}='",
        "img-src": r"blob:",
        "media-src": r"blob:|data:",
        "connect-src": r"blob:|data:",
        # A worker made of a blob dies with its page; a service worker cannot be made of one.
        "worker-src": r"blob:",
    }
)


def request_origin_fault(origin: str, *, production: bool, socket: bool = False) -> str:
    """What is wrong with an address an app wants to call, or an empty text.

    https only, and wss where `socket` allows; plain http is for a back end on the developer's
    own machine.
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
    if parts.scheme != "https" and not (socket and parts.scheme == "wss"):
        return "必须是 https 地址"
    return _host_fault(host.rstrip("."))


def _host_fault(host: str) -> str:
    # An address in digits, whole or only at its end, is no name (WHATWG URL, "ends in a number").
    if "." not in host or re.fullmatch(r"[0-9]+|0x[0-9a-f]*", host.rpartition(".")[2]):
        return "必须使用域名"
    return "不能是内网地址" if host.endswith(_INNER) else ""


def exception_fault(directive: str, value: str) -> str:
    """What is wrong with an exception an app asks for, or an empty text."""
    allowed = CSP_EXCEPTIONS.get(directive)
    if allowed is None:
        return f"{directive} 不能有例外"
    return "" if re.fullmatch(allowed, value) else f"{directive} 不能放开 {value[:60]}"


def appid_fault(appid: str) -> str:
    """What is wrong with an app id, or an empty text."""
    if re.fullmatch(APPID, appid):
        return ""
    return "应用编号是 ah 加六位省或市代码，再加小写字母开头的自定名称（小写字母和数字）"


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


def content_policy(
    shell_origin: str,
    request: Iterable[str],
    *,
    frame: Iterable[str] = (),
    img: Iterable[str] = (),
    exceptions: Iterable[tuple[str, str]] = (),
) -> str:
    """The Content-Security-Policy of one app: its own origin and what review let it reach."""
    policy = {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'", "'unsafe-inline'"],
        "img-src": ["'self'", "data:", *img],
        "font-src": ["'self'", "data:"],
        "media-src": ["'self'"],
        "connect-src": ["'self'", *request],
        "frame-src": [*frame] or ["'none'"],
        # Service workers of apps are refused where they are served: they outlive a release.
        "worker-src": ["'self'"],
        "frame-ancestors": [shell_origin],
        "base-uri": ["'none'"],
        "form-action": ["'self'"],
    }
    for directive, value in exceptions:
        policy[directive] = [v for v in policy[directive] if v != "'none'"] + [value]
    return "; ".join(f"{name} {' '.join(values)}" for name, values in policy.items())


# What the container of Zhejiang calls the version that is out, and the last one on trial.
VERSION_FOLDERS = ("reserved/", "lastTest/")


def baked_in(base_alias: Iterable[str]) -> list[str]:
    """The folders, without a leading slash, that stand for the root of an app's files."""
    return [*VERSION_FOLDERS, *(folder.removeprefix("/") for folder in base_alias)]


def sandbox(granted: Iterable[str]) -> str:
    """What the frame of an app may do: saving files only where review gave that permission."""
    return f"{_SANDBOX} allow-downloads" if "file.download" in set(granted) else _SANDBOX

"""Pure rules of mini-apps: the state table, limits, scopes, origins and the generated policy."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import PurePosixPath
from types import MappingProxyType
from urllib.parse import urlsplit

# `ah`, the home division, then the app's own word; it is also a DNS label (miniapp-host.md §5).
APPID = r"^ah[0-9]{6}[a-z][a-z0-9]{1,23}$"
REVIEWER = "miniapp_reviewer"
TICKET_SCOPE = "auth.ticket"
TICKETS_CLIENT_SCOPE = "miniapps.tickets"

TICKET_LIFE = timedelta(seconds=60)
LAUNCH_LIFE = timedelta(hours=12)
KEEP_LAUNCHES = timedelta(days=30)
SANDBOX = "allow-scripts allow-same-origin allow-forms"


@dataclass(frozen=True, slots=True)
class Move:
    """An edge of the state table: from where, and to where."""

    come_from: str
    to: str


# A version is a draft while its files are being stored; its content never changes after that.
MOVES: Mapping[str, Move] = MappingProxyType(
    {
        "upload": Move("draft", "uploaded"),
        "approve": Move("uploaded", "approved"),
        "release": Move("approved", "released"),
    }
)


@dataclass(frozen=True, slots=True)
class Scope:
    """A permission an app may ask for, and the browser feature that goes with it."""

    title: str
    feature: str = ""


SCOPES: Mapping[str, Scope] = MappingProxyType(
    {
        TICKET_SCOPE: Scope("知道是您在使用"),
        "device.geolocation": Scope("获取您的位置", "geolocation"),
        "device.camera": Scope("使用相机", "camera"),
        "device.microphone": Scope("使用麦克风", "microphone"),
    }
)

# Everything a frame could be given; what is not granted is denied by name.
_FEATURE_NAMES = (
    "accelerometer autoplay camera display-capture encrypted-media fullscreen geolocation "
    "gyroscope hid idle-detection magnetometer microphone midi payment picture-in-picture "
    "publickey-credentials-get screen-wake-lock serial usb xr-spatial-tracking"
)
FEATURES = tuple(_FEATURE_NAMES.split())

# Packaging limits (miniapp-host.md §5).
MAX_PACKAGE = 20 * 1024 * 1024
MAX_UNPACKED = 80 * 1024 * 1024
MAX_FILES = 2000
# Above this size a file packed better than 1:100 is a bomb; a small one is merely repetitive.
MAX_RATIO = 100
MIN_BOMB = 16 * 1024
MAX_PATH = 200
MAX_ICON = 32 * 1024
MANIFEST = "app.json"
FILE_INDEX = "META-INF/files.json"
# `v` holds immutable versions and `__wanshi` our own script on every app's origin.
RESERVED_FOLDERS = frozenset({"v", "__wanshi"})

_FORBIDDEN = re.compile(r'[\x00-\x1f\x7f"*:<>?\\|]')

CONTENT_TYPES: Mapping[str, str] = MappingProxyType(
    {
        "css": "text/css; charset=utf-8",
        "gif": "image/gif",
        "htm": "text/html; charset=utf-8",
        "html": "text/html; charset=utf-8",
        "ico": "image/x-icon",
        "jpeg": "image/jpeg",
        "jpg": "image/jpeg",
        "js": "text/javascript; charset=utf-8",
        "json": "application/json",
        "map": "application/json",
        "mjs": "text/javascript; charset=utf-8",
        "mp3": "audio/mpeg",
        "mp4": "video/mp4",
        "otf": "font/otf",
        "pdf": "application/pdf",
        "png": "image/png",
        "svg": "image/svg+xml",
        "ttf": "font/ttf",
        "txt": "text/plain; charset=utf-8",
        "wasm": "application/wasm",
        "webmanifest": "application/manifest+json",
        "webp": "image/webp",
        "woff": "font/woff",
        "woff2": "font/woff2",
    }
)
HTML = CONTENT_TYPES["html"]


def content_type_of(path: str) -> str:
    """The type a file is served with; an unknown one is bytes that no browser runs."""
    return CONTENT_TYPES.get(
        PurePosixPath(path).suffix.lower().lstrip("."), "application/octet-stream"
    )


def path_fault(path: str) -> str:
    """What is wrong with a path inside a package (W3C MiniApp packaging), or an empty text."""
    if len(path) > MAX_PATH:
        return "路径过长"
    if _FORBIDDEN.search(path):
        return "路径含有不允许的字符"
    parts = path.split("/")
    if any(part in {"", ".", ".."} or part != part.strip() for part in parts):
        return "路径不能指向包外或含有空的部分"
    if parts[0] in RESERVED_FOLDERS:
        return f"目录 {parts[0]} 由平台保留"
    return ""


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


def features_of(scopes: Iterable[str]) -> list[str]:
    """The browser features that reviewed scopes bring, in a fixed order."""
    return sorted({SCOPES[scope].feature for scope in scopes if SCOPES[scope].feature})


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


def permissions_policy(granted: Iterable[str]) -> str:
    """The Permissions-Policy of one app: everything denied but what was granted."""
    allowed = set(granted)
    return ", ".join(f"{name}=({'self' if name in allowed else ''})" for name in FEATURES)

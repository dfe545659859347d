"""What a package may hold: limits, paths, and the type each file is served with."""

import re
import unicodedata
from collections.abc import Mapping
from pathlib import PurePosixPath
from types import MappingProxyType

# Packaging limits (miniapp-host.md §5).
MAX_PACKAGE = 20 * 1024 * 1024
MAX_UNPACKED = 80 * 1024 * 1024
MAX_FILES = 2000
# Above this size a file packed better than 1:100 is a bomb; a small one is merely repetitive.
MAX_RATIO = 100
MIN_BOMB = 16 * 1024
MAX_PATH = 200
MAX_ICON = 32 * 1024
# A directory is read whole before any entry of it can be counted.
MAX_DIRECTORY = 2 * 1024 * 1024
MAX_SIGNATURE = 4096
MANIFEST = "app.json"
FILE_INDEX = "META-INF/files.json"
SIGNATURE = "META-INF/dev.sig"
# Larger ones make an app slow to open on a phone: worth a word, no reason to refuse.
LARGE_FILE = 2 * 1024 * 1024
LARGE: Mapping[str, int] = MappingProxyType(
    {"js": 1024 * 1024, "mjs": 1024 * 1024, "css": 512 * 1024, "png": 512 * 1024}
    | {"jpg": 512 * 1024, "jpeg": 512 * 1024, "gif": 512 * 1024, "webp": 512 * 1024}
)
# `v` holds immutable versions and `__wanshi` our own script on every app's origin.
RESERVED_FOLDERS = frozenset({"v", "__wanshi"})

_FORBIDDEN = re.compile(r'[\x00-\x1f\x7f"*:<>?\\|]')
_UNSEEN = frozenset({"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"})

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


def same_name(path: str) -> str:
    """One spelling for all paths that some file system takes for the same one.

    Canonical caseless matching (Unicode 3.13, D145).
    """
    folded = unicodedata.normalize("NFD", path).casefold()
    return unicodedata.normalize("NFD", folded)


def path_fault(path: str) -> str:
    """What is wrong with a path inside a package (W3C MiniApp packaging), or an empty text."""
    if len(path) > MAX_PATH:
        return "路径过长"
    # Letters nobody sees, or that turn the writing round, would show a reviewer another name.
    if _FORBIDDEN.search(path) or any(unicodedata.category(one) in _UNSEEN for one in path):
        return "路径含有不允许的字符"
    parts = path.split("/")
    if any(part in {"", ".", ".."} or part != part.strip() for part in parts):
        return "路径不能指向包外或含有空的部分"
    if any(part.endswith(".") for part in parts):
        return "文件名不能以点结尾"
    if parts[0] in RESERVED_FOLDERS:
        return f"目录 {parts[0]} 由平台保留"
    return ""

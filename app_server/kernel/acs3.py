"""Alibaba Cloud's ACS3-HMAC-SHA256 request signature (V3), for its APIs and their simulators."""

import hashlib
import hmac
from urllib.parse import quote


def canonical_query(query: dict[str, str]) -> str:
    """Parameters sorted by name, RFC 3986 encoded."""
    return "&".join(f"{quote(k, safe='')}={quote(v, safe='')}" for k, v in sorted(query.items()))


def authorization(
    *, key_id: str, secret: str, method: str, query: dict[str, str], headers: dict[str, str]
) -> str:
    """The Authorization header; `headers` are host and all `x-acs-*` in lower case.

    `x-acs-content-sha256` must be among them (the digest of the body).
    """
    names = sorted(headers)
    canonical = "\n".join(
        [
            method,
            "/",
            canonical_query(query),
            "".join(f"{n}:{headers[n].strip()}\n" for n in names),
            ";".join(names),
            headers["x-acs-content-sha256"],
        ]
    )
    to_sign = f"ACS3-HMAC-SHA256\n{hashlib.sha256(canonical.encode()).hexdigest()}"
    mark = hmac.new(secret.encode(), to_sign.encode(), hashlib.sha256).hexdigest()
    return f"ACS3-HMAC-SHA256 Credential={key_id},SignedHeaders={';'.join(names)},Signature={mark}"

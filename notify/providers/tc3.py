"""Tencent Cloud's TC3-HMAC-SHA256 request signature, for the SMS API and its simulator."""

import hashlib
import hmac
from datetime import UTC, datetime

SERVICE = "sms"
TYPE = "application/json; charset=utf-8"


def _sign(key: bytes, text: str) -> bytes:
    return hmac.new(key, text.encode(), hashlib.sha256).digest()


def authorization(
    *, key_id: str, secret: str, host: str, action: str, body: bytes, timestamp: int
) -> str:
    """The Authorization header of a POST to `/` that signs content type, host and action."""
    day = datetime.fromtimestamp(timestamp, UTC).strftime("%Y-%m-%d")
    signed = "content-type;host;x-tc-action"
    canonical = (
        f"POST\n/\n\ncontent-type:{TYPE}\nhost:{host}\nx-tc-action:{action.lower()}\n\n"
        f"{signed}\n{hashlib.sha256(body).hexdigest()}"
    )
    scope = f"{day}/{SERVICE}/tc3_request"
    digest = hashlib.sha256(canonical.encode()).hexdigest()
    to_sign = f"TC3-HMAC-SHA256\n{timestamp}\n{scope}\n{digest}"
    key = _sign(_sign(_sign(f"TC3{secret}".encode(), day), SERVICE), "tc3_request")
    mark = hmac.new(key, to_sign.encode(), hashlib.sha256).hexdigest()
    return f"TC3-HMAC-SHA256 Credential={key_id}/{scope}, SignedHeaders={signed}, Signature={mark}"

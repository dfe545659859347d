"""Keyset paging: a cursor names the last row seen, so that depth costs nothing."""

import base64
import binascii
from uuid import UUID

from app_server.kernel.errors import BadRequest


def cursor(last: UUID) -> str:
    """An opaque cursor after `last`."""
    return base64.urlsafe_b64encode(last.bytes).rstrip(b"=").decode()


def after(text: str | None) -> UUID | None:
    """The row a cursor names; raises `BadRequest` when it was not made here."""
    if not text:
        return None
    try:
        return UUID(bytes=base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    except (ValueError, binascii.Error) as error:
        raise BadRequest("翻页位置无效") from error

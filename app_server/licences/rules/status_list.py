"""A Token Status List (IETF draft-ietf-oauth-status-list): one bit per credential, packed.

A verifier may keep a list for `TTL`: so long after a revocation it may still take a credential
for valid, and no longer. The list itself changes with the revocation.
"""

import zlib
from collections.abc import Iterable
from datetime import timedelta

from app_server.licences.rules.jose import BadToken, Json, decoded, encoded

TYPE = "statuslist+jwt"
TTL = timedelta(seconds=60)
LIFE = timedelta(minutes=5)
SIZE = 2**17
# A list is left when half of it is given, so that a free place is found by chance at once.
FILL = SIZE // 2


def packed(invalid: Iterable[int], size: int = SIZE) -> Json:
    """The list whose bits at `invalid` are set, lowest bit of a byte first (§4.1)."""
    bits = bytearray(size // 8)
    for index in invalid:
        bits[index // 8] |= 1 << index % 8
    return {"bits": 1, "lst": encoded(zlib.compress(bytes(bits), 9))}


def is_set(listed: Json, index: int) -> bool:
    """Whether the credential at `index` is invalid; raises `BadToken` beyond the list."""
    unpacked = zlib.decompressobj().decompress(decoded(listed["lst"]), SIZE // 8)
    if listed["bits"] != 1 or not 0 <= index < len(unpacked) * 8:
        raise BadToken("status")
    return bool(unpacked[index // 8] >> index % 8 & 1)

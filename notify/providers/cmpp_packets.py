"""CMPP 2.0 and 3.0 packets: what goes over the wire, and nothing else.

Checked byte by byte against gocmpp's packets (payments-channels.md §2.1).
"""

import hashlib
import secrets
import struct
from dataclasses import dataclass, field

CONNECT, TERMINATE, SUBMIT, DELIVER, ACTIVE = 1, 2, 4, 5, 8
RESPONSE = 0x80000000
V20, V21, V30 = 0x20, 0x21, 0x30
HEAD = struct.Struct(">III")
LONGEST = 4096
ONE_PART, OF_MANY = 140, 134  # octets: a header of six says which part it is
UCS2 = 8


class BadPacket(Exception):
    """The bytes are no packet of this protocol."""


def packet(command: int, sequence: int, body: bytes = b"") -> bytes:
    """A packet with its header."""
    return HEAD.pack(HEAD.size + len(body), command, sequence) + body


def header(data: bytes) -> tuple[int, int, int]:
    """Length, command and sequence; raises `BadPacket`."""
    length, command, sequence = HEAD.unpack(data)
    if not HEAD.size <= length <= LONGEST:
        raise BadPacket("length")
    return length, command, sequence


def authenticator(sp_id: str, secret: str, timestamp: int) -> bytes:
    """AuthenticatorSource: MD5 over id, nine zeros, secret and MMDDHHMMSS."""
    whole = sp_id.encode() + bytes(9) + secret.encode() + f"{timestamp:010d}".encode()
    return hashlib.md5(whole).digest()  # noqa: S324 - the protocol's own


def connect(sp_id: str, secret: str, timestamp: int, version: int) -> bytes:
    """The body of CMPP_CONNECT."""
    mark = authenticator(sp_id, secret, timestamp)
    return _text(sp_id, 6) + mark + bytes([version]) + struct.pack(">I", timestamp)


def connected(body: bytes, version: int) -> tuple[int, bytes, int]:
    """Status, AuthenticatorISMG and version of CMPP_CONNECT_RESP; raises `BadPacket`."""
    shape = struct.Struct(">I16sB" if version >= V30 else ">B16sB")
    return _unpacked(shape, body)  # type: ignore[return-value]


def _text(text: str, size: int) -> bytes:
    data = text.encode("ascii")
    if len(data) > size:
        raise BadPacket("text")
    return data.ljust(size, b"\x00")


def _unpacked(shape: struct.Struct, body: bytes) -> tuple[object, ...]:
    try:
        return shape.unpack(body)
    except struct.error as error:
        raise BadPacket("length") from error


@dataclass(frozen=True, slots=True)
class Submit:
    """CMPP_SUBMIT for one phone; the defaults are those of an ordinary message."""

    sp_id: str
    service_id: str
    source: str
    phone: str
    content: bytes
    registered: int = 1
    part: int = 1
    parts: int = 1
    level: int = 1
    fee_user_type: int = 2
    fee_phone: str = ""
    format: int = UCS2
    fee_type: str = "02"
    fee_code: str = "0"
    valid_until: str = ""
    udhi: int = field(default=0)

    def body(self, version: int) -> bytes:
        """The bytes; raises `BadPacket` where the content is too long."""
        if len(self.content) > ONE_PART:
            raise BadPacket("content")
        new = version >= V30
        return b"".join(
            (
                bytes(8),  # Msg_Id is the gateway's
                bytes([self.parts, self.part, self.registered, self.level]),
                _text(self.service_id, 10),
                bytes([self.fee_user_type]),
                _text(self.fee_phone, 32 if new else 21),
                bytes(1) if new else b"",  # Fee_terminal_type
                bytes([0, self.udhi, self.format]),
                _text(self.sp_id, 6),
                _text(self.fee_type, 2),
                _text(self.fee_code, 6),
                _text(self.valid_until, 17),
                bytes(17),  # At_Time
                _text(self.source, 21),
                bytes([1]),
                _text(self.phone, 32 if new else 21),
                bytes(1) if new else b"",  # Dest_terminal_type
                bytes([len(self.content)]),
                self.content,
                bytes(20 if new else 8),  # LinkID, or Reserve
            )
        )


def submitted(body: bytes, version: int) -> tuple[int, int]:
    """Msg_Id and result of CMPP_SUBMIT_RESP; raises `BadPacket`."""
    return _unpacked(struct.Struct(">QI" if version >= V30 else ">QB"), body)  # type: ignore[return-value]


@dataclass(frozen=True, slots=True)
class Deliver:
    """CMPP_DELIVER: a receipt, or words of a user (`receipt` false)."""

    msg_id: int
    phone: str
    receipt: bool
    content: bytes


def delivered(body: bytes, version: int) -> Deliver:
    """Read CMPP_DELIVER; raises `BadPacket`."""
    wide = 32 if version >= V30 else 21
    shape = struct.Struct(f">Q21s10sBBB{wide}s{'B' if version >= V30 else ''}BB")
    tail = 20 if version >= V30 else 8
    if len(body) < shape.size + tail:
        raise BadPacket("length")
    fields = shape.unpack(body[: shape.size])
    content = body[shape.size : len(body) - tail]
    if fields[-1] != len(content):
        raise BadPacket("content")
    return Deliver(fields[0], _read(fields[6]), bool(fields[-2]), content)


def deliver_response(msg_id: int, result: int, version: int) -> bytes:
    """The body of CMPP_DELIVER_RESP."""
    return struct.pack(">QI" if version >= V30 else ">QB", msg_id, result)


@dataclass(frozen=True, slots=True)
class Receipt:
    """The content of a receipt: `DELIVRD` is arrived."""

    msg_id: int
    stat: str
    phone: str


def receipt(content: bytes) -> Receipt:
    """Read a status report; raises `BadPacket`. The phone's field is 21 wide, 32 in 3.0."""
    if len(content) not in {60, 71}:
        raise BadPacket("receipt")
    return Receipt(
        int.from_bytes(content[:8]), _read(content[8:15]), _read(content[35 : len(content) - 4])
    )


def _read(data: bytes) -> str:
    try:
        return data.rstrip(b"\x00").decode("ascii")
    except UnicodeDecodeError as error:
        raise BadPacket("text") from error


def parts_of(text: str) -> list[bytes]:
    """UCS-2 content cut into parts with their headers; one that fits has none.

    No character of two units is torn apart.
    """
    data = text.encode("utf-16-be")
    if len(data) <= ONE_PART:
        return [data]
    cuts = [0]
    while cuts[-1] + OF_MANY < len(data):
        end = cuts[-1] + OF_MANY
        if 0xD8 <= data[end - 2] <= 0xDB:
            end -= 2
        cuts.append(end)
    reference, total = secrets.randbelow(256), len(cuts)
    return [
        bytes([5, 0, 3, reference, total, number]) + data[begin:end]
        for number, (begin, end) in enumerate(zip(cuts, [*cuts[1:], len(data)], strict=True), 1)
    ]

"""An operator's CMPP gateway (模拟短信网关): authenticates, joins parts, sends receipts."""

import asyncio
import contextlib
import hashlib
import secrets
from collections import deque
from datetime import datetime

from app_server.kernel.crypto import same
from notify.providers import cmpp_packets as cmpp
from notify.providers.sms_cmpp import CmppSettings

NUMBER = 27  # after the simulators' base port
REFUSED, WRONG_VERSION = 3, 4


class Gateway:
    """One connection of a service provider."""

    def __init__(self, account: CmppSettings, box: deque[dict[str, str]]) -> None:
        self._account, self._box = account, box
        self._version = 0
        self._parts: dict[tuple[str, int], dict[int, bytes]] = {}

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer until the line ends."""
        with contextlib.suppress(OSError, asyncio.IncompleteReadError, cmpp.BadPacket):
            while True:
                length, command, sequence = cmpp.header(await reader.readexactly(12))
                body = await reader.readexactly(length - 12)
                if command & cmpp.RESPONSE:
                    continue
                if command != cmpp.CONNECT and not self._version:
                    break
                reply, after = self._answer(command, body)
                writer.write(cmpp.packet(command | cmpp.RESPONSE, sequence, reply))
                if after:
                    writer.write(cmpp.packet(cmpp.DELIVER, secrets.randbelow(2**31), after))
                await writer.drain()
                if command == cmpp.TERMINATE or not self._version:
                    break
        writer.close()

    def _answer(self, command: int, body: bytes) -> tuple[bytes, bytes]:
        if command == cmpp.CONNECT:
            return self._connected(body), b""
        if command == cmpp.SUBMIT:
            return self._submitted(body)
        return (b"\x00" if command == cmpp.ACTIVE else b""), b""

    def _connected(self, body: bytes) -> bytes:
        if len(body) != 27:
            raise cmpp.BadPacket("connect")
        version, stamp = body[22], int.from_bytes(body[23:])
        ours = cmpp.authenticator(self._account.sp_id, self._account.secret, stamp)
        status = 0
        if body[:6] != self._account.sp_id.encode() or not same(ours.hex(), body[6:22].hex()):
            status = REFUSED
        elif version not in {cmpp.V20, cmpp.V21, cmpp.V30}:
            status = WRONG_VERSION
        self._version = 0 if status else version
        wide = status.to_bytes(4 if version >= cmpp.V30 else 1)
        whole = wide + ours + self._account.secret.encode()
        return wide + hashlib.md5(whole).digest() + bytes([version])  # noqa: S324 - protocol

    def _submitted(self, body: bytes) -> tuple[bytes, bytes]:
        new = self._version >= cmpp.V30
        # Up to Dest_terminal_Id everything has its place; the widths differ by version.
        fee, wide = (33, 33) if new else (21, 21)
        at = 8 + 4 + 10 + 1 + fee + 1
        udhi, form = body[at], body[at + 1]
        to = at + 2 + 6 + 2 + 6 + 17 + 17 + 21 + 1
        phone = body[to : to + wide].rstrip(b"\x00").decode("ascii", "replace")
        size = body[to + wide]
        content = body[to + wide + 1 : to + wide + 1 + size]
        msg_id = secrets.randbits(63)
        good = len(phone) == 11 and phone.isdigit() and form == cmpp.UCS2
        result = 0 if good and len(content) == size <= cmpp.ONE_PART else 9
        if result == 0:
            self._keep(phone, content, f"{msg_id:016x}", has_head=bool(udhi))
        reply = cmpp.deliver_response(msg_id, result, self._version)
        return reply, b"" if result else self._receipt(msg_id, phone)

    def _keep(self, phone: str, content: bytes, msg_id: str, *, has_head: bool) -> None:
        if has_head:
            reference, total, number = content[3], content[4], content[5]
            parts = self._parts.setdefault((phone, reference), {})
            parts[number] = content[6:]
            if len(parts) < total:
                return
            del self._parts[phone, reference]
            content = b"".join(parts[n] for n in sorted(parts))
        self._box.append(
            {
                "PhoneNum": phone,
                "Content": content.decode("utf-16-be", "replace"),
                "OutId": "",
                "BizId": msg_id,
                "SendDate": datetime.now().astimezone().isoformat(timespec="seconds"),
            }
        )

    def _receipt(self, msg_id: int, phone: str) -> bytes:
        wide = 32 if self._version >= cmpp.V30 else 21
        now = datetime.now().astimezone().strftime("%y%m%d%H%M").encode()
        report = msg_id.to_bytes(8) + b"DELIVRD" + now + now + phone.encode().ljust(wide, b"\0")
        report += secrets.token_bytes(4)
        terminal = b"\0" if self._version >= cmpp.V30 else b""
        return b"".join(
            (
                secrets.token_bytes(8),
                self._account.source.encode().ljust(21, b"\0"),
                self._account.service_id.encode().ljust(10, b"\0"),
                bytes(3),
                phone.encode().ljust(wide, b"\0"),
                terminal,
                bytes([1, len(report)]),
                report,
                bytes(20 if self._version >= cmpp.V30 else 8),
            )
        )


async def listen(port: int, box: deque[dict[str, str]]) -> asyncio.Server:
    """Take connections on this machine only."""
    account = CmppSettings()

    async def met(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await Gateway(account, box).serve(reader, writer)

    return await asyncio.start_server(met, "127.0.0.1", port)

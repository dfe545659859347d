"""SMS over CMPP 2.0 or 3.0: one line to the operator's gateway, a window of unanswered submits.

The gateway cannot be asked about a message by our id: a lost answer stays unknown until a
receipt comes, and nothing is sent twice.
"""

import asyncio
import contextlib
import hashlib
import secrets
from collections.abc import Awaitable, Callable

import structlog
from pydantic_settings import BaseSettings, SettingsConfigDict

from app_server.kernel import clock
from app_server.kernel.crypto import same
from app_server.kernel.events import Ok, Outcome, Rejected, Unknown
from notify.providers import NotSent
from notify.providers import cmpp_packets as cmpp

log = structlog.get_logger(__name__)

ANSWER_S, IDLE_S = 10.0, 30.0
BUSY = 8  # flow control; 1…7 say that the packet or our account is wrong
ReceiptHook = Callable[[str, bool, str], Awaitable[object]]


class CmppSettings(BaseSettings):
    """The line; without an address it is not used."""

    model_config = SettingsConfigDict(env_prefix="SMS_CMPP_", extra="ignore", frozen=True)

    address: str = ""
    sp_id: str = "900001"
    secret: str = "SIM-SECRET"  # noqa: S105 - the simulator's own, refused in production
    service_id: str = "wanshi"
    source: str = "10690000"
    sign_name: str = "万事"
    version: int = 3
    window: int = 16


class LineDown(Exception):
    """The gateway cannot be reached, or does not let us in."""


class CmppSms:
    """One line, opened at first need and again after it broke."""

    def __init__(self, settings: CmppSettings) -> None:
        self._settings = settings
        self._on_receipt: ReceiptHook | None = None
        self._version = cmpp.V30 if settings.version == 3 else cmpp.V20
        self._window = asyncio.Semaphore(settings.window)
        self._opening = asyncio.Lock()
        self._writer: asyncio.StreamWriter | None = None
        self._waiting: dict[int, asyncio.Future[bytes]] = {}
        self._sequence = secrets.randbelow(2**20)
        self._tasks: set[asyncio.Future[object]] = set()

    def hear(self, hook: ReceiptHook) -> None:
        """Have receipts told: the gateway's reference, whether it arrived, and its word."""
        self._on_receipt = hook

    async def send(self, out_id: str, phone: str, body: str) -> Outcome | NotSent:
        """Submit every part; our id travels nowhere, the gateway's own names the message."""
        del out_id
        parts = cmpp.parts_of(f"【{self._settings.sign_name}】{body}")
        reference = 0
        for number, content in enumerate(parts, 1):
            submit = cmpp.Submit(
                sp_id=self._settings.sp_id,
                service_id=self._settings.service_id,
                source=self._settings.source,
                phone=phone,
                content=content,
                part=number,
                parts=len(parts),
                udhi=int(len(parts) > 1),
            )
            try:
                answer = await self._ask(cmpp.SUBMIT, submit.body(self._version))
                reference, result = cmpp.submitted(answer, self._version)
            except LineDown:
                return NotSent("line down") if number == 1 else Unknown("broken off")
            except (TimeoutError, OSError, cmpp.BadPacket):
                return Unknown("no answer")
            if result:
                return _refused(result) if number == 1 else Unknown(f"part {number}: {result}")
        return Ok(f"{reference:016x}")

    async def query(self, out_id: str, phone: str) -> Outcome:
        """Nobody can be asked: only a receipt tells."""
        del out_id, phone
        return Unknown("no receipt")

    async def close(self) -> None:
        """Say good-bye and hang up."""
        writer = self._writer
        if writer is not None:
            with contextlib.suppress(OSError, TimeoutError, LineDown):
                await self._ask(cmpp.TERMINATE, b"")
            self._broken(writer)
        for task in list(self._tasks):
            task.cancel()

    async def _ask(self, command: int, body: bytes) -> bytes:
        writer = await self._line()
        async with self._window:
            self._sequence = (self._sequence + 1) % 2**32
            number = self._sequence
            answer: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()
            self._waiting[number] = answer
            try:
                writer.write(cmpp.packet(command, number, body))
                await writer.drain()
                async with asyncio.timeout(ANSWER_S):
                    return await answer
            finally:
                self._waiting.pop(number, None)

    async def _line(self) -> asyncio.StreamWriter:
        async with self._opening:
            if self._writer is None or self._writer.is_closing():
                try:
                    async with asyncio.timeout(5):
                        await self._open()
                except (OSError, TimeoutError, asyncio.IncompleteReadError, ValueError,
                        cmpp.BadPacket) as error:  # fmt: skip
                    raise LineDown(type(error).__name__) from error
            assert self._writer is not None  # noqa: S101 - opened above
            return self._writer

    async def _open(self) -> None:
        settings = self._settings
        host, _, port = settings.address.rpartition(":")
        reader, writer = await asyncio.open_connection(host, int(port))
        stamp = int(clock.local(clock.now()).strftime("%m%d%H%M%S"))
        body = cmpp.connect(settings.sp_id, settings.secret, stamp, self._version)
        writer.write(cmpp.packet(cmpp.CONNECT, 1, body))
        _, command, _ = cmpp.header(head := await reader.readexactly(12))
        answer = await reader.readexactly(int.from_bytes(head[:4]) - 12)
        status, mark, _ = cmpp.connected(answer, self._version)
        ours = cmpp.authenticator(settings.sp_id, settings.secret, stamp)
        wide = status.to_bytes(4 if self._version >= cmpp.V30 else 1)
        known = hashlib.md5(wide + ours + settings.secret.encode()).hexdigest()  # noqa: S324
        # Who does not know our secret is not our gateway, whatever it lets us do.
        if command != cmpp.CONNECT | cmpp.RESPONSE or status or not same(known, mark.hex()):
            writer.close()
            raise LineDown(f"status {status}")
        self._writer = writer
        self._begin(self._listen(reader, writer))
        self._begin(self._keep_open(writer))

    def _begin(self, work: Awaitable[object]) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _listen(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                length, command, sequence = cmpp.header(await reader.readexactly(12))
                body = await reader.readexactly(length - 12)
                if command & cmpp.RESPONSE:
                    waiting = self._waiting.get(sequence)
                    if waiting is not None and not waiting.done():
                        waiting.set_result(body)
                else:
                    self._answer(writer, command, sequence, body)
        except (OSError, asyncio.IncompleteReadError, cmpp.BadPacket) as error:
            log.warning("cmpp_line_broken", error=type(error).__name__)
        finally:
            self._broken(writer)

    def _answer(
        self, writer: asyncio.StreamWriter, command: int, sequence: int, body: bytes
    ) -> None:
        reply = b"\x00" if command == cmpp.ACTIVE else b""
        if command == cmpp.DELIVER:
            told = cmpp.delivered(body, self._version)
            reply = cmpp.deliver_response(told.msg_id, 0, self._version)
            if told.receipt and self._on_receipt is not None:
                report = cmpp.receipt(told.content)
                arrived = report.stat == "DELIVRD"
                self._begin(self._on_receipt(f"{report.msg_id:016x}", arrived, report.stat))
        writer.write(cmpp.packet(command | cmpp.RESPONSE, sequence, reply))

    async def _keep_open(self, writer: asyncio.StreamWriter) -> None:
        # Active test: a line that does not answer is broken, though nobody said so.
        while not writer.is_closing():
            await asyncio.sleep(IDLE_S)
            try:
                await self._ask(cmpp.ACTIVE, b"")
            except (TimeoutError, OSError, LineDown):
                self._broken(writer)

    def _broken(self, writer: asyncio.StreamWriter) -> None:
        writer.close()
        if self._writer is writer:
            self._writer = None
            for waiting in self._waiting.values():
                if not waiting.done():
                    waiting.set_exception(TimeoutError())


def _refused(result: int) -> Outcome | NotSent:
    return NotSent(f"result {result}") if result <= BUSY else Rejected(f"result {result}")

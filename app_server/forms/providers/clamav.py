"""ClamAV's daemon over TCP: INSTREAM, as clamd's manual describes it (`z` commands).

Chunks are a 4-byte length and the bytes; a length of zero ends the stream. The answer is
`stream: OK`, `stream: <name> FOUND` or an error, ended by a zero byte.
"""

import asyncio
import contextlib

from pydantic_settings import BaseSettings, SettingsConfigDict

from app_server.kernel.settings import load

CHUNK = 64 * 1024
CONNECT_S, SCAN_S = 5.0, 30.0
SIMULATOR = 20


class ClamavSettings(BaseSettings):
    """Where the scanner listens (`CLAMAV_ADDRESS`, host:port); empty in production is nowhere."""

    model_config = SettingsConfigDict(env_prefix="CLAMAV_", extra="ignore", frozen=True)
    address: str = ""

    @property
    def place(self) -> tuple[str, int] | None:
        """Host and port, in development the simulator's."""
        host, _, port = self.address.rpartition(":")
        if host:
            return host, int(port)
        settings = load()
        if settings.production or not settings.simulators:
            return None
        return "127.0.0.1", settings.simulator_base_port + SIMULATOR


class ScannerAway(OSError):
    """Nobody looked at the file: the scanner is not there or gave up."""


async def is_infected(data: bytes) -> bool:
    """Whether the scanner finds something; raises `ScannerAway`."""
    place = ClamavSettings().place
    if place is None:
        raise ScannerAway("no scanner is configured")
    try:
        reader, writer = await asyncio.wait_for(asyncio.open_connection(*place), CONNECT_S)
    except (OSError, TimeoutError) as error:
        raise ScannerAway(str(error)) from error
    try:
        async with asyncio.timeout(SCAN_S):
            answer = await _scan(reader, writer, data)
    except (OSError, EOFError, TimeoutError) as error:
        raise ScannerAway(str(error)) from error
    finally:
        writer.close()
        with contextlib.suppress(OSError):
            await writer.wait_closed()
    if answer.endswith("FOUND"):
        return True
    if answer != "stream: OK":
        raise ScannerAway(answer[:100])
    return False


async def _scan(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, data: bytes) -> str:
    writer.write(b"zINSTREAM\0")
    for start in range(0, len(data), CHUNK):
        part = data[start : start + CHUNK]
        writer.write(len(part).to_bytes(4) + part)
        await writer.drain()
    writer.write(bytes(4))
    await writer.drain()
    return (await reader.readuntil(b"\0"))[:-1].decode(errors="replace").strip()

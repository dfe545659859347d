"""clamd's INSTREAM over TCP; knows one virus, EICAR's test text. `GET /readyz` says it is up.

模拟病毒扫描: protocol-true (PING, VERSION, INSTREAM, size limit), not a scanner.
"""

import asyncio

from app_server.kernel.http.simulating import refuse_production

# In two parts, or the scanner on a developer's machine would take this file away.
EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
MOST = 25 * 1024 * 1024
READY = (
    b"HTTP/1.1 200 OK\r\ncontent-length: 6\r\nx-simulator: clamav\r\n"
    b"connection: close\r\n\r\nready\n"
)


async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Answer one connection."""
    try:
        async with asyncio.timeout(30):
            writer.write(await _answer(reader))
            await writer.drain()
    except (OSError, EOFError, TimeoutError, asyncio.LimitOverrunError):
        pass
    finally:
        writer.close()


async def _answer(reader: asyncio.StreamReader) -> bytes:
    first = await reader.readexactly(5)
    if first.startswith(b"GET "):
        await reader.readuntil(b"\r\n\r\n")
        return READY
    match first + await reader.readuntil(b"\0"):
        case b"zPING\0":
            return b"PONG\0"
        case b"zVERSION\0":
            return b"ClamAV SIMULATOR\0"
        case b"zINSTREAM\0":
            return await _scan(reader)
    return b"UNKNOWN COMMAND\0"


async def _scan(reader: asyncio.StreamReader) -> bytes:
    data = bytearray()
    while size := int.from_bytes(await reader.readexactly(4)):
        if len(data) + size > MOST:
            return b"INSTREAM size limit exceeded. ERROR\0"
        data += await reader.readexactly(size)
    return b"stream: Eicar-Test-Signature FOUND\0" if EICAR in data else b"stream: OK\0"


async def _listen(port: int) -> None:
    server = await asyncio.start_server(serve, "127.0.0.1", port)
    async with server:
        await server.serve_forever()


def run(port: int) -> None:
    """Serve until told to stop."""
    refuse_production()
    asyncio.run(_listen(port))

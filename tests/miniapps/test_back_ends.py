"""Requests from inside our network: only where review said, and never to the inside."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from miniapps.providers import back_ends
from miniapps.providers.back_ends import (
    BackEndBusy,
    BackEndFailed,
    BackEndLate,
    DirectBackEnds,
    Outgoing,
    checked_address,
)


@asynccontextmanager
async def answering(
    reply: bytes, *, wait: float = 0, secured: ssl.SSLContext | None = None
) -> AsyncIterator[str]:
    """A server that says these bytes to everybody."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        await asyncio.sleep(wait)
        writer.write(reply)
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=secured)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()


def said(body: bytes, status: str = "200 OK", more: bytes = b"") -> bytes:
    head = f"HTTP/1.1 {status}\r\ncontent-type: application/json\r\ncontent-length: {len(body)}"
    return head.encode() + b"\r\nconnection: close\r\n" + more + b"\r\n" + body


@pytest.mark.parametrize(
    "url",
    [
        "http://api.example.gov.cn/",
        "https://10.1.2.3/",
        "https://192.168.0.1/",
        "https://169.254.169.254/latest/meta-data",
        "https://[fd00::1]/",
        "https://[::ffff:10.0.0.1]/",
        "https://100.64.0.1/",
        "https://224.0.0.1/",
        "https://0.0.0.0/",
        "http://localhost/",
    ],
)
async def test_an_inner_address_is_never_asked(url):
    with pytest.raises(BackEndFailed):
        await checked_address(httpx.URL(url))


async def test_a_name_with_one_inner_address_among_outer_ones_is_not_asked(monkeypatch):
    async def resolved(*_: object, **__: object):
        return [(0, 0, 0, "", (address, 443)) for address in ("114.114.114.114", "10.0.0.1")]

    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", resolved)
    with pytest.raises(BackEndFailed, match="inner"):
        await checked_address(httpx.URL("https://api.example.gov.cn/"))


async def test_loopback_is_for_development_alone(monkeypatch):
    url = httpx.URL("https://127.0.0.1/")
    assert await checked_address(url) == "127.0.0.1"
    production = back_ends.load().model_copy(update={"env": "production"})
    monkeypatch.setattr(back_ends, "load", lambda: production)
    for address in (url, httpx.URL("http://127.0.0.1:8801/")):
        with pytest.raises(BackEndFailed):
            await checked_address(address)


def certificate(folder: Path, name: str) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """A server of this name, and a client that trusts its certificate."""
    key = ec.generate_private_key(ec.SECP256R1())
    named = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(named)
        .issuer_name(named)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = made.public_bytes(Encoding.PEM)
    secret = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (folder / "both.pem").write_bytes(pem + secret)
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(folder / "both.pem")
    return server, ssl.create_default_context(cadata=pem.decode())


async def test_the_certificate_is_of_the_name_though_the_connection_goes_to_its_address(
    tmp_path, monkeypatch
):
    server, trusted = certificate(tmp_path, "api.tl.example.gov.cn")
    async with answering(said(b"{}"), secured=server) as url:
        port = url.rpartition(":")[2]

        async def resolved(*_: object, **__: object):
            return [(0, 0, 0, "", ("127.0.0.1", int(port)))]

        monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", resolved)
        sender = DirectBackEnds(trusted)
        good = f"https://api.tl.example.gov.cn:{port}/x"
        assert (await sender.send(Outgoing("GET", good))).status == 200
        with pytest.raises(BackEndFailed):
            await sender.send(Outgoing("GET", f"https://other.example.gov.cn:{port}/x"))


async def test_an_answer_comes_back_as_it_was():
    async with answering(said(b'{"a":1}')) as url:
        reply = await DirectBackEnds().send(Outgoing("GET", f"{url}/x"))
    assert (reply.status, reply.content_type, reply.body) == (200, "application/json", b'{"a":1}')


async def test_a_redirect_leads_nowhere():
    moved = said(b"", "302 Found", b"location: http://127.0.0.1:8801/staff/v1/me\r\n")
    async with answering(moved) as url:
        with pytest.raises(BackEndFailed, match="redirect"):
            await DirectBackEnds().send(Outgoing("GET", url))


async def test_an_endless_answer_is_cut_off():
    async with answering(said(b"x" * (back_ends.MAX_REPLY + 1))) as url:
        with pytest.raises(BackEndFailed, match="large"):
            await DirectBackEnds().send(Outgoing("GET", url))


async def test_nobody_waits_for_ever_and_one_slow_back_end_takes_no_others_turn(monkeypatch):
    monkeypatch.setattr(back_ends, "SECONDS", 0.3)
    monkeypatch.setattr(back_ends, "AT_ONCE", 2)
    sender = DirectBackEnds()
    async with answering(said(b"{}"), wait=5) as slow, answering(said(b"{}")) as quick:
        tried = asyncio.gather(
            *(sender.send(Outgoing("GET", slow)) for _ in range(3)), return_exceptions=True
        )
        await asyncio.sleep(0.05)
        assert (await sender.send(Outgoing("GET", quick))).status == 200
        kinds = sorted(type(error).__name__ for error in await tried)
    assert kinds == [BackEndBusy.__name__, BackEndLate.__name__, BackEndLate.__name__]
    assert not sender._turns

"""Channels in process: their worlds behind a transport, and a clock that tests move."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)
from cryptography.x509.oid import NameOID

from app_server.kernel import clock
from app_server.kernel.rsa2 import public_key
from payments.providers.alipay import Alipay
from payments.providers.alipay_account import AlipayPaySettings
from payments.providers.gateway import Incoming, PayRequest, RefundRequest
from payments.providers.unionpay import UnionPay
from payments.providers.unionpay_account import (
    SimulatedUnionPay,
    UnionPaySettings,
    made_unionpay,
)
from payments.providers.wechat_nontax import WeChatNonTax
from payments.providers.wechat_nontax_account import WeChatNonTaxSettings
from payments.providers.wechatpay import WeChatPay
from payments.providers.wechatpay_account import WeChatPaySettings
from payments.simulators.alipay_books import Seller
from payments.simulators.alipay_world import AlipayWorld
from payments.simulators.faults import World, carry
from payments.simulators.notices import Outgoing
from payments.simulators.unionpay_world import UnionMerchant, UnionPayWorld
from payments.simulators.wechat_nontax_world import WeChatNonTaxWorld
from payments.simulators.wechatpay_books import Merchant
from payments.simulators.wechatpay_world import WeChatPayWorld

NOON = datetime(2026, 6, 1, 4, 0, tzinfo=UTC)


class TurnableClock:
    """The kernel's clock and the worlds' one, standing until a test moves it."""

    def __init__(self, at: datetime = NOON) -> None:
        self.at = at

    def __call__(self) -> datetime:
        return self.at

    def turn(self, **by: float) -> None:
        self.at += timedelta(**by)


@contextmanager
def turnable(at: datetime = NOON) -> Iterator[TurnableClock]:
    """Everybody reads this clock while it is open."""
    kept, made = clock._source, TurnableClock(at)
    clock._source = made
    try:
        yield made
    finally:
        clock._source = kept


class _InMemory(httpx.AsyncBaseTransport):
    def __init__(self, world: World) -> None:
        self._world = world

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        body = await request.aread()
        target = request.url.raw_path.decode("ascii")
        carried = carry(self._world, request.method, target, request.headers, body)
        if carried.reply is None:
            raise httpx.ReadError("lost", request=request)
        if carried.slow:
            raise httpx.ReadTimeout("slow", request=request)
        status, headers, told = carried.reply
        stream = httpx.ByteStream(told)
        return httpx.Response(status, headers=headers, stream=stream, request=request)


def in_memory(world: World) -> httpx.AsyncBaseTransport:
    """A transport that brings calls to a world in this process, over the line its faults make."""
    return _InMemory(world)


def cheap_key() -> RSAPrivateKey:
    """Short, so that a hundred thousand orders are signed in a test's time."""
    return generate_private_key(public_exponent=65537, key_size=1024)  # noqa: S505 - in tests only


def private_pem(key: RSAPrivateKey) -> str:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def public_pem(key: RSAPrivateKey) -> str:
    return key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


def wechat_world(now: TurnableClock, **more) -> tuple[WeChatPayWorld, WeChatPaySettings]:
    """A world with one merchant, and the settings that reach it."""
    ours, theirs = cheap_key(), cheap_key()
    account = WeChatPaySettings(
        private_key=private_pem(ours), platform_public_key=public_pem(theirs), **more
    )
    return WeChatPayWorld([Merchant(account, ours.public_key(), theirs)], now), account


def wechat_pair(now: TurnableClock, **more) -> tuple[WeChatPayWorld, WeChatPay]:
    """A world and our gateway in front of it."""
    world, account = wechat_world(now, **more)
    return world, WeChatPay(account, in_memory(world))


def alipay_world(now: TurnableClock, **more) -> tuple[AlipayWorld, AlipayPaySettings]:
    """A world with one seller, and the settings that reach it."""
    ours, theirs = cheap_key(), cheap_key()
    account = AlipayPaySettings(
        app_private_key=private_pem(ours), alipay_public_key=public_pem(theirs), **more
    )
    world = AlipayWorld([Seller(account, ours.public_key(), theirs)], now, account.url)
    return world, account


def alipay_pair(now: TurnableClock, **more) -> tuple[AlipayWorld, Alipay]:
    """A world and our gateway in front of it."""
    world, account = alipay_world(now, **more)
    return world, Alipay(account, in_memory(world))


def opened(world: World, url: str) -> tuple[int, dict[str, str], bytes]:
    """Somebody's browser opens a page of the channel."""
    parts = urlsplit(url)
    return world.handle("GET", f"{parts.path}?{parts.query}", {}, b"")


def order(number: str = "ORDER00001", fen: int = 2000, **more) -> PayRequest:
    """An order to place, by default on H5."""
    told = {
        "title": "居住证补领工本费",
        "pay_code": "34000026000000000017",
        "expires_at": clock.now() + timedelta(minutes=30),
        "product": "h5",
        "return_url": "http://shell.example/pay/result/1",
    } | more
    return PayRequest(out_trade_no=number, amount_fen=fen, **told)


def giving_back(
    number: str = "REFUND0001", of: str = "ORDER00001", fen: int = 500, total: int = 2000
) -> RefundRequest:
    """A refund to ask for."""
    return RefundRequest(number, of, fen, total, "多缴退回")


def incoming(told: Outgoing) -> Incoming:
    """A notice as our endpoint would see it."""
    return Incoming({name.lower(): value for name, value in told.headers.items()}, told.body)


def vectors(shared: Path, name: str) -> Any:
    """Vectors of the vendors' own test suites."""
    return json.loads((shared / "data" / "payments" / name).read_text(encoding="utf-8-sig"))


def self_signed(key: RSAPrivateKey, name: str) -> str:
    """A certificate of a key, as PEM."""
    who = x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "CN"),
            x509.NameAttribute(NameOID.COMMON_NAME, f"SIM {name}"),
        ]
    )
    made = (
        x509.CertificateBuilder()
        .subject_name(who)
        .issuer_name(who)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(NOON - timedelta(days=1))
        .not_valid_after(NOON + timedelta(days=3650))
        .sign(key, hashes.SHA256())
    )
    return made.public_bytes(Encoding.PEM).decode()


@lru_cache(maxsize=1)
def union_certificates() -> SimulatedUnionPay:
    """One chain for all tests: making it takes a while."""
    return made_unionpay()


def unionpay_pair(now: TurnableClock, **more) -> tuple[UnionPayWorld, UnionPay]:
    """A world with one merchant and our gateway in front of it."""
    made = union_certificates()
    account = UnionPaySettings(
        private_key=made.our_private,
        root_certificate=made.root,
        middle_certificate=made.middle,
        **more,
    )
    merchant = UnionMerchant(account, public_key(made.our_public))
    world = UnionPayWorld([merchant], made, now, account.url)
    return world, UnionPay(account, in_memory(world))


async def some_token() -> str:
    """A token of the simulated WeChat."""
    return "TOKEN"


def wechat_nontax_pair(now: TurnableClock) -> tuple[WeChatNonTaxWorld, WeChatNonTax]:
    """A world and our gateway in front of it."""
    account = WeChatNonTaxSettings()
    world = WeChatNonTaxWorld(account, now, account.url)
    return world, WeChatNonTax(account, in_memory(world))

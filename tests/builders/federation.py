"""Other platforms for tests: their keys, their messages, their registration, a second instance."""

import hashlib
import json
import os
import secrets
import socket
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import jwt
from cryptography.hazmat.primitives.asymmetric import ec
from jwt.algorithms import ECAlgorithm

from app_server.kernel import db
from auth.federation import service as federation
from auth.federation.models import Platform
from tests.builders.staff import administrator
from tests.conftest import KEPT, WANSHI

PROJECT = Path(__file__).resolve().parents[2]
HEFEI, BOZHOU, MAANSHAN, PROVINCE = "340100", "341600", "340500", "340000"
NOWHERE = "http://127.0.0.1:9"
MEDIA = {"content-type": "application/jose"}
PASSWORD = "花戏楼前的石狮子8"


def urn(code: str) -> str:
    """How a platform is named."""
    return f"urn:wanshi:platform:{code}"


@dataclass
class Peer:
    """A platform's key in our hands: what it would sign."""

    code: str
    key: Any = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))

    @property
    def jwk(self) -> dict[str, str]:
        """Its public part, as it is registered."""
        found = ECAlgorithm.to_jwk(self.key.public_key(), as_dict=True)
        kept = {name: found[name] for name in ("kty", "crv", "x", "y")}
        return kept | {"kid": f"k-{self.code}", "use": "sig", "alg": "ES256"}

    def message(self, kind: str, body: Any, *, header: Any = None, key: Any = None, **claims: Any):
        """A good message to the province, with changes (None leaves a claim out)."""
        now = int(time.time())
        told = {
            "iss": urn(self.code), "aud": urn(PROVINCE), "iat": now, "exp": now + 60,
            "jti": secrets.token_hex(8), "kind": kind, "body": body,
        } | claims  # fmt: skip
        told = {name: value for name, value in told.items() if value is not None}
        head = {"kid": f"k-{self.code}", "typ": "federation+jwt"} | (header or {})
        return jwt.encode(told, key or self.key, "ES256", headers=head)

    async def say(self, partner: httpx.AsyncClient, kind: str, body: Any, **changes: Any):
        """Say it on the partner surface."""
        return await partner.post(
            "/federation/messages", content=self.message(kind, body, **changes), headers=MEDIA
        )

    async def token(self, http: httpx.AsyncClient, issuer: str, client_id: str) -> dict[str, str]:
        """Authorization headers of this platform's client at our provider (RFC 7523)."""
        now = int(time.time())
        proof = jwt.encode(
            {"iss": client_id, "sub": client_id, "aud": issuer, "iat": now, "exp": now + 60,
             "jti": secrets.token_hex(8)},
            self.key, "ES256", headers={"kid": f"k-{self.code}"},
        )  # fmt: skip
        reply = await http.post(
            f"{issuer}/oauth/token",
            data={
                "grant_type": "client_credentials",
                "client_id": client_id,
                "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
                "client_assertion": proof,
            },
        )
        assert reply.status_code == 200, reply.text
        return {"authorization": f"Bearer {reply.json()['access_token']}"}


def claims_of(text: str) -> dict[str, Any]:
    """What a signed answer says, unread by any key."""
    return jwt.decode(text, options={"verify_signature": False})


def wanted(peer: Peer, **changes: Any) -> federation.PlatformWanted:
    """What is registered about a platform that nobody runs."""
    told = {
        "name": f"平台 {peer.code}（测试）",
        "partner_url": NOWHERE,
        "public_url": "http://portal.localhost:9",
        "jwks": (peer.jwk,),
        "origins": (f"http://p{peer.code}.localhost:9",),
    } | changes
    return federation.PlatformWanted(**told)


async def city(code: str = BOZHOU, **changes: Any) -> tuple[Peer, Platform]:
    """A registered city whose key we hold."""
    peer = Peer(code)
    row = await federation.register_platform(await administrator(), code, wanted(peer, **changes))
    return peer, row


async def empty_tables() -> None:
    """Empty tables for a module that keeps what it makes from test to test."""
    tables = await db.rows("SELECT tablename FROM pg_tables WHERE schemaname='public'")
    names = ", ".join(f'"{t["tablename"]}"' for t in tables if t["tablename"] not in KEPT)
    await db.execute(f"TRUNCATE {names} RESTART IDENTITY CASCADE")


def legacy_row(number: str, name: str = "李明轩", mobile: str = "13900000001", **changes: Any):
    """One legacy user in the standard field set."""
    return {
        "cert_type": "111", "cert_no": number, "user_name": name, "user_sex": "1",
        "user_nation": "汉族", "user_mobile": mobile,
    } | changes  # fmt: skip


def ndjson(rows: list[Any]) -> bytes:
    """Rows as they travel."""
    return "\n".join(json.dumps(row, ensure_ascii=False) for row in rows).encode()


def sha256(data: bytes) -> str:
    """The digest an import is announced with."""
    return hashlib.sha256(data).hexdigest()


@dataclass
class Instance:
    """A city's platform as processes of its own: own database, keys and ports."""

    folder: Path
    code: str
    environment: dict[str, str]
    ports: dict[str, int]
    running: dict[str, "subprocess.Popen[bytes]"] = field(default_factory=dict)
    jwk: dict[str, str] = field(default_factory=dict)

    def url(self, surface: str) -> str:
        """Where a surface listens."""
        return f"http://127.0.0.1:{self.ports[surface]}"

    def set_up(self, told: dict[str, Any]) -> dict[str, Any]:
        """Migrate, register the province and make what tests need; what it tells."""
        done = subprocess.run(
            [sys.executable, "-m", "tests.federation.city"],
            cwd=PROJECT,
            env=self.environment,
            input=json.dumps(told),
            capture_output=True,
            text=True,
            timeout=100,
            check=False,
        )
        assert done.returncode == 0, done.stderr[-3000:]
        return json.loads(done.stdout.splitlines()[-1])

    def start(self, *surfaces: str) -> None:
        """Serve these surfaces and wait until they answer."""
        for surface in surfaces:
            log = (self.folder / f"{surface}.log").open("ab")
            self.running[surface] = subprocess.Popen(
                [*WANSHI, "serve", "--surface", surface, "--port", str(self.ports[surface])],
                cwd=PROJECT,
                env=self.environment,
                stdout=log,
                stderr=log,
            )
        for surface in surfaces:
            self._await(surface)

    def _await(self, surface: str) -> None:
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            try:
                if httpx.get(f"{self.url(surface)}/readyz", trust_env=False).status_code == 200:
                    return
            except httpx.HTTPError:
                time.sleep(0.1)
        raise RuntimeError((self.folder / f"{surface}.log").read_text()[-3000:])

    def stop(self, *surfaces: str) -> None:
        """Stop these surfaces."""
        for surface in surfaces:
            process = self.running.pop(surface, None)
            if process is not None:
                process.terminate()
                process.wait(15)


def second_instance(folder: Path, code: str, province_origin: str) -> Instance:
    """A city beside us in the same PostgreSQL and Valkey, with nothing else in common."""
    ports = {surface: _free_port() for surface in ("public", "staff", "partner")}
    base, _, query = os.environ["DATABASE_URL"].partition("?")
    server = base.rpartition("/")[0]
    cache = os.environ["REDIS_URL"].replace("db=0", "db=1")
    environment = os.environ | {
        "DATABASE_URL": f"{server}/wanshi_city?{query}",
        "REDIS_URL": cache,
        "SECRETS_FILE": str(folder / "secrets.json"),
        "STORAGE_URL": f"file://{folder / 'objects'}",
        "PLATFORM_TIER": "city",
        "PLATFORM_REGION": code,
        "PROVINCE_ORIGIN": province_origin,
        "PUBLIC_ORIGIN": f"http://127.0.0.1:{ports['public']}",
        **{f"{surface.upper()}_PORT": str(port) for surface, port in ports.items()},
    }
    return Instance(folder, code, dict(environment), ports)


def _free_port() -> int:
    while True:
        port = 10_000 + secrets.randbelow(20_000)
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) != 0:
                return port

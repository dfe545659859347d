"""Two certificate authorities (模拟电子认证机构): they issue, revoke, and publish their lists.

Their keys are made on this machine at first start, beside the secrets file, never committed.
`POST /<name>/__issue {"csr", "name", "number", "kind"}` issues, `POST /<name>/__revoke {"serial"}`
revokes, `GET /<name>/crl` is the list.
"""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import orjson
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import NameOID
from sanic import HTTPResponse, Request, Sanic

from app_server.kernel.http.simulating import refuse_production, run_simulator
from app_server.kernel.rsa2 import write_once
from app_server.kernel.settings import load
from auth.identity.providers.certificates import (
    CREDIT_CODE,
    PERSON_NUMBER,
    CertificateSettings,
)

NUMBER = 17
NAMES = {"demo-ca-one": "模拟电子认证机构一", "demo-ca-two": "模拟电子认证机构二"}
Revoked = dict[int, datetime]


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        content_commitment=not signs_certificates,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        encipher_only=False,
        decipher_only=False,
    )


class DemoAuthority:
    """One authority with its key."""

    def __init__(self, key: ec.EllipticCurvePrivateKey, certificate: x509.Certificate) -> None:
        self._key, self.certificate = key, certificate
        self.revoked: Revoked = {}

    @classmethod
    def make(cls, title: str) -> "DemoAuthority":
        """A fresh self-signed authority of ten years."""
        key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
        certificate = (
            x509.CertificateBuilder()
            .subject_name(_name(title))
            .issuer_name(_name(title))
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(minutes=5))
            .not_valid_after(now + timedelta(days=3650))
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(_usage(signs_certificates=True), critical=True)
            .sign(key, hashes.SHA256())
        )
        return cls(key, certificate)

    def issue(
        self,
        public: Any,
        name: str,
        number: str,
        *,
        kind: x509.ObjectIdentifier = PERSON_NUMBER,
        start: datetime | None = None,
        days: int = 365,
    ) -> x509.Certificate:
        """A signing certificate that binds a number (GM/T 0015)."""
        begin = start or datetime.now(UTC) - timedelta(minutes=5)
        held = number.encode()
        return (
            x509.CertificateBuilder()
            .subject_name(_name(name))
            .issuer_name(self.certificate.subject)
            .public_key(public)
            .serial_number(x509.random_serial_number())
            .not_valid_before(begin)
            .not_valid_after(begin + timedelta(days=days))
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(_usage(signs_certificates=False), critical=True)
            .add_extension(
                x509.UnrecognizedExtension(kind, bytes([0x13, len(held)]) + held), critical=False
            )
            .sign(self._key, hashes.SHA256())
        )

    def crl(self, number: int = 1, days: int = 1) -> str:
        """The present revocation list (PEM)."""
        now = datetime.now(UTC)
        builder = (
            x509.CertificateRevocationListBuilder()
            .issuer_name(self.certificate.subject)
            .last_update(now)
            .next_update(now + timedelta(days=days))
            .add_extension(x509.CRLNumber(number), critical=False)
        )
        for serial, at in self.revoked.items():
            builder = builder.add_revoked_certificate(
                x509.RevokedCertificateBuilder().serial_number(serial).revocation_date(at).build()
            )
        return builder.sign(self._key, hashes.SHA256()).public_bytes(Encoding.PEM).decode()

    def stored(self) -> str:
        """Key and certificate as text."""
        key = self._key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        told = {"key": key.decode(), "pem": self.certificate.public_bytes(Encoding.PEM).decode()}
        return json.dumps(told)

    @classmethod
    def opened(cls, text: str) -> "DemoAuthority":
        """What `stored` wrote."""
        told = json.loads(text)
        key = load_pem_private_key(told["key"].encode(), None)
        if not isinstance(key, ec.EllipticCurvePrivateKey):
            raise TypeError("demo authorities sign with P-256")
        return cls(key, x509.load_pem_x509_certificate(told["pem"].encode()))


def demo_authority(name: str, folder: Path) -> DemoAuthority:
    """The demo authority of a name, made at first need, and trusted by this instance."""
    refuse_production()
    store = folder / f"{name}.json"
    if not store.exists():
        write_once(store, DemoAuthority.make(NAMES[name]).stored())
    found = DemoAuthority.opened(store.read_text())
    url = f"{load().simulator_url(NUMBER)}/{name}/crl"
    (folder / f"{name}.crl").write_text(url)
    write_once(folder / f"{name}.pem", found.certificate.public_bytes(Encoding.PEM).decode())
    return found


def build() -> "Sanic[Any, Any]":
    """The simulator's application."""
    refuse_production()
    app: Sanic[Any, Any] = Sanic("simulator_authorities", configure_logging=False)
    app.config.AUTO_EXTEND = False
    folder = CertificateSettings().folder
    held = {name: demo_authority(name, folder) for name in NAMES}
    label = {"X-Simulator": "authorities"}

    @app.get("/<name:str>/crl")
    async def crl(_: Request, name: str) -> HTTPResponse:
        if name not in held:
            return HTTPResponse("", 404)
        number = int(datetime.now(UTC).timestamp())
        return HTTPResponse(held[name].crl(number), 200, label, "application/x-pem-file")

    @app.post("/<name:str>/__issue")
    async def issue(request: Request, name: str) -> HTTPResponse:
        asked = orjson.loads(request.body)
        csr = x509.load_pem_x509_csr(asked["csr"].encode())
        if not csr.is_signature_valid:
            return HTTPResponse("csr", 400)
        kind = CREDIT_CODE if asked.get("kind") == "organisation" else PERSON_NUMBER
        made = held[name].issue(csr.public_key(), asked["name"], asked["number"], kind=kind)
        pem = made.public_bytes(Encoding.PEM).decode()
        return HTTPResponse(orjson.dumps({"certificate": pem}), 200, label)

    @app.post("/<name:str>/__revoke")
    async def revoke(request: Request, name: str) -> HTTPResponse:
        serial = int(orjson.loads(request.body)["serial"], 16)
        held[name].revoked[serial] = datetime.now(UTC)
        return HTTPResponse("", 204)

    return app


def run(port: int) -> None:
    """Serve until told to stop."""
    run_simulator(build(), port)

"""A time-stamp authority (模拟时间戳机构): RFC 3161 over HTTP, with a root of its own.

The root is made on this machine at first start, beside the secrets file, never committed; the
stamping certificate is new at each start. `POST /stamp` takes a request and answers a token,
`POST /__faults {"down": n, "wrong": n}` makes the next answers fail or stamp something else.
"""

import secrets
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

from asn1crypto import algos, cms, core, pem, tsp, x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)
from sanic import HTTPResponse, Request, Sanic

from app_server.kernel.certificates import building, checking
from app_server.kernel.certificates.building import Subject, Validity
from app_server.kernel.certificates.keys import Algorithm, public_key
from app_server.kernel.http.simulating import refuse_production, run_simulator
from app_server.kernel.rsa2 import write_once
from app_server.seals.providers.time_stamp import TimeStampSettings

POLICY = f"{building.ARC}.9"
LABEL = {"X-Simulator": "tsa"}
_END = "-----END PRIVATE KEY-----\n"


class PlainKey:
    """A P-256 key in this process, for an authority that is only played."""

    algorithm: Algorithm = "p256"

    def __init__(self, key: ec.EllipticCurvePrivateKey) -> None:
        self.key = key
        self.point = key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)

    @classmethod
    def make(cls) -> "PlainKey":
        """A fresh key."""
        return cls(ec.generate_private_key(ec.SECP256R1()))

    def sign(self, data: bytes) -> bytes:
        """The signature over `data` as DER."""
        return self.key.sign(data, ec.ECDSA(hashes.SHA256()))


class DemoAuthority:
    """The authority: a root that stays, and a stamping key with its certificate."""

    def __init__(self, root_key: PlainKey, root: x509.Certificate) -> None:
        self.root = root
        self._key = PlainKey.make()
        self.leaf = _certificate("模拟时间戳机构", self._key, "time_stamp", root_key, root)

    @classmethod
    def make(cls) -> "DemoAuthority":
        """An authority with a fresh root."""
        key = PlainKey.make()
        return cls(key, _certificate("模拟时间戳机构根证书", key, "root", key, None))

    @classmethod
    def kept(cls, folder: Path) -> "DemoAuthority":
        """The authority of this machine, made at the first start; its root is put where we look."""
        key = PlainKey.make()
        root = _certificate("模拟时间戳机构根证书", key, "root", key, None)
        private = key.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        write_once(folder / "authority.pem", private.decode() + _pem(root))
        private_text, end, root_text = (folder / "authority.pem").read_text().partition(_END)
        loaded = load_pem_private_key((private_text + end).encode(), None)
        write_once(folder / "root.pem", root_text)
        if not isinstance(loaded, ec.EllipticCurvePrivateKey):
            raise TypeError(folder)
        return cls(PlainKey(loaded), checking.read_certificate(root_text.encode()))

    def answer(self, asked: bytes, at: datetime, *, wrong: bool = False) -> bytes:
        """The answer to a request, with a token; a broken request is rejected (RFC 3161 §2.4.2)."""
        try:
            request = tsp.TimeStampReq.load(asked, strict=True)
            imprint = request["message_imprint"]
            fits = imprint["hash_algorithm"]["algorithm"].native == "sha256"
        except (ValueError, TypeError):
            fits = False
        if not fits:
            return _rejection()
        info = {
            "version": "v1",
            "policy": POLICY,
            "message_imprint": {
                "hash_algorithm": {"algorithm": "sha256"},
                "hashed_message": sha256(b"").digest() if wrong else imprint["hashed_message"],
            },
            "serial_number": secrets.randbits(63),
            "gen_time": at.astimezone(UTC).replace(microsecond=0),
            "ordering": False,
        }
        if request["nonce"].native is not None:
            info["nonce"] = request["nonce"].native
        token = self._token(tsp.TSTInfo(info).dump())
        return bytes(
            tsp.TimeStampResp({"status": {"status": "granted"}, "time_stamp_token": token}).dump()
        )

    def _token(self, body: bytes) -> cms.ContentInfo:
        attributes = cms.CMSAttributes(
            [
                {"type": "content_type", "values": ["tst_info"]},
                {"type": "message_digest", "values": [sha256(body).digest()]},
                {"type": "signing_certificate_v2", "values": [self._bound()]},
            ]
        )
        signer = cms.SignerInfo(
            {
                "version": "v1",
                "sid": cms.SignerIdentifier(
                    name="issuer_and_serial_number",
                    value={"issuer": self.leaf.issuer, "serial_number": self.leaf.serial_number},
                ),
                "digest_algorithm": {"algorithm": "sha256"},
                "signed_attrs": attributes,
                "signature_algorithm": {"algorithm": "sha256_ecdsa"},
                "signature": self._key.sign(attributes.dump()),
            }
        )
        signed = cms.SignedData(
            {
                "version": "v3",
                "digest_algorithms": [algos.DigestAlgorithm({"algorithm": "sha256"})],
                "encap_content_info": {
                    "content_type": "tst_info",
                    "content": core.ParsableOctetString(body),
                },
                "certificates": [cms.CertificateChoices(name="certificate", value=self.leaf)],
                "signer_infos": [signer],
            }
        )
        return cms.ContentInfo({"content_type": "signed_data", "content": signed})

    def _bound(self) -> tsp.SigningCertificateV2:
        named = {"cert_hash": sha256(self.leaf.dump()).digest()}
        return tsp.SigningCertificateV2({"certs": [tsp.ESSCertIDv2(named)]})


def _certificate(
    name: str, key: PlainKey, use: building.Use, signer: PlainKey, issuer: x509.Certificate | None
) -> x509.Certificate:
    now = datetime.now(UTC)
    valid = Validity(now - timedelta(minutes=5), now + timedelta(days=3650))
    made = building.certificate(
        Subject(name), public_key("p256", key.point), use, valid, signer, issuer
    )
    return checking.read_certificate(made)


def _pem(certificate: x509.Certificate) -> str:
    return bytes(pem.armor("CERTIFICATE", certificate.dump())).decode()


def _rejection() -> bytes:
    refused = {"status": "rejection", "fail_info": {"bad_request"}}
    # A refusal has no token; the type of asn1crypto cannot be written without one.
    body = bytes(tsp.PKIStatusInfo(refused).dump())
    return bytes([0x30, len(body)]) + body


def build() -> "Sanic[Any, Any]":
    """The simulator's application."""
    refuse_production()
    app: Sanic[Any, Any] = Sanic("simulator_tsa", configure_logging=False)
    app.config.AUTO_EXTEND = False
    authority = DemoAuthority.kept(TimeStampSettings().root_file.parent)
    faults: dict[str, int] = {}

    def fails(name: str) -> bool:
        faults[name] = faults.get(name, 0) - 1
        return faults[name] >= 0

    @app.post("/stamp")
    async def stamp(request: Request) -> HTTPResponse:
        if fails("down"):
            return HTTPResponse(b"", 503, LABEL)
        told = authority.answer(request.body, datetime.now(UTC), wrong=fails("wrong"))
        return HTTPResponse(told, 200, LABEL, "application/timestamp-reply")

    @app.post("/__faults")
    async def set_faults(request: Request) -> HTTPResponse:
        faults.update(request.json)
        return HTTPResponse(b"", 204, LABEL)

    return app


def run(port: int) -> None:
    """Serve until told to stop."""
    run_simulator(build(), port)

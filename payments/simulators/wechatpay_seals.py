"""What WeChat Pay signs and seals with, for one merchant: its public key, its certificate."""

import base64
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import orjson
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from app_server.kernel.clock import local
from app_server.kernel.rsa2 import sign
from payments.providers.wechatpay_signing import message, serial_of


@dataclass
class Platform:
    """Signs answers and notices; in certificate mode with a key pair of its own."""

    public_key_id: str
    api_key: str
    key: RSAPrivateKey
    _certified: list[tuple[x509.Certificate, RSAPrivateKey]] = field(default_factory=list)

    def sign(
        self, body: bytes, now: datetime, wanted: str = "", *, spoilt: bool = False
    ) -> dict[str, str]:
        """The four headers of a signature; `wanted` is the key id the caller asked for."""
        stamp, nonce = str(int(now.timestamp())), secrets.token_hex(16)
        serial, key = self._signer(now, wanted)
        signed = message(stamp, nonce) + body + b"\n"
        return {
            "Wechatpay-Timestamp": stamp,
            "Wechatpay-Nonce": nonce,
            "Wechatpay-Serial": serial,
            "Wechatpay-Signature": sign(key, b"spoilt" + signed if spoilt else signed),
            "Wechatpay-Signature-Type": "WECHATPAY2-SHA256-RSA2048",
        }

    def notice(
        self,
        number: str,
        made: str,
        kind: str,
        told: Mapping[str, Any],
        now: datetime,
        *,
        forged: bool,
    ) -> tuple[Mapping[str, str], bytes]:
        """A sealed and signed notice; a forged one tells of success with nobody's signature."""
        refund = kind.startswith("REFUND")
        bound = "refund" if refund else "transaction"
        body = orjson.dumps(
            {
                "id": number,
                "create_time": made,
                "resource_type": "encrypt-resource",
                "event_type": kind,
                "summary": "退款成功" if refund else "支付成功",
                "resource": {"original_type": bound} | self.seal(orjson.dumps(told), bound),
            }
        )
        headers = {"content-type": "application/json"}
        return headers | self.sign(body, now, self.public_key_id, spoilt=forged), body

    def seal(self, plain: bytes, bound: str) -> dict[str, str]:
        """AEAD_AES_256_GCM under the merchant's APIv3 key."""
        nonce = secrets.token_hex(6)
        sealed = AESGCM(self.api_key.encode()).encrypt(nonce.encode(), plain, bound.encode())
        return {
            "algorithm": "AEAD_AES_256_GCM",
            "ciphertext": base64.b64encode(sealed).decode(),
            "associated_data": bound,
            "nonce": nonce,
        }

    def sealed_certificate(self, now: datetime) -> dict[str, Any]:
        """One entry of the list of platform certificates."""
        certificate, _ = self.certified(now)
        pem = certificate.public_bytes(Encoding.PEM)
        return {
            "serial_no": serial_of(certificate),
            "effective_time": local(certificate.not_valid_before_utc).isoformat(),
            "expire_time": local(certificate.not_valid_after_utc).isoformat(),
            "encrypt_certificate": self.seal(pem, "certificate"),
        }

    def certified(self, now: datetime) -> tuple[x509.Certificate, RSAPrivateKey]:
        """The certificate in use, made when it is first asked for."""
        if not self._certified:
            self.rotate(now)
        return self._certified[-1]

    def rotate(self, now: datetime) -> None:
        """Take a new certificate into use."""
        key = generate_private_key(public_exponent=65537, key_size=2048)
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "SIM 模拟微信支付平台证书")])
        made = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(days=1))
            .not_valid_after(now + timedelta(days=1826))
            .sign(key, hashes.SHA256())
        )
        self._certified.append((made, key))

    def _signer(self, now: datetime, wanted: str) -> tuple[str, RSAPrivateKey]:
        if self.public_key_id and wanted in {"", self.public_key_id}:
            return self.public_key_id, self.key
        certificate, key = self.certified(now)
        return serial_of(certificate), key

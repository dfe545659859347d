"""Our accounts at UnionPay (银联全渠道): one merchant for the treasury's money, one for fees.

UnionPay signs with a certificate that comes with each message and is trusted by its chain; ours
is named by the decimal serial number of our certificate (`UNIONPAY_PAY_KEY_ID`).
"""

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import ClassVar

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)
from cryptography.x509.oid import NameOID
from pydantic import BaseModel
from pydantic_settings import SettingsConfigDict

from app_server.kernel.rsa2 import write_once
from app_server.kernel.settings import ConfigurationRefused, VendorSettings, load
from payments.rules import FeeClass

OWNER = "中国银联股份有限公司"


class UnionPaySettings(VendorSettings):
    """The merchant for what goes to the treasury; certificates and keys are PEM."""

    model_config = SettingsConfigDict(env_prefix="UNIONPAY_PAY_", extra="ignore", frozen=True)
    simulator = 32
    account: ClassVar[FeeClass] = "treasury"

    merchant: str = "SIM898340183980"
    private_key: str = ""
    root_certificate: str = ""
    middle_certificate: str = ""
    # Where daily files are fetched; UnionPay has another host for them.
    file_endpoint: str = ""

    @property
    def url(self) -> str:
        """As every vendor's; in production no simulated merchant is left, and no key missing."""
        missing = not (self.private_key and self.root_certificate and self.middle_certificate)
        if load().production and (self.merchant.startswith("SIM") or missing):
            raise ConfigurationRefused([f"{type(self).__name__}: 缺少商户号、私钥或根证书"])
        return super().url


class UnionPayBusinessSettings(UnionPaySettings):
    """The merchant for commercial fees."""

    model_config = SettingsConfigDict(env_prefix="UNIONPAY_BUSINESS_", extra="ignore", frozen=True)
    account: ClassVar[FeeClass] = "business"

    merchant: str = "SIM898340183981"


class SimulatedUnionPay(BaseModel):
    """Keys and certificates of the simulated UnionPay (PEM), and the key it knows us by."""

    our_private: str
    our_public: str
    root: str
    middle: str
    signing: str
    signing_key: str


@lru_cache(maxsize=1)
def simulated_unionpay() -> SimulatedUnionPay:
    """What the simulator signs with, made once on this machine; refused in production."""
    if load().production:
        raise ConfigurationRefused(["UnionPay: 缺少证书"])
    path = load().secrets_file.with_name("unionpay-simulator-certificates.json")
    if not path.exists():
        write_once(path, made_unionpay().model_dump_json())
    return SimulatedUnionPay.model_validate_json(path.read_text())


def made_unionpay(owner: str = OWNER, bits: int = 2048) -> SimulatedUnionPay:
    """A chain of certificates as UnionPay's is: root, middle, the one that signs."""
    ours, root, middle, signing = (
        generate_private_key(public_exponent=65537, key_size=bits) for _ in range(4)
    )
    names = ["SIM UnionPay Root", "SIM UnionPay Middle", f"SIM@SIM@{owner}@00040000:SIGN"]
    root_certificate = _certificate(names[0], root, names[0], root)
    middle_certificate = _certificate(names[1], middle, names[0], root)
    signing_certificate = _certificate(names[2], signing, names[1], middle, authority=False)
    return SimulatedUnionPay(
        our_private=_private(ours),
        our_public=ours.public_key()
        .public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        .decode(),
        root=root_certificate,
        middle=middle_certificate,
        signing=signing_certificate,
        signing_key=_private(signing),
    )


def _private(key: RSAPrivateKey) -> str:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def _certificate(
    subject: str, key: RSAPrivateKey, issuer: str, by: RSAPrivateKey, *, authority: bool = True
) -> str:
    begins = datetime.now(UTC) - timedelta(days=400)
    made = (
        x509.CertificateBuilder()
        .subject_name(_name(subject))
        .issuer_name(_name(issuer))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begins)
        .not_valid_after(begins + timedelta(days=8_000))
        .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
        .sign(by, SHA256())
    )
    return made.public_bytes(Encoding.PEM).decode()


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])

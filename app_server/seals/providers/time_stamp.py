"""Time stamps by RFC 3161: when a signature existed, told by a clock that outsiders trust.

The authority's root stands in a file (`SEALS_TSA_ROOT`, PEM); in development it is the shipped
simulator's. SHA-256 and ECDSA with P-256 only: that is what PAdES readers know as well.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path

import httpx
from asn1crypto import cms, tsp, x509
from pydantic_settings import BaseSettings, SettingsConfigDict

from app_server.kernel.certificates import checking
from app_server.kernel.certificates.keys import ECDSA_WITH_SHA256, UnreadableCertificate, holds
from app_server.kernel.settings import ConfigurationRefused, load
from app_server.seals.errors import TimeStampUnavailable

NUMBER = 36
_TIMEOUT = 5.0
_BROKEN = (ValueError, TypeError, KeyError, IndexError, UnreadableCertificate)


class TimeStampSettings(BaseSettings):
    """The time-stamp authority: its address and its root certificate."""

    model_config = SettingsConfigDict(env_prefix="SEALS_TSA_", extra="ignore", frozen=True)

    url: str = ""
    root: str = ""

    @property
    def address(self) -> str:
        """Where stamps are asked for; raises `ConfigurationRefused` where production names none."""
        if self.url:
            return self.url
        if load().production:
            raise ConfigurationRefused(["SEALS_TSA_URL 未设置"])
        return f"{load().simulator_url(NUMBER)}/stamp"

    @property
    def root_file(self) -> Path:
        """Where the authority's root stands; raises `ConfigurationRefused` like `address`."""
        if self.root:
            return Path(self.root)
        if load().production:
            raise ConfigurationRefused(["SEALS_TSA_ROOT 未设置"])
        return load().secrets_file.parent / "demo-tsa" / "root.pem"


@dataclass(frozen=True, slots=True)
class Stamp:
    """What a token says: when, by whom."""

    at: datetime
    authority: str


def request(data: bytes, nonce: int) -> bytes:
    """A request for a stamp over the SHA-256 of `data`, with the certificate in the answer."""
    return bytes(
        tsp.TimeStampReq(
            {
                "version": "v1",
                "message_imprint": {
                    "hash_algorithm": {"algorithm": "sha256"},
                    "hashed_message": sha256(data).digest(),
                },
                "nonce": nonce,
                "cert_req": True,
            }
        ).dump()
    )


def token_of(answer: bytes, nonce: int) -> bytes:
    """The token of an answer to our request; raises `ValueError` for a refusal or another nonce."""
    found = tsp.TimeStampResp.load(answer, strict=True)
    if found["status"]["status"].native not in {"granted", "granted_with_mods"}:
        raise ValueError("refused")
    token = found["time_stamp_token"]
    if _info(token)["nonce"].native != nonce:
        raise ValueError("nonce")
    return bytes(token.dump())


def _info(token: cms.ContentInfo) -> tsp.TSTInfo:
    content = token["content"]["encap_content_info"]
    if content["content_type"].native != "tst_info":
        raise ValueError("no time stamp")
    return content["content"].parsed


def read_token(token: bytes, data: bytes, root: x509.Certificate) -> Stamp | None:
    """What a token over `data` says, or None where it does not hold (RFC 3161 §2.4)."""
    try:
        return _read(cms.ContentInfo.load(token, strict=True), data, root)
    except _BROKEN:
        return None


def _read(token: cms.ContentInfo, data: bytes, root: x509.Certificate) -> Stamp | None:
    signed, info = token["content"], _info(token)
    imprint, at = info["message_imprint"], info["gen_time"].native
    (signer,) = signed["signer_infos"]
    (leaf,) = [c.chosen for c in signed["certificates"] if _named(signer, c.chosen)]
    attributes = {a["type"].native: a["values"][0] for a in signer["signed_attrs"]}
    body = signed["encap_content_info"]["content"].contents
    good = (
        imprint["hash_algorithm"]["algorithm"].native == "sha256"
        and imprint["hashed_message"].native == sha256(data).digest()
        and attributes["content_type"].native == "tst_info"
        and attributes["message_digest"].native == sha256(body).digest()
        and _bound(attributes["signing_certificate_v2"], leaf)
        and signer["signature_algorithm"]["algorithm"].dotted == ECDSA_WITH_SHA256
        # The attributes are signed as a SET (RFC 5652 §5.4), not under the tag they stand with.
        and holds(
            *checking.key_of(leaf),
            signer["signed_attrs"].untag().dump(),
            signer["signature"].native,
        )
        and _may_stamp(leaf, root, at)
    )
    return Stamp(at, leaf.subject.native.get("common_name", "")) if good else None


def _named(signer: cms.SignerInfo, certificate: x509.Certificate) -> bool:
    named = signer["sid"].chosen
    return bool(
        named["issuer"] == certificate.issuer
        and named["serial_number"].native == certificate.serial_number
    )


def _bound(value: tsp.SigningCertificateV2, leaf: x509.Certificate) -> bool:
    first = value["certs"][0]
    return bool(
        first["hash_algorithm"]["algorithm"].native == "sha256"
        and first["cert_hash"].native == sha256(leaf.dump()).digest()
    )


def _may_stamp(leaf: x509.Certificate, root: x509.Certificate, at: datetime) -> bool:
    purposes = leaf.extended_key_usage_value
    return (
        purposes is not None
        and purposes.native == ["time_stamping"]
        and "extended_key_usage" in leaf.critical_extensions
        and checking.issued_by(leaf, root)
        and leaf.not_valid_before <= at <= leaf.not_valid_after
    )


def trusted_root() -> x509.Certificate:
    """The root of the time-stamp authority; raises `ConfigurationRefused` where it is missing."""
    try:
        return checking.read_certificate(TimeStampSettings().root_file.read_bytes())
    except (OSError, UnreadableCertificate) as error:
        raise ConfigurationRefused(["SEALS_TSA_ROOT：没有可读的根证书"]) from error


async def ask(request_: bytes) -> bytes:
    """The authority's answer to a request, unread; raises `TimeStampUnavailable`."""
    try:
        async with httpx.AsyncClient(timeout=_TIMEOUT, trust_env=False) as line:
            answer = await line.post(
                TimeStampSettings().address,
                content=request_,
                headers={"Content-Type": "application/timestamp-query"},
            )
        answer.raise_for_status()
    except httpx.HTTPError as error:
        raise TimeStampUnavailable from error
    return answer.content


async def stamp(data: bytes) -> bytes:
    """A token over `data`, checked; raises `TimeStampUnavailable`. Call outside a unit of work."""
    nonce = secrets.randbits(63)
    answer = await ask(request(data, nonce))
    try:
        token = token_of(answer, nonce)
    except _BROKEN as error:
        raise TimeStampUnavailable from error
    if read_token(token, data, trusted_root()) is None:
        raise TimeStampUnavailable
    return token

"""Judging a seal's signature over a document: by content, seal, certificates, trust and time.

A signature is judged as of when it was made. We believe our own record of the use, then a time
stamp; without either it is judged as of now, whatever it says of itself.
"""

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta

from asn1crypto import x509

from app_server.kernel import clock, db
from app_server.kernel.certificates import checking
from app_server.kernel.certificates.building import EVENT_SIGNING, SEAL_MAKING, SEALING
from app_server.kernel.certificates.checking import TrustedAuthority
from app_server.kernel.certificates.keys import UnreadableCertificate, holds
from app_server.kernel.crypto import sm3
from app_server.seals.errors import NotASealedFile
from app_server.seals.providers import pades, time_stamp
from app_server.seals.rules import ses
from app_server.seals.service import authorities

REASONS = {
    "structure": "签章数据损坏",
    "content": "文件内容被改动",
    "place": "签章不属于这个位置",
    "signature": "签名无效",
    "seal": "印章数据被改动",
    "certificate_not_in_seal": "签名证书不属于该印章",
    "seal_expired": "印章不在有效期内",
    "seal_lost": "印章在签章前已挂失",
    "certificate_expired": "证书不在有效期内",
    "certificate_revoked": "证书已被吊销",
    "certificate_usage": "证书不可用于签章",
    "certificate_unknown": "无法取得证书吊销列表",
    "untrusted": "签发机构不在信任列表中",
    "time_stamp": "时间戳无效",
}
_FAULTS = {
    "expired": "certificate_expired",
    "not_yet": "certificate_expired",
    "usage": "certificate_usage",
    "revoked": "certificate_revoked",
    "no_list": "certificate_unknown",
    "untrusted": "untrusted",
}


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is wrong with a signature (nothing: it is good), whose seal, and as of when.

    `proven` says how the time is known: `record` (ours), `time_stamp`, or empty.
    """

    reasons: tuple[str, ...]
    seal_name: str = ""
    seal_code: str = ""
    signer: str = ""
    at: datetime | None = None
    proven: str = ""

    @property
    def sound(self) -> bool:
        """Whether the signature is good."""
        return not self.reasons


async def judge(signed_value: bytes, signature_xml: bytes, property_info: str) -> Verdict:
    """Judge the signature of a package's `Signature.xml`; never raises for bad bytes."""
    try:
        use = ses.read_signed_value(signed_value)
        leaf = checking.read_certificate(use.certificate)
        maker = checking.read_certificate(use.seal.maker)
        found = await asyncio.to_thread(_broken, use, leaf, maker, signature_xml, property_info)
    except (NotASealedFile, UnreadableCertificate):
        return Verdict(("structure",))
    stamped = await asyncio.to_thread(_stamped, use)
    if use.time_stamp and stamped is None:
        found.append("time_stamp")
    recorded = await _recorded(signed_value)
    # A token tells whole seconds, cut off: what happened within that one came before it.
    at = recorded or (stamped + timedelta(seconds=1) if stamped else clock.now())
    facts = use.seal.facts
    if not facts.valid_from <= at <= facts.valid_to:
        found.append("seal_expired")
    trusted = await authorities.trusted()
    found += await asyncio.to_thread(_certified, maker, trusted, facts.created, SEAL_MAKING)
    # A person's certificate signs for nobody but the person, and a department's for it alone.
    purpose = EVENT_SIGNING if facts.kind == ses.PERSONAL_SEAL else SEALING
    found += await _as_of(leaf, trusted, at, purpose)
    return Verdict(
        tuple(dict.fromkeys(found)),
        facts.name,
        facts.seal_id,
        str(leaf.subject.native.get("organization_name") or leaf.subject.human_friendly),
        at,
        "record" if recorded else "time_stamp" if stamped else "",
    )


def _broken(
    use: ses.SealUse,
    leaf: x509.Certificate,
    maker: x509.Certificate,
    signature_xml: bytes,
    property_info: str,
) -> list[str]:
    """What does not fit within the signature itself."""
    made = use.seal
    checks = {
        "content": use.digest == sm3(signature_xml),
        "place": use.property_info == property_info,
        "signature": holds(*checking.key_of(leaf), use.signed, use.signature),
        "seal": holds(*checking.key_of(maker), made.signed, made.signature),
        "certificate_not_in_seal": sm3(use.certificate) in made.facts.signers,
    }
    return [reason for reason, good in checks.items() if not good]


def unaltered(signed_value: bytes, signature_xml: bytes, property_info: str) -> bool:
    """Whether a signature fits its document and itself; trust and time are not looked at."""
    try:
        use = ses.read_signed_value(signed_value)
        leaf = checking.read_certificate(use.certificate)
        maker = checking.read_certificate(use.seal.maker)
        return not _broken(use, leaf, maker, signature_xml, property_info)
    except (NotASealedFile, UnreadableCertificate):
        return False


def _stamped(use: ses.SealUse) -> datetime | None:
    if not use.time_stamp:
        return None
    found = time_stamp.read_token(use.time_stamp, use.signature, time_stamp.trusted_root())
    return found.at if found else None


async def _recorded(signed_value: bytes) -> datetime | None:
    """When we allowed the use that made exactly these bytes, if it was ours."""
    at: datetime | None = await db.value(
        "SELECT u.granted_at FROM seals_signature s JOIN seals_use u ON u.id = s.use_id "
        "WHERE s.digest = $1 AND s.kind = 'ofd' AND s.value = $2",
        ses.read_signed_value(signed_value).digest.hex(),
        sm3(signed_value),
    )
    return at


async def _as_of(
    leaf: x509.Certificate, trusted: list[TrustedAuthority], at: datetime, purpose: str
) -> list[str]:
    """What was wrong with a seal's certificate at that time."""
    found = await asyncio.to_thread(_certified, leaf, trusted, at, purpose)
    # Our own rows know of a revocation and a loss before the list does.
    row = await db.row(
        "SELECT c.revoked_at, s.lost_at FROM seals_certificate c "
        "LEFT JOIN seals_seal s ON c.holder = 'seal:' || s.id WHERE c.serial = $1",
        f"{leaf.serial_number:x}",
    )
    if row is not None and row["revoked_at"] is not None and row["revoked_at"] <= at:
        found.append("certificate_revoked")
    if row is not None and row["lost_at"] is not None and row["lost_at"] <= at:
        found.append("seal_lost")
    return found


async def judge_pdf(pdf: bytes) -> Verdict:
    """Judge the one signature of a PDF, the same way; never raises for bad bytes."""
    try:
        (one,) = await pades.read(pdf)
        checking.key_of(one.certificate)
    except (ValueError, UnreadableCertificate):
        return Verdict(("structure",))
    found = [] if one.sound else ["content"]
    if one.stamped and one.at is None:
        found.append("time_stamp")
    recorded: datetime | None = await db.value(
        "SELECT u.granted_at FROM seals_signature s JOIN seals_use u ON u.id = s.use_id "
        "WHERE s.kind = 'pdf' AND s.value = $1",
        bytes.fromhex(one.digest),
    )
    at = recorded or (one.at + timedelta(seconds=1) if one.at else clock.now())
    found += await _as_of(one.certificate, await authorities.trusted(), at, SEALING)
    named = one.certificate.subject.native
    return Verdict(
        tuple(dict.fromkeys(found)),
        str(named.get("common_name", "")),
        "",
        str(named.get("organization_name", "")),
        at,
        "record" if recorded else "time_stamp" if one.at else "",
    )


def _certified(
    certificate: x509.Certificate, trusted: list[TrustedAuthority], at: datetime, purpose: str
) -> list[str]:
    return [_FAULTS[fault] for fault in checking.faults(certificate, trusted, at, purpose)]

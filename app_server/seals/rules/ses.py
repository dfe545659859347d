"""The electronic seal and its signature in ASN.1 (GB/T 38540-2020, version 4).

SESeal = the seal made by an authority; SES_Signature = one use of it over one document.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypeVar

from asn1crypto import core

from app_server.kernel.crypto import sm3
from app_server.seals.errors import NotASealedFile

SM2_WITH_SM3 = "1.2.156.10197.1.501"
VERSION, MARK = 4, "ES"
ORGANISATION_SEAL, PERSONAL_SEAL = 1, 2
CERTIFICATES, DIGESTS = 1, 2
_VENDOR = "WANSHI"
_LIST_DIGEST = frozenset({"SM3", "1.2.156.10197.1.401"})
T = TypeVar("T")


class _Header(core.Sequence):  # type: ignore[misc]
    _fields = [("id", core.IA5String), ("version", core.Integer), ("vendor", core.IA5String)]


class _CertificateDigest(core.Sequence):  # type: ignore[misc]
    _fields = [("type", core.PrintableString), ("value", core.OctetString)]


class _Property(core.Sequence):  # type: ignore[misc]
    # What the list holds depends on `list_type`, so that it is read by hand.
    _fields = [
        ("type", core.Integer),
        ("name", core.UTF8String),
        ("list_type", core.Integer),
        ("list", core.Any),
        ("created", core.GeneralizedTime),
        ("valid_from", core.GeneralizedTime),
        ("valid_to", core.GeneralizedTime),
    ]


class _CertificateList(core.SequenceOf):  # type: ignore[misc]
    _child_spec = core.OctetString


class _DigestList(core.SequenceOf):  # type: ignore[misc]
    _child_spec = _CertificateDigest


class _Picture(core.Sequence):  # type: ignore[misc]
    _fields = [
        ("type", core.IA5String),
        ("data", core.OctetString),
        ("width", core.Integer),
        ("height", core.Integer),
    ]


class _Extra(core.Sequence):  # type: ignore[misc]
    _fields = [
        ("id", core.ObjectIdentifier),
        ("critical", core.Boolean, {"default": False}),
        ("value", core.OctetString),
    ]


class _Extras(core.SequenceOf):  # type: ignore[misc]
    _child_spec = _Extra


class _SealInfo(core.Sequence):  # type: ignore[misc]
    _fields = [
        ("header", _Header),
        ("seal_id", core.IA5String),
        ("property", _Property),
        ("picture", _Picture),
        ("extras", _Extras, {"explicit": 0, "optional": True}),
    ]


class _Seal(core.Sequence):  # type: ignore[misc]
    _fields = [
        ("info", _SealInfo),
        ("maker", core.OctetString),
        ("algorithm", core.ObjectIdentifier),
        ("signature", core.OctetBitString),
    ]


class _ToSign(core.Sequence):  # type: ignore[misc]
    _fields = [
        ("version", core.Integer),
        ("seal", _Seal),
        ("time", core.GeneralizedTime),
        ("digest", core.OctetBitString),
        ("property_info", core.IA5String),
        ("extras", _Extras, {"explicit": 0, "optional": True}),
    ]


class _Signature(core.Sequence):  # type: ignore[misc]
    _fields = [
        ("to_sign", _ToSign),
        ("certificate", core.OctetString),
        ("algorithm", core.ObjectIdentifier),
        ("signature", core.OctetBitString),
        ("time_stamp", core.OctetBitString, {"explicit": 0, "optional": True}),
    ]


@dataclass(frozen=True, slots=True)
class Picture:
    """The print of a seal: PNG bytes, width and height in millimetres."""

    data: bytes
    width: int
    height: int
    type: str = "PNG"


@dataclass(frozen=True, slots=True)
class SealFacts:
    """What a seal says: whose it is, which certificates may use it, how long, and its print.

    `signers` are the SM3 digests of the certificates (DER) that may sign with it.
    """

    seal_id: str
    kind: int
    name: str
    signers: frozenset[bytes]
    created: datetime
    valid_from: datetime
    valid_to: datetime
    picture: Picture
    vendor: str = _VENDOR


@dataclass(frozen=True, slots=True)
class MadeSeal:
    """A seal as its maker signed it: facts, maker's certificate, signed bytes, signature (DER)."""

    facts: SealFacts
    maker: bytes
    signed: bytes
    signature: bytes


@dataclass(frozen=True, slots=True)
class SealUse:
    """One use of a seal over one document.

    `digest` is the SM3 of the document's `Signature.xml`; `property_info` its place in the
    package; `time_stamp` an RFC 3161 token over the signature value, or empty.
    """

    seal: MadeSeal
    time: datetime
    digest: bytes
    property_info: str
    certificate: bytes
    signed: bytes
    signature: bytes
    time_stamp: bytes


def seal_info(facts: SealFacts, certificates: list[bytes]) -> bytes:
    """The part of a seal that its maker signs (DER); `certificates` may sign with the seal.

    The fixture of another implementation shows that the maker signs this part alone.
    """
    kept = core.Any(_CertificateList([core.OctetString(c) for c in certificates]))
    return bytes(
        _SealInfo(
            {
                "header": {"id": MARK, "version": VERSION, "vendor": facts.vendor},
                "seal_id": facts.seal_id,
                "property": {
                    "type": facts.kind,
                    "name": facts.name,
                    "list_type": CERTIFICATES,
                    "list": kept,
                    "created": facts.created,
                    "valid_from": facts.valid_from,
                    "valid_to": facts.valid_to,
                },
                "picture": {
                    "type": facts.picture.type,
                    "data": facts.picture.data,
                    "width": facts.picture.width,
                    "height": facts.picture.height,
                },
            }
        ).dump()
    )


def seal(info: bytes, maker: bytes, signature: bytes) -> bytes:
    """A whole seal (`Seal.esl`) from its info, the maker's certificate and signature (DER)."""
    return bytes(
        _Seal(
            {
                "info": _SealInfo.load(info),
                "maker": maker,
                "algorithm": SM2_WITH_SM3,
                "signature": core.OctetBitString(signature),
            }
        ).dump()
    )


def to_be_signed(made: bytes, time: datetime, digest: bytes, property_info: str) -> bytes:
    """What a use of a seal signs (`TBS_Sign`)."""
    return bytes(
        _ToSign(
            {
                "version": VERSION,
                "seal": _Seal.load(made),
                "time": time.astimezone(UTC).replace(microsecond=0),
                "digest": core.OctetBitString(digest),
                "property_info": property_info,
            }
        ).dump()
    )


def signed_value(
    to_sign: bytes, certificate: bytes, signature: bytes, time_stamp: bytes = b""
) -> bytes:
    """The whole signature (`SignedValue.dat`)."""
    parts: dict[str, Any] = {
        "to_sign": _ToSign.load(to_sign),
        "certificate": certificate,
        "algorithm": SM2_WITH_SM3,
        "signature": core.OctetBitString(signature),
    }
    if time_stamp:
        parts["time_stamp"] = core.OctetBitString(time_stamp)
    return bytes(_Signature(parts).dump())


def read_seal(data: bytes) -> MadeSeal:
    """Read a seal; raises `NotASealedFile`."""
    return _read(lambda: _made(_Seal.load(data, strict=True)))


def read_signed_value(data: bytes) -> SealUse:
    """Read a seal's signature; raises `NotASealedFile` for anything but version 4 with SM2."""
    return _read(lambda: _used(_Signature.load(data, strict=True)))


def _read(parse: Callable[[], T]) -> T:
    try:
        return parse()
    # asn1crypto answers broken bytes with these; what they say is for developers.
    except (ValueError, TypeError, KeyError, UnicodeDecodeError) as error:
        raise NotASealedFile from error


def _made(value: _Seal) -> MadeSeal:
    info = value["info"]
    _must(info["header"]["id"].native == MARK and info["header"]["version"].native == VERSION)
    _must(value["algorithm"].native == SM2_WITH_SM3)
    told, picture = info["property"], info["picture"]
    facts = SealFacts(
        seal_id=info["seal_id"].native,
        kind=told["type"].native,
        name=told["name"].native,
        signers=_signers(told),
        created=told["created"].native,
        valid_from=told["valid_from"].native,
        valid_to=told["valid_to"].native,
        picture=Picture(
            picture["data"].native,
            picture["width"].native,
            picture["height"].native,
            picture["type"].native,
        ),
        vendor=info["header"]["vendor"].native,
    )
    maker = value["maker"].native
    return MadeSeal(facts, maker, info.dump(), value["signature"].native)


def _signers(told: _Property) -> frozenset[bytes]:
    if told["list_type"].native == CERTIFICATES:
        return frozenset(sm3(c.native) for c in told["list"].parse(_CertificateList))
    _must(told["list_type"].native == DIGESTS)
    listed = told["list"].parse(_DigestList)
    return frozenset(d["value"].native for d in listed if d["type"].native in _LIST_DIGEST)


def _used(value: _Signature) -> SealUse:
    inner = value["to_sign"]
    _must(inner["version"].native == VERSION and value["algorithm"].native == SM2_WITH_SM3)
    return SealUse(
        seal=_made(inner["seal"]),
        time=inner["time"].native,
        digest=inner["digest"].native,
        property_info=inner["property_info"].native,
        certificate=value["certificate"].native,
        signed=inner.dump(),
        signature=value["signature"].native,
        time_stamp=value["time_stamp"].native or b"",
    )


def _must(holds: bool) -> None:
    if not holds:
        raise NotASealedFile

"""Signatures in PDF (PAdES B-T, ETSI EN 319 142) by pyHanko; the key stays in the keystore."""

import asyncio
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from io import BytesIO
from typing import Any

from asn1crypto import tsp, x509
from PIL import Image
from pyhanko.pdf_utils.images import PdfImage
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.layout import AxisAlignment, Margins, SimpleBoxLayoutRule
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign import fields, signers, timestamps
from pyhanko.sign.general import SigningError
from pyhanko.sign.validation import async_validate_pdf_signature
from pyhanko.sign.validation.errors import SignatureValidationError
from pyhanko.sign.validation.status import SignatureCoverageLevel
from pyhanko.stamp import StaticStampStyle
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.registry import SimpleCertificateStore

from app_server.seals.providers import time_stamp
from app_server.seals.providers.keystore import Key

FIELD = "Seal"
_POINTS = 72 / 25.4
# More than the signature and the token take; what is left over is filled with zeros.
_RESERVED = 16_384
# The print fills its place to the edge.
_WHOLE = SimpleBoxLayoutRule(AxisAlignment.ALIGN_MID, AxisAlignment.ALIGN_MID, Margins(0, 0, 0, 0))


@dataclass(frozen=True, slots=True)
class Place:
    """Where the print stands: page (from 0), left and top in millimetres, side, page height."""

    page: int
    x: float
    y: float
    side: float
    page_height: float = 297

    def box(self) -> tuple[int, int, int, int]:
        """As PDF counts: points from the lower left corner."""
        bottom = self.page_height - self.y - self.side
        corners = (self.x, bottom, self.x + self.side, bottom + self.side)
        left, low, right, high = (round(c * _POINTS) for c in corners)
        return left, low, right, high


class _KeystoreSigner(signers.Signer):
    """pyHanko's signer over a key that answers from elsewhere."""

    def __init__(self, key: Key, certificate: x509.Certificate, issuer: x509.Certificate) -> None:
        store = SimpleCertificateStore()  # type: ignore[no-untyped-call]
        store.register_multiple([issuer, certificate])
        super().__init__(signing_cert=certificate, cert_registry=store)
        self._key = key

    async def async_sign_raw(
        self, data: bytes, digest_algorithm: str, dry_run: bool = False
    ) -> bytes:
        """The signature over `data`; a dry run only asks how long it may get."""
        if digest_algorithm != "sha256":
            raise SigningError(digest_algorithm)
        return b"\0" * 72 if dry_run else await asyncio.to_thread(self._key.sign, data)


class _Stamper(timestamps.TimeStamper):
    """pyHanko's way to our time-stamp authority."""

    async def async_request_tsa_response(self, req: tsp.TimeStampReq) -> tsp.TimeStampResp:
        """The authority's answer; raises `TimeStampUnavailable`."""
        return tsp.TimeStampResp.load(await time_stamp.ask(req.dump()))


async def sign(
    pdf: bytes,
    key: Key,
    certificate: x509.Certificate,
    issuer: x509.Certificate,
    picture: bytes,
    place: Place,
) -> bytes:
    """The PDF with a visible, time-stamped signature; raises `TimeStampUnavailable`."""
    writer = IncrementalPdfFileWriter(BytesIO(pdf))
    field = fields.SigFieldSpec(FIELD, on_page=place.page, box=place.box())
    meta = signers.PdfSignatureMetadata(
        field_name=FIELD, md_algorithm="sha256", subfilter=fields.SigSeedSubFilter.PADES
    )
    with Image.open(BytesIO(picture)) as opened:
        print_ = PdfImage(opened.convert("RGBA"), writer=writer)
    signer = signers.PdfSigner(
        meta,
        _KeystoreSigner(key, certificate, issuer),
        timestamper=_Stamper(),  # type: ignore[no-untyped-call]
        stamp_style=StaticStampStyle(
            border_width=0, background=print_, background_layout=_WHOLE, background_opacity=1.0
        ),
        new_field_spec=field,
    )
    out = await signer.async_sign_pdf(writer, bytes_reserved=_RESERVED)
    return bytes(out.getbuffer())


@dataclass(frozen=True, slots=True)
class Found:
    """A signature as it stands in a PDF: whole and unaltered or not, by which certificate, when.

    `digest` is the SHA-256 of the signature itself; `at` is None without a good time stamp.
    """

    sound: bool
    certificate: x509.Certificate
    stamped: bool
    at: datetime | None
    digest: str


async def read(pdf: bytes) -> list[Found]:
    """The signatures of a PDF, oldest first; raises `ValueError` for what is no PDF.

    Trust and revocation are not judged here: the certificates are for `seals` to look at.
    """
    try:
        reader = PdfFileReader(BytesIO(pdf), strict=True)
        return [await _found(one) for one in reader.embedded_regular_signatures]
    except (PdfError, SignatureValidationError, ValueError, KeyError, TypeError) as error:
        raise ValueError("not a signed PDF") from error


async def _found(embedded: Any) -> Found:
    leaf, signer = embedded.signer_cert, embedded.signer_info
    root = time_stamp.trusted_root()
    status = await async_validate_pdf_signature(
        embedded,
        ValidationContext(trust_roots=[leaf], allow_fetching=False),
        ValidationContext(trust_roots=[root], allow_fetching=False),
    )
    whole = status.coverage == SignatureCoverageLevel.ENTIRE_FILE
    value = signer["signature"].native
    tokens = [
        one["values"][0].dump()
        for one in signer["unsigned_attrs"]
        if one["type"].native == "signature_time_stamp_token"
    ]
    stamp = time_stamp.read_token(tokens[0], value, root) if tokens else None
    return Found(
        bool(status.intact and status.valid and whole),
        leaf,
        bool(tokens),
        stamp.at if stamp else None,
        sha256(value).hexdigest(),
    )

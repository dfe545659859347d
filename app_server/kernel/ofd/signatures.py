"""What a package says it was signed over, and whether that still holds (GB/T 33190-2016, 18).

Whether the seal itself is good (GB/T 38540) is the caller's question: `signature_xml` is what its
data hash must be of, `property_info` what it must name.
"""

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from app_server.kernel.crypto import same, sm3
from app_server.kernel.ofd.errors import BadPackage
from app_server.kernel.ofd.markup import (
    Element,
    children,
    floats,
    folder_of,
    needed,
    parse,
    resolve,
    words,
)

SM2_WITH_SM3 = "1.2.156.10197.1.501"
SM3_OID = "1.2.156.10197.1.401"
SM3_NAMES = frozenset({"SM3", SM3_OID})
MAX_SIGNATURES = 200
Reason = Literal["digest", "missing", "unlisted", "check_method"]


@dataclass(frozen=True, slots=True)
class Stamp:
    """Where the picture of a seal stands: page index from 0, millimetres."""

    page: int
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Reference:
    """A part a signature covers, and the digest it had."""

    part: str
    digest: bytes


@dataclass(frozen=True, slots=True)
class Mismatch:
    """One way in which the package is not what was signed; `part` is "" for the method."""

    reason: Reason
    part: str


@dataclass(frozen=True, slots=True)
class Signature:
    """One signature of a package, as written there."""

    id: str
    kind: str
    part: str
    signature_xml: bytes = field(repr=False)
    value_part: str
    signed_value: bytes = field(repr=False)
    seal_part: str
    seal_esl: bytes | None = field(repr=False)
    provider: str
    method: str
    check_method: str
    signed_at: str
    stamps: tuple[Stamp, ...]
    references: tuple[Reference, ...] = field(repr=False)
    parts: Mapping[str, bytes] = field(repr=False)
    # Parts that came after this signature, or that it cannot cover: they need not be listed.
    free: frozenset[str] = field(repr=False)

    @property
    def property_info(self) -> str:
        """The place of Signature.xml as a seal's signature names it."""
        return f"/{self.part}"

    def check(self) -> list[Mismatch]:
        """Every way in which the package differs from what was signed; [] when it holds."""
        if self.check_method not in SM3_NAMES:
            return [Mismatch("check_method", "")]
        found: list[Mismatch] = []
        for reference in self.references:
            data = self.parts.get(reference.part)
            if data is None:
                found.append(Mismatch("missing", reference.part))
            elif not same(sm3(data).hex(), reference.digest.hex()):
                found.append(Mismatch("digest", reference.part))
        listed = {reference.part for reference in self.references}
        unlisted = self.parts.keys() - listed - self.free
        return found + [Mismatch("unlisted", part) for part in sorted(unlisted)]


def read_signatures(
    parts: Mapping[str, bytes], index: str, pages: Mapping[str, int]
) -> tuple[Signature, ...]:
    """The signatures of Signatures.xml in order; `pages` is page id → index.

    Raises `BadPackage` when a signature cannot be read or a file of it is missing.
    """
    root = parse(parts[index], index, "Signatures")
    entries = children(root, "Signature")
    if len(entries) > MAX_SIGNATURES:
        raise BadPackage("too_large", index)
    described = [_described(parts, index, entry) for entry in entries]
    places = [part for _, part, _ in described]
    if len(set(places)) != len(places):
        raise BadPackage("duplicate", index)
    files = [_files(parts, part, root_) for _, part, root_ in described]
    signatures: list[Signature] = []
    for position, (entry, part, root_) in enumerate(described):
        later = {name for group in files[position + 1 :] for name in group}
        free = frozenset({index, part, files[position][1]} | later)
        signatures.append(_signature(parts, entry, part, root_, files[position], pages, free))
    return tuple(signatures)


def _described(
    parts: Mapping[str, bytes], index: str, entry: Element
) -> tuple[Element, str, Element]:
    part = _present(parts, resolve(folder_of(index), entry.get("BaseLoc", ""), index), index)
    return entry, part, parse(parts[part], part, "Signature")


def _files(parts: Mapping[str, bytes], part: str, root: Element) -> tuple[str, ...]:
    """Signature.xml, the signed value, and the seal if it is there."""
    folder = folder_of(part)
    value = resolve(folder, words(root, "SignedValue"), part)
    files = [part, _present(parts, value, part)]
    seal = words(root, "SignedInfo", "Seal", "BaseLoc")
    if seal:
        files.append(_present(parts, resolve(folder, seal, part), part))
    return tuple(files)


def _signature(
    parts: Mapping[str, bytes],
    entry: Element,
    part: str,
    root: Element,
    files: tuple[str, ...],
    pages: Mapping[str, int],
    free: frozenset[str],
) -> Signature:
    signed = needed(root, part, "SignedInfo")
    listing = needed(signed, part, "References")
    seal_part = files[2] if len(files) > 2 else ""
    return Signature(
        id=entry.get("ID", ""),
        kind=entry.get("Type", "Seal"),
        part=part,
        signature_xml=parts[part],
        value_part=files[1],
        signed_value=parts[files[1]],
        seal_part=seal_part,
        seal_esl=parts[seal_part] if seal_part else None,
        provider=needed(signed, part, "Provider").get("ProviderName", ""),
        method=words(signed, "SignatureMethod"),
        # The standard's own default when nothing is said.
        check_method=listing.get("CheckMethod", "MD5"),
        signed_at=words(signed, "SignatureDateTime"),
        stamps=tuple(_stamp(stamp, part, pages) for stamp in children(signed, "StampAnnot")),
        references=tuple(_reference(item, part) for item in children(listing, "Reference")),
        parts=parts,
        free=free,
    )


def _stamp(stamp: Element, part: str, pages: Mapping[str, int]) -> Stamp:
    page = pages.get(stamp.get("PageRef", ""))
    if page is None:
        raise BadPackage("unknown_page", part)
    return Stamp(page, *floats(stamp.get("Boundary", ""), 4, part))


def _reference(item: Element, part: str) -> Reference:
    place = resolve(folder_of(part), item.get("FileRef", ""), part)
    try:
        digest = base64.b64decode(words(item, "CheckValue"), validate=True)
    except (binascii.Error, ValueError) as error:
        raise BadPackage("structure", part) from error
    return Reference(place, digest)


def _present(parts: Mapping[str, bytes], name: str, source: str) -> str:
    if name not in parts:
        raise BadPackage("missing", name, f"{source} 所引用的文件不存在")
    return name

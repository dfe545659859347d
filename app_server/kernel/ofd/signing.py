"""Signing in two steps: what is to be sealed is made first, the seal's bytes are put in later.

The first step is a pure function of its input, so a worker that lost its way can make it again
and finds the same bytes to sign. A signature covers every part there is; only Signatures.xml,
which the next signature must change, and its own two files stay out (GB/T 33190-2016, 18.2).
"""

import base64
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from app_server.kernel.clock import local as local_time
from app_server.kernel.crypto import sm3
from app_server.kernel.ofd.archive import pack
from app_server.kernel.ofd.errors import CannotSign
from app_server.kernel.ofd.markup import (
    Element,
    child,
    children,
    folder_of,
    needed,
    node,
    numbers,
    parse,
    serialise,
    words,
)
from app_server.kernel.ofd.reading import ENTRY, Package, open_package
from app_server.kernel.ofd.signatures import SM2_WITH_SM3, Stamp

MAX_VALUE = 4 * 1024 * 1024
EDGE = 0.05
_DIGITS = re.compile(r"(\d{1,9})$")


@dataclass(frozen=True, slots=True)
class Prepared:
    """A package awaiting the bytes of one signature.

    `signature_xml` is what the seal's data hash (SM3) is of; `property_info` what it names.
    """

    signature_xml: bytes
    property_info: str
    signature_id: str
    parts: Mapping[str, bytes] = field(repr=False)
    value_part: str
    index_part: str
    index_xml: bytes = field(repr=False)


def prepare(
    package: bytes,
    *,
    provider: str,
    stamps: Sequence[Stamp],
    signed_at: datetime,
    seal_esl: bytes | None = None,
    company: str = "",
) -> Prepared:
    """Make a place for an e-seal's signature; each stamp is where its picture stands.

    `provider` names the component that signs, `seal_esl` is the seal (SES_ESeal) to carry along.
    Raises `BadPackage` for what does not open, `CannotSign` when an earlier signature is broken
    (`broken`) or covers Signatures.xml (`closed`), or a stamp is off its page (`stamp`).
    """
    if signed_at.tzinfo is None:
        raise ValueError("signed_at needs a time zone")
    opened = open_package(package)
    _require_open(opened)
    _require_places(opened, stamps)
    parts = dict(opened.parts)
    index_part = opened.signature_index or f"{folder_of(opened.document)}/Signs/Signatures.xml"
    if not opened.signature_index:
        if index_part in parts:
            raise CannotSign("closed")
        parts[ENTRY] = _with_index(parts[ENTRY], index_part)
    folder = _free_folder(parts, folder_of(index_part))
    place, value = f"{folder}/Signature.xml", f"{folder}/SignedValue.dat"
    seal = ""
    if seal_esl is not None:
        seal = f"{folder}/Seal.esl"
        parts[seal] = seal_esl
    last = _last_number(opened)
    info = node(
        "SignedInfo",
        node("Provider", ProviderName=provider, **({"Company": company} if company else {})),
        node("SignatureMethod", text=SM2_WITH_SM3),
        node("SignatureDateTime", text=f"{local_time(signed_at):%Y-%m-%d %H:%M:%S}"),
        _references(parts, index_part),
    )
    for count, stamp in enumerate(stamps, last + 2):
        info.append(_annotation(opened, stamp, f"s{count:03}"))
    if seal:
        info.append(node("Seal", node("BaseLoc", text=f"/{seal}")))
    xml = serialise(node("Signature", info, node("SignedValue", text=f"/{value}")))
    entry = node("Signature", ID=f"s{last + 1:03}", Type="Seal", BaseLoc=f"/{place}")
    return Prepared(
        signature_xml=xml,
        property_info=f"/{place}",
        signature_id=f"s{last + 1:03}",
        parts=parts | {place: xml},
        value_part=value,
        index_part=index_part,
        index_xml=_index(opened, entry, f"s{last + 1 + len(stamps):03}"),
    )


def finish(prepared: Prepared, signed_value: bytes) -> bytes:
    """The package with the signature's bytes in it; every signature in it holds.

    Raises `CannotSign` (`value`) for bytes that are none or too many.
    """
    if not 0 < len(signed_value) <= MAX_VALUE:
        raise CannotSign("value")
    parts = dict(prepared.parts) | {prepared.value_part: signed_value}
    parts[prepared.index_part] = prepared.index_xml
    made = pack(parts)
    _require_open(open_package(made))
    return made


def _require_open(package: Package) -> None:
    for signature in package.signatures():
        if signature.check():
            raise CannotSign("broken")
        if package.signature_index in {reference.part for reference in signature.references}:
            raise CannotSign("closed")


def _require_places(package: Package, stamps: Sequence[Stamp]) -> None:
    if not stamps:
        raise CannotSign("stamp")
    for stamp in stamps:
        if not 0 <= stamp.page < len(package.pages):
            raise CannotSign("stamp")
        page = package.pages[stamp.page]
        across = stamp.width > 0 and stamp.x >= 0 and stamp.x + stamp.width <= page.width + EDGE
        down = stamp.height > 0 and stamp.y >= 0 and stamp.y + stamp.height <= page.height + EDGE
        if not (across and down):
            raise CannotSign("stamp")


def _with_index(entry_xml: bytes, index_part: str) -> bytes:
    """OFD.xml that names Signatures.xml: done once, before the first signature covers it."""
    root = parse(entry_xml, ENTRY, "OFD")
    needed(root, ENTRY, "DocBody").append(node("Signatures", text=f"/{index_part}"))
    return serialise(root)


def _free_folder(parts: Mapping[str, bytes], signs: str) -> str:
    taken = {part.removeprefix(f"{signs}/").split("/")[0].casefold() for part in parts}
    count = 0
    while f"sign_{count}" in taken:
        count += 1
    return f"{signs}/Sign_{count}"


def _last_number(package: Package) -> int:
    """The largest number of any signature or stamp so far: theirs are apart from page objects'."""
    names = [signature.id for signature in package.signatures()]
    for signature in package.signatures():
        root = parse(signature.signature_xml, signature.part, "Signature")
        stamps = children(child(root, "SignedInfo"), "StampAnnot")
        names += [stamp.get("ID", "") for stamp in stamps]
    if package.signature_index:
        names.append(words(_index_root(package), "MaxSignId"))
    found = (_DIGITS.search(name) for name in names)
    return max((int(match.group(1)) for match in found if match), default=0)


def _references(parts: Mapping[str, bytes], index_part: str) -> Element:
    listing = node("References", CheckMethod="SM3")
    for part, data in parts.items():
        if part != index_part:
            value = node("CheckValue", text=base64.b64encode(sm3(data)).decode())
            listing.append(node("Reference", value, FileRef=f"/{part}"))
    return listing


def _annotation(package: Package, stamp: Stamp, name: str) -> Element:
    box = numbers(stamp.x, stamp.y, stamp.width, stamp.height)
    return node("StampAnnot", ID=name, PageRef=package.pages[stamp.page].id, Boundary=box)


def _index_root(package: Package) -> Element:
    part = package.signature_index
    return parse(package.parts[part], part, "Signatures")


def _index(package: Package, entry: Element, largest: str) -> bytes:
    root = _index_root(package) if package.signature_index else node("Signatures")
    for old in children(root, "MaxSignId"):
        root.remove(old)
    root.insert(0, node("MaxSignId", text=largest))
    root.append(entry)
    return serialise(root)

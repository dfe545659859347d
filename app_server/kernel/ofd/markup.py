"""The XML inside an OFD: built with safe text and short numbers, parsed without doctypes."""

import math
import re
import unicodedata
from typing import TypeAlias

from lxml import etree

from app_server.kernel.ofd.errors import BadPackage, BadSheet, Unprintable

NAMESPACE = "http://www.ofdspec.org/2016"
MAX_XML = 16 * 1024 * 1024
DECLARATION = b'<?xml version="1.0" encoding="UTF-8"?>\n'
# Controls, lone surrogates, and signs without a shape of their own: those that turn the direction
# of reading or hide between others make a document show other than it says.
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Cn", "Zl", "Zp"})
_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?")
MAX_NUMBER = 1e6
# Drives, schemes, Windows paths, control signs: nothing inside a package is called so.
_ELSEWHERE = re.compile(r"[\\:\x00-\x1f\x7f]")

Element: TypeAlias = etree._Element  # noqa: SLF001 - lxml names its element type so


def clean(text: str) -> str:
    """The text itself; raises `Unprintable` for control signs, lone surrogates and the like."""
    for sign in text:
        if unicodedata.category(sign) in _UNSEEN:
            raise Unprintable(f"U+{ord(sign):04X}")
    return text


def number(value: float) -> str:
    """A length in mm as short decimal text, to the micrometre; raises `BadSheet` for nan."""
    if not math.isfinite(value) or abs(value) > MAX_NUMBER:
        raise BadSheet("坐标不是有效的数值")
    short = f"{value:.3f}".rstrip("0").rstrip(".")
    return "0" if short == "-0" else short


def numbers(*values: float) -> str:
    """Lengths side by side, as OFD boxes, matrices and colours are written."""
    return " ".join(number(value) for value in values)


def node(tag: str, *children: Element, text: str = "", **attributes: str) -> Element:
    """An element of the OFD namespace; text and attributes are escaped when written."""
    made = etree.Element(f"{{{NAMESPACE}}}{tag}", nsmap={"ofd": NAMESPACE})
    for name, value in attributes.items():
        made.set(name, clean(value))
    if text:
        made.text = clean(text)
    made.extend(children)
    return made


def serialise(root: Element) -> bytes:
    """A document as UTF-8 with its declaration."""
    return DECLARATION + bytes(etree.tostring(root, encoding="UTF-8", xml_declaration=False))


def parse(data: bytes, part: str, *roots: str) -> Element:
    """The root of a part, one of `roots`; raises `BadPackage` naming the part."""
    if len(data) > MAX_XML:
        raise BadPackage("too_large", part)
    parser = etree.XMLParser(
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        upper = data.decode("utf-8").upper()
        if "<!DOCTYPE" in upper or "<!ENTITY" in upper:
            raise BadPackage("doctype", part)
        root = etree.fromstring(data, parser)
    except UnicodeDecodeError as error:
        raise BadPackage("encoding", part) from error
    except (etree.XMLSyntaxError, ValueError) as error:
        raise BadPackage("not_xml", part) from error
    document = root.getroottree().docinfo
    if (document.encoding or "UTF-8").upper() not in {"UTF-8", "UTF8", "ASCII", "US-ASCII"}:
        raise BadPackage("encoding", part)
    if root.tag not in {f"{{{NAMESPACE}}}{name}" for name in roots}:
        raise BadPackage("structure", part)
    return root


def local(element: Element) -> str:
    """The name of an OFD element; "" for elements of other namespaces."""
    space, _, name = str(element.tag).rpartition("}")
    return name if space == f"{{{NAMESPACE}" else ""


def child(element: Element | None, *path: str) -> Element | None:
    """The first element down a path of names, or None."""
    for name in path:
        if element is None:
            return None
        element = element.find(f"{{{NAMESPACE}}}{name}")
    return element


def children(element: Element | None, name: str) -> list[Element]:
    """All direct children of one name, in order."""
    return [] if element is None else list(element.findall(f"{{{NAMESPACE}}}{name}"))


def words(element: Element | None, *path: str) -> str:
    """The text of the element down a path, without surrounding space; "" when there is none."""
    found = child(element, *path)
    return "" if found is None else "".join(found.itertext()).strip()


def needed(element: Element | None, part: str, *path: str) -> Element:
    """The element down a path; raises `BadPackage` (structure) when it is missing."""
    found = child(element, *path)
    if found is None:
        raise BadPackage("structure", part)
    return found


def floats(text: str, count: int, part: str) -> tuple[float, ...]:
    """Exactly `count` numbers of a box or matrix; raises `BadPackage` (structure)."""
    pieces = text.split()
    if len(pieces) != count or not all(_NUMBER.fullmatch(piece) for piece in pieces):
        raise BadPackage("structure", part)
    values = tuple(float(piece) for piece in pieces)
    if any(abs(value) > MAX_NUMBER for value in values):
        raise BadPackage("structure", part)
    return values


def resolve(folder: str, location: str, part: str) -> str:
    """The part a location names, seen from a folder (GB/T 33190, ST_Loc).

    A leading slash starts at the package's root. Raises `BadPackage`: `escape` when it leads out
    of the package, `structure` when it is none.
    """
    if not location:
        raise BadPackage("structure", part)
    if _ELSEWHERE.search(location):
        raise BadPackage("escape", part)
    trail = [] if location.startswith("/") else [p for p in folder.split("/") if p]
    for piece in location.split("/"):
        if piece == "..":
            if not trail:
                raise BadPackage("escape", part)
            trail.pop()
        elif piece not in {"", "."}:
            trail.append(piece)
    return "/".join(trail)


def folder_of(part: str) -> str:
    """The folder a part lies in, without a slash at its end."""
    return part.rpartition("/")[0]

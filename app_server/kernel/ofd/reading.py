"""Opening an OFD that a stranger sent: everything is checked before anything is believed.

A package that opens has all the parts it refers to, inside itself; what can be shown is bounded.
Opening is CPU work in proportion to the file: call it in a thread.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from app_server.kernel.ofd.archive import unpack
from app_server.kernel.ofd.contents import Drawn, draw_order, spend, written
from app_server.kernel.ofd.errors import BadPackage
from app_server.kernel.ofd.markup import (
    Element,
    child,
    children,
    floats,
    folder_of,
    local,
    needed,
    parse,
    resolve,
    words,
)
from app_server.kernel.ofd.signatures import Signature, read_signatures

ENTRY = "OFD.xml"
MAX_PAGES = 5000
MAX_TEMPLATES = 8  # templates upon templates
MAX_VISITS = 500_000
MAX_XML_TOTAL = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Info:
    """What the document says of itself; dates as written there (YYYY-MM-DD), "" when missing."""

    doc_id: str
    title: str
    author: str
    created: str
    modified: str


@dataclass(frozen=True, slots=True)
class Page:
    """One page: its size in mm and all that is drawn on it, templates included, in order."""

    id: str
    part: str
    width: float
    height: float
    drawn: tuple[Drawn, ...] = field(repr=False)

    def text(self) -> str:
        """The page's words, one line for each text object."""
        return "\n".join(line for one in self.drawn if (line := written(one.element)))


@dataclass(frozen=True, slots=True)
class Package:
    """An opened package; parts go by their names without a leading slash."""

    parts: Mapping[str, bytes] = field(repr=False)
    info: Info
    document: str
    signature_index: str
    pages: tuple[Page, ...]
    fonts: Mapping[str, str]
    media: Mapping[str, str]
    attachments: Mapping[str, bytes] = field(repr=False)
    sealed: tuple[Signature, ...]

    def text(self) -> str:
        """The words of all pages in order; annotations and attachments are not among them."""
        return "\n".join(page.text() for page in self.pages)

    def pictures(self) -> dict[str, bytes]:
        """The document's picture files by part; they are strangers' bytes, not yet decoded."""
        return {part: self.parts[part] for part in self.media.values()}

    def signatures(self) -> tuple[Signature, ...]:
        """The signatures in the order in which they were put on."""
        return self.sealed


def open_package(data: bytes) -> Package:
    """The package in these bytes; raises `BadPackage` with a reason and the part at fault."""
    return _Opening(MappingProxyType(unpack(data))).package()


@dataclass(slots=True)
class _Opening:
    """A package while it is being opened: the resources found so far."""

    parts: Mapping[str, bytes]
    fonts: dict[str, str] = field(default_factory=dict)
    media: dict[str, str] = field(default_factory=dict)
    composites: dict[str, Element] = field(default_factory=dict)
    templates: dict[str, str] = field(default_factory=dict)
    claimed: set[str] = field(default_factory=set)
    pages_seen: set[str] = field(default_factory=set)
    trees: dict[str, Element] = field(default_factory=dict)
    parsed: int = 0
    budget: Iterator[int] = field(default_factory=lambda: iter(range(MAX_VISITS)))

    def package(self) -> Package:
        body = self._body()
        document_part = self._follow("", words(body, "DocRoot"), ENTRY)
        document = self._parse(document_part, "Document")
        common = needed(document, document_part, "CommonData")
        folder = folder_of(document_part)
        self._resources(common, folder, document_part, ("PublicRes", "DocumentRes"))
        for template in children(common, "TemplatePage"):
            place = self._follow(folder, template.get("BaseLoc", ""), document_part)
            self.templates[template.get("ID", "")] = place
        for tag in ("Annotations", "CustomTags", "Extensions"):
            if location := words(document, tag):
                self._index(tag, self._follow(folder, location, document_part))
        pages = self._pages(document, document_part, common)
        attachments = self._attachments(document, document_part)
        index = words(body, "Signatures")
        index = self._follow("", index, ENTRY) if index else ""
        order = {page.id: position for position, page in enumerate(pages)}
        return Package(
            parts=self.parts,
            info=_info(body),
            document=document_part,
            signature_index=index,
            pages=pages,
            fonts=self.fonts,
            media=self.media,
            attachments=attachments,
            sealed=read_signatures(self.parts, index, order) if index else (),
        )

    def _body(self) -> Element:
        if ENTRY not in self.parts:
            raise BadPackage("missing", ENTRY)
        root = self._parse(ENTRY, "OFD")
        bodies = children(root, "DocBody")
        if len(bodies) != 1 or root.get("DocType") != "OFD":
            raise BadPackage("structure", ENTRY)
        # One paper, one document: with several, which one was sealed would be a question.
        body = bodies[0]
        if len(children(body, "DocRoot")) != 1 or len(children(body, "Signatures")) > 1:
            raise BadPackage("structure", ENTRY)
        if child(body, "Versions") is not None:
            raise BadPackage("versions", ENTRY)
        return body

    def _parse(self, part: str, root: str) -> Element:
        """Each part is parsed once: a thousand pages may share one template."""
        if part not in self.trees:
            self.parsed += len(self.parts[part])
            if self.parsed > MAX_XML_TOTAL:
                raise BadPackage("too_large", part)
            self.trees[part] = parse(self.parts[part], part, root)
        if local(self.trees[part]) != root:
            raise BadPackage("structure", part)
        return self.trees[part]

    def _follow(self, folder: str, location: str, source: str) -> str:
        part = resolve(folder, location, source)
        if part not in self.parts:
            raise BadPackage("missing", part, f"{source} 所引用的文件不存在")
        return part

    def _resources(self, parent: Element, folder: str, source: str, tags: tuple[str, ...]) -> None:
        for tag in tags:
            for element in children(parent, tag):
                place = self._follow(folder, "".join(element.itertext()).strip(), source)
                self._resource(place)

    def _resource(self, part: str) -> None:
        known = part in self.trees
        root = self._parse(part, "Res")
        if known:
            return
        base = root.get("BaseLoc", "")
        folder = resolve(folder_of(part), base, part) if base else folder_of(part)
        for element in root.iter("{*}Font", "{*}MultiMedia", "{*}ColorSpace"):
            number, kind = self._claim(element, part), local(element)
            location = {
                "Font": words(element, "FontFile"),
                "MultiMedia": words(element, "MediaFile"),
                "ColorSpace": element.get("Profile", ""),
            }.get(kind, "")
            place = self._follow(folder, location, part) if location else ""
            if kind == "Font":
                self.fonts[number] = place
            elif kind == "MultiMedia" and element.get("Type") == "Image":
                if not place:
                    raise BadPackage("structure", part)
                self.media[number] = place
        for element in root.iter("{*}CompositeGraphicUnit"):
            self.composites[self._claim(element, part)] = element

    def _claim(self, element: Element, part: str) -> str:
        """The id of a resource; two of one id would be shown differently by two readers."""
        number: str = element.get("ID", "")
        if not number or number in self.claimed:
            raise BadPackage("duplicate", part)
        self.claimed.add(number)
        return number

    def _index(self, tag: str, part: str) -> None:
        """Annotations and the like are not read further, but their files must be there."""
        folder = folder_of(part)
        for element in self._parse(part, tag).iter("{*}FileLoc", "{*}ExtendData", "{*}SchemaLoc"):
            self._follow(folder, "".join(element.itertext()).strip(), part)

    def _pages(self, document: Element, source: str, common: Element) -> tuple[Page, ...]:
        entries = children(needed(document, source, "Pages"), "Page")
        if not entries or len(entries) > MAX_PAGES:
            raise BadPackage("too_large" if entries else "structure", source)
        whole = words(common, "PageArea", "PhysicalBox")
        pages = [self._page(entry, source, whole) for entry in entries]
        if len({page.id for page in pages}) != len(pages):
            raise BadPackage("duplicate", source)
        return tuple(pages)

    def _page(self, entry: Element, source: str, whole: str) -> Page:
        part = self._follow(folder_of(source), entry.get("BaseLoc", ""), source)
        if part in self.pages_seen:
            raise BadPackage("duplicate", part)
        self.pages_seen.add(part)
        root = self._parse(part, "Page")
        box = floats(words(root, "Area", "PhysicalBox") or whole, 4, part)
        if not (box[2] > 0 and box[3] > 0):
            raise BadPackage("structure", part)
        drawn = tuple(self._drawn(root, part, (part,)))
        return Page(entry.get("ID", ""), part, box[2], box[3], drawn)

    def _drawn(self, root: Element, part: str, trail: tuple[str, ...]) -> Iterator[Drawn]:
        """Background templates, the page itself, foreground templates."""
        spend(self.budget, part)
        self._resources(root, folder_of(part), part, ("PageRes",))
        before: list[str] = []
        after: list[str] = []
        for use in children(root, "Template"):
            place = self.templates.get(use.get("TemplateID", ""))
            if place is None:
                raise BadPackage("missing", part, "页面引用的模板页不存在")
            if place in trail:
                raise BadPackage("cycle", part)
            if len(trail) > MAX_TEMPLATES:
                raise BadPackage("too_large", part)
            (after if use.get("ZOrder") == "Foreground" else before).append(place)
        for place in before:
            yield from self._drawn(self._parse(place, "Page"), place, (*trail, place))
        content = child(root, "Content")
        if content is not None:
            yield from draw_order(content, self.composites, part, self.budget)
        for place in after:
            yield from self._drawn(self._parse(place, "Page"), place, (*trail, place))

    def _attachments(self, document: Element, source: str) -> dict[str, bytes]:
        location = words(document, "Attachments")
        if not location:
            return {}
        part = self._follow(folder_of(source), location, source)
        found: dict[str, bytes] = {}
        for entry in children(self._parse(part, "Attachments"), "Attachment"):
            name = entry.get("Name", "")
            if not name or name in found:
                raise BadPackage("duplicate" if name else "structure", part)
            found[name] = self.parts[self._follow(folder_of(part), words(entry, "FileLoc"), part)]
        return found


def _info(body: Element) -> Info:
    info = needed(body, ENTRY, "DocInfo")
    return Info(
        doc_id=words(info, "DocID"),
        title=words(info, "Title"),
        author=words(info, "Author"),
        created=words(info, "CreationDate"),
        modified=words(info, "ModDate"),
    )

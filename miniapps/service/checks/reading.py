"""An app's pages, scripts and styles, read once for all checks.

Nothing here runs what it reads, and what is too large to be read in good time says so.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import PurePosixPath

from miniapps.service.archive import Package
from miniapps.service.checks.lexing import Lines, Script, Text
from miniapps.service.manifest import Manifest

# A page or a script beyond this was not written by people, nor bundled with care.
_MAX_PAGE, _MAX_SCRIPT, _MAX_SCRIPTS, _MAX_TEXTS = (n * 1024 * 1024 for n in (2, 8, 24, 40))
_MAX_STRINGS = 200_000
_TEXT_NAMES = "html htm js mjs cjs css json txt svg xml webmanifest map md env yml yaml properties"
_TEXT_SUFFIXES = frozenset(_TEXT_NAMES.split())


@dataclass(frozen=True, slots=True)
class Element:
    """A start tag."""

    tag: str
    attributes: Mapping[str, str]
    line: int


@dataclass(frozen=True, slots=True)
class Block:
    """What stands between the tags of a script or a style."""

    element: Element
    source: str


@dataclass(slots=True)
class Page:
    """A page as its tags say."""

    path: str
    elements: list[Element] = field(default_factory=list)
    scripts: list[Block] = field(default_factory=list)
    styles: list[Block] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Style:
    """A style sheet, of its own file or inside a page."""

    path: str
    line: int
    source: str


@dataclass(slots=True)
class Allowance:
    """How much of something may still be read."""

    left: int

    def take(self, amount: int) -> bool:
        """Use some up; False when that is more than is left."""
        self.left -= amount
        return self.left >= 0


@dataclass(slots=True)
class App:
    """Everything checks look at; `unread` are the files that could not be read."""

    package: Package
    pages: list[Page] = field(default_factory=list)
    scripts: list[Script] = field(default_factory=list)
    styles: list[Style] = field(default_factory=list)
    texts: dict[str, str] = field(default_factory=dict)
    unread: list[str] = field(default_factory=list)
    lines: dict[str, Lines] = field(default_factory=dict)
    room: Allowance = field(default_factory=lambda: Allowance(_MAX_SCRIPTS))
    strings: Allowance = field(default_factory=lambda: Allowance(_MAX_STRINGS))

    def line(self, path: str, at: int) -> int:
        """The line of a place in a text file."""
        if path not in self.lines:
            self.lines[path] = Lines(self.texts[path])
        return self.lines[path].at(at)

    @property
    def manifest(self) -> Manifest:
        """What the app says of itself."""
        return self.package.manifest


def read(package: Package) -> App:
    """Read a package for its checks; takes seconds at most, whatever is in it."""
    app = App(package)
    texts = Allowance(_MAX_TEXTS)
    for path, data in package.files.items():
        suffix = suffix_of(path)
        if suffix not in _TEXT_SUFFIXES:
            continue
        if len(data) > _MAX_SCRIPT or not texts.take(len(data)):
            app.unread.append(path)
            continue
        app.texts[path] = data.decode(errors="replace")
        if suffix in {"html", "htm"}:
            _read_page(app, path)
        elif suffix in {"js", "mjs"}:
            _read_script(app, path, app.texts[path], 1)
        elif suffix == "css":
            app.styles.append(Style(path, 1, app.texts[path]))
    return app


def _read_script(app: App, path: str, source: str, line: int) -> None:
    script = Script(path, source, line) if app.room.take(len(source)) else None
    if script is None or not app.strings.take(script.count):
        app.unread.append(path)
    else:
        app.scripts.append(script)


def suffix_of(path: str) -> str:
    """The suffix of a file's name in small letters."""
    name = PurePosixPath(path).name
    # `.env` has no suffix for pathlib.
    return name.rpartition(".")[2].lower() if "." in name else "txt"


# --- pages ----------------------------------------------------------------------------


class _Tags(HTMLParser):
    def __init__(self, page: Page) -> None:
        super().__init__()
        self.page = page
        self.open: Element | None = None
        self.inside: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {k: v or "" for k, v in attrs}, self.getpos()[0])
        self.page.elements.append(element)
        if tag in {"script", "style"}:
            self.open, self.inside = element, []

    def handle_data(self, data: str) -> None:
        if self.open is not None:
            self.inside.append(data)

    def handle_endtag(self, tag: str) -> None:
        if self.open is not None and tag == self.open.tag:
            blocks = self.page.scripts if tag == "script" else self.page.styles
            blocks.append(Block(self.open, "".join(self.inside)))
            self.open = None


def _read_page(app: App, path: str) -> None:
    source = app.texts[path]
    if len(source) > _MAX_PAGE:
        app.unread.append(path)
        return
    page = Page(path)
    try:
        # Not closed: only there does the parser look again and again for the end of broken tags.
        _Tags(page).feed(source)
    except AssertionError:
        # How html.parser says that a marked section is none.
        app.unread.append(path)
        return
    app.pages.append(page)
    for block in page.scripts:
        if runs(block.element) and "src" not in block.element.attributes:
            _read_script(app, path, block.source, block.element.line)
    app.styles += [Style(path, block.element.line, block.source) for block in page.styles]
    app.styles += [
        Style(path, e.line, e.attributes["style"]) for e in page.elements if "style" in e.attributes
    ]


def runs(element: Element) -> bool:
    """Whether a browser would run this script element; others only hold data."""
    kind = element.attributes.get("type", "").strip().lower()
    return kind in {"", "module", "importmap", "speculationrules"} or "javascript" in kind


def texts_of(app: App) -> Iterator[tuple[str, Text]]:
    """Every string of every script, with the file it stands in."""
    for script in app.scripts:
        for text in script.texts:
            yield script.path, text

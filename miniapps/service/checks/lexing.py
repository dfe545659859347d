"""Strings and code of a script told apart, in time that only grows with its length.

A parser would know more, but the ones tried can be kept busy for minutes by a few hundred
kilobytes of brackets, and an upload must never do that. What is lost is little: the checks ask
which strings there are, what stands before them, and which names the code around them uses.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

_STRING = r"""(?P<string>"(?:[^"\\\n]++|\\.)*+"?|'(?:[^'\\\n]++|\\.)*+'?)"""
_COMMENT = r"(?P<comment>//[^\n]*+|/\*.*?(?:\*/|\Z))"
_BODY = r"/(?![/*])(?:[^/\\\n\[]|\\.|\[(?:[^\]\\\n]|\\.){0,200}+\]){1,1000}+/"
# A slash begins a regular expression where no value stands before it.
_KEYWORDS = "return|typeof|case|void|throw|else"
_PUNCTUATION = r"[(,=:\[!&|?;*%~^{}]|=>|(?<!\+)\+|(?<!-)-"
_REGEX = (
    rf"(?P<regex>(?:{_PUNCTUATION}|\b(?:{_KEYWORDS}))\s{{0,20}}{_BODY}"
    rf"|\)\s{{0,20}}{_BODY}[a-z]{{0,8}}\.(?:test|exec)\b)"
)
_TOP = re.compile(f"{_COMMENT}|{_STRING}|(?P<tick>`)|{_REGEX}", re.DOTALL)
# In the expression of a template every brace counts, or its end is not found.
_INSIDE = re.compile(f"{_COMMENT}|{_STRING}|(?P<tick>`)|(?P<brace>[{{}}])|{_REGEX}", re.DOTALL)
# Up to the end of a template, or to the next expression in it.
_TEMPLATE = re.compile(r"(?:[^`\\$]++|\\.?|\$(?!\{))*+(?P<end>`|\$\{|\Z)", re.DOTALL)
_NOT_NEWLINE = re.compile(r"[^\n]+")
_BEFORE = 160
# Templates inside templates would be kept whole once for each level.
_LONGEST, _LONGEST_TEMPLATE = 8000, 400
_GIVES = (":", "=", "|", "?", "(")
_NAMED = re.compile(r"([A-Za-z_$][\w$-]*)[\"'`]?\s*(?::|=|\+=|\|\||\?\?)\s*\(?$")
_PASSED = re.compile(
    r"((?:[A-Za-z_$][\w$]*)?(?:\??\.[A-Za-z_$][\w$]*)*)\s*\(\s*([\"'`] *[\"'`],\s*)?$"
)
_WITHIN = re.compile(r"([A-Za-z_$][\w$.]*)\s*\(\s*\{[^{}()]*$")


@dataclass(frozen=True, slots=True)
class Text:
    """A string in a script: what it says, where, and what is done with it.

    `name` is the variable or property it becomes, `callee` the function it goes to, directly or
    inside an object; `first` says nothing was passed before it.
    """

    value: str
    line: int
    name: str
    callee: str
    first: bool


class Lines:
    """The lines of a text, whose own first line is `first` of its file."""

    def __init__(self, text: str, first: int = 1) -> None:
        self.first = first
        self.ends = [found.start() for found in re.finditer("\n", text)]

    def at(self, place: int) -> int:
        """The line of a place."""
        return self.first + bisect_right(self.ends, place - 1)


class Script:
    """A script, of its own file or inside a page; `code` is its source without what it says."""

    def __init__(self, path: str, source: str, first_line: int) -> None:
        self.path = path
        self.source = source
        self.lines = Lines(source, first_line)
        blanked: list[str] = []
        self._found = list(_lex(source, blanked))
        self.code = "".join(blanked)

    def line(self, at: int) -> int:
        """The line of a place, counted in the file the script stands in."""
        return self.lines.at(at)

    @property
    def count(self) -> int:
        """How many strings there are."""
        return len(self._found)

    @cached_property
    def texts(self) -> list[Text]:
        """Its strings and templates."""
        return [self._text(start, end) for start, end in self._found]

    def _text(self, start: int, end: int) -> Text:
        before = self.code[max(0, start - _BEFORE) : start].rstrip()
        named = _NAMED.search(before) if before.endswith(_GIVES) else None
        passed = _PASSED.search(before) if before.endswith(("(", ",")) else None
        within = _WITHIN.search(before) if named else None
        end -= _closed(self.source, start, end)
        longest = _LONGEST_TEMPLATE if self.source[start] == "`" else _LONGEST
        return Text(
            plain(self.source[start + 1 : min(end, start + longest)]),
            self.line(start),
            named[1] if named else "",
            (passed[1] if passed else "") or (within[1] if within else ""),
            not (passed and passed[2]),
        )


def _lex(source: str, blanked: list[str]) -> Iterator[tuple[int, int]]:
    """Where strings and templates stand; `blanked` gets the code with them wiped."""
    # Depth of braces in each template expression we are in, and where its template began.
    open_templates: list[tuple[int, int]] = []
    depth, at = 0, 0
    while found := (_INSIDE if open_templates else _TOP).search(source, at):
        blanked.append(source[at : found.start()])
        kind, at = found.lastgroup, found.end()
        start, end = found.span()
        if kind == "string":
            last = end - _closed(source, start, end)
            blanked.append(source[start] + _wiped(source[start + 1 : last]) + source[last:end])
            yield start, end
            continue
        if kind in {"comment", "regex"}:
            blanked.append(source[start] + _wiped(source[start + 1 : end]))
            continue
        began = start
        if kind == "brace":
            depth += 1 if source[start] == "{" else -1
            if depth >= 0:
                blanked.append(source[start])
                continue
            depth, began = open_templates.pop()
        part = _TEMPLATE.match(source, at)
        assert part is not None  # noqa: S101 - it also matches nothing
        blanked.append("`" + _wiped(source[at : part.start("end")]) + part["end"])
        at = part.end()
        if part["end"] == "${":
            open_templates.append((depth, began))
            depth = 0
        else:
            yield began, at
    blanked.append(source[at:])


def _closed(source: str, start: int, end: int) -> bool:
    return end - start > 1 and source[end - 1] == source[start]


def _wiped(text: str) -> str:
    return _NOT_NEWLINE.sub(lambda found: " " * len(found[0]), text)


_ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|(.))", re.DOTALL)
_ESCAPED = {"n": "\n", "r": "\r", "t": "\t", "\n": ""}


def plain(text: str) -> str:
    """A string as the script will have it."""
    return _ESCAPE.sub(_unescaped, text) if "\\" in text else text


def _unescaped(found: re.Match[str]) -> str:
    code = found[1] or found[2]
    return chr(int(code, 16)) if code else _ESCAPED.get(found[3], found[3])

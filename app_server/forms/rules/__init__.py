"""Pure rules of forms: answers, definitions and their pages, what is read on papers."""

from app_server.forms.rules.answers import (
    check,
    check_materials,
    given,
    keep_trusted,
    lenient,
    strict,
    without_blanks,
)
from app_server.forms.rules.definitions import reasons_against
from app_server.forms.rules.layouts import layout_of, outline_of
from app_server.forms.rules.papers import Reading, findings

__all__ = [
    "Reading",
    "check",
    "check_materials",
    "findings",
    "given",
    "keep_trusted",
    "layout_of",
    "lenient",
    "outline_of",
    "reasons_against",
    "strict",
    "without_blanks",
]

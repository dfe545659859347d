"""PDF from strangers, made harmless: pages stay, everything that acts or is attached goes.

qpdf's structure pass never decompresses page content, so a compressed bomb stays packed.
"""

import io
from typing import Any

import pikepdf

from app_server.forms.errors import (
    DocumentLocked,
    DocumentTooLarge,
    DocumentTooLong,
    DocumentUnreadable,
)

MAX_BYTES = 8 * 1024 * 1024
MAX_PAGES = 50
# Of the catalogue: scripts, actions at opening, attached files, forms that compute (XFA).
_ROOT = ("/OpenAction", "/AA", "/AcroForm", "/Names", "/AF", "/Collection", "/URI", "/Metadata")
_PAGE = ("/AA", "/AF", "/Metadata")


def clean_pdf(data: bytes) -> tuple[bytes, int]:
    """The document without active content, and its pages.

    Raises `DocumentTooLarge`, `DocumentUnreadable`, `DocumentLocked`, `DocumentTooLong`.
    """
    if len(data) > MAX_BYTES:
        raise DocumentTooLarge(max_bytes=MAX_BYTES)
    try:
        with pikepdf.open(io.BytesIO(data)) as document:
            return _cleaned(document)
    except pikepdf.PasswordError as error:
        raise DocumentLocked from error
    except (pikepdf.PdfError, ValueError, KeyError, TypeError, RuntimeError) as error:
        raise DocumentUnreadable from error


def _cleaned(document: pikepdf.Pdf) -> tuple[bytes, int]:
    if document.is_encrypted:
        raise DocumentLocked
    pages = len(document.pages)
    if pages > MAX_PAGES:
        raise DocumentTooLong(max_pages=MAX_PAGES)
    if not pages:
        raise DocumentUnreadable
    # What was filled into a PDF form or drawn on it becomes part of the page before both go.
    document.generate_appearance_streams()
    document.flatten_annotations("all")
    # A new document holds what its pages refer to and nothing else.
    fresh = pikepdf.new()
    for page in document.pages:
        _strip(page.obj)
        fresh.pages.append(page)
    for name in _ROOT:
        if name in fresh.Root:
            del fresh.Root[name]
    out = io.BytesIO()
    # Equal content is an equal file: its digest is its address.
    fresh.save(out, deterministic_id=True)
    return out.getvalue(), pages


def _strip(page: Any) -> None:
    for name in _PAGE:
        if name in page:
            del page[name]
    # Links, movies, attachments and buttons act; what is printed on the page stays.
    if "/Annots" in page:
        del page["/Annots"]

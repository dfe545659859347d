"""Files that people add: sniffed, made harmless, scanned, stored under their content address.

A file that came while the scanner was away is kept apart: its address leads nowhere until it
was looked at, so no officer opens it meanwhile (fail closed); the person goes on undisturbed.
"""

import asyncio
import hashlib
from collections.abc import Sequence
from typing import Any

import structlog

from app_server.forms.errors import FileInfected, KindNotTaken
from app_server.forms.events import FileQuarantined
from app_server.forms.providers import clamav, documents
from app_server.kernel import db, images
from app_server.kernel.ids import uuid7
from app_server.kernel.outbox import announce
from app_server.kernel.storage import NoSuchObject, storage

log = structlog.get_logger(__name__)

PICTURES = ("image/jpeg", "image/png", "image/webp")
PDF = "application/pdf"
FILES = (*PICTURES, PDF)
MAX_PICTURE = 8 * 1024 * 1024
MAX_FILE = MAX_PICTURE
# A page of A4 stays readable at 300 dpi on its short side; faces need far less.
MAX_SIDE = 2560
QUARANTINE = "quarantine/"

# One decoder at a time: a photo of 12 megapixels takes 100 ms and 40 MB, and a web process
# has other people to serve.
_turn = asyncio.Semaphore(1)


async def keep_picture(data: bytes, name: str) -> dict[str, Any]:
    """Sanitise, scan and store a picture; answers the file's facts.

    Raises `images.ImageRefused`, `FileInfected`. The stored object is ours: re-encoded, upright,
    without metadata. Nothing is stored when the picture is refused.
    """
    return await keep_file(data, name, ("picture",))


async def keep_file(data: bytes, name: str, kinds: Sequence[str]) -> dict[str, Any]:
    """Keep a picture or (where `kinds` says "pdf") a PDF; its first bytes say which it is.

    Raises what `keep_picture` does, `KindNotTaken`, and what `documents.clean_pdf` does.
    """
    is_pdf = data[:1024].lstrip().startswith(b"%PDF-")
    if ("pdf" if is_pdf else "picture") not in kinds:
        raise KindNotTaken(kinds=list(kinds))
    async with _turn:
        if is_pdf:
            clean, pages = await asyncio.to_thread(documents.clean_pdf, data)
            kind, digest = PDF, hashlib.sha256(clean).hexdigest()
        else:
            picture = await asyncio.to_thread(
                images.sanitise, data, max_bytes=MAX_PICTURE, max_side=MAX_SIDE
            )
            clean, pages, kind, digest = picture.jpeg, 1, "image/jpeg", picture.sha256
    key = f"forms/{digest}"
    scan = await _scanned(data)
    if scan == "clean":
        await storage().put(key, clean, kind)
    else:
        await _keep_apart(key, data, clean, kind)
    facts = {"id": str(uuid7()), "name": name, "size": len(clean), "key": key}
    return facts | {"type": kind, "pages": pages, "sha256": digest, "scan": scan}


async def _scanned(data: bytes) -> str:
    """The state of the bytes as they came; raises `FileInfected`."""
    try:
        if await clamav.is_infected(data):
            raise FileInfected
    except clamav.ScannerAway as error:
        log.warning("scanner_away", error=str(error))
        return "waiting"
    return "clean"


async def _keep_apart(key: str, data: bytes, clean: bytes, kind: str) -> None:
    # The scanner must see what came: what it would find may be gone from our own encoding.
    original = hashlib.sha256(data).hexdigest()
    apart = f"{QUARANTINE}{original}"
    await storage().put(f"{apart}.original", data, "application/octet-stream")
    await storage().put(apart, clean, kind)
    async with db.single_statement():
        announce(FileQuarantined(object_key=key, kind=kind, original=original))


async def release(key: str, kind: str, original: str) -> bool:
    """Look again at a file kept apart; False when it is infected (it is gone then).

    Raises `clamav.ScannerAway`. A file that is no longer there was released before.
    """
    apart = f"{QUARANTINE}{original}"
    try:
        data, clean = await storage().get(f"{apart}.original"), await storage().get(apart)
    except NoSuchObject:
        return True
    infected = await clamav.is_infected(data)
    if not infected:
        await storage().put(key, clean, kind)
    for name in (f"{apart}.original", apart):
        await storage().delete(name)
    return not infected

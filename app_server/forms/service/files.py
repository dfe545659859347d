"""Pictures that people add: made harmless first, then stored under their content address."""

import asyncio
from typing import Any

from app_server.kernel import images
from app_server.kernel.ids import uuid7
from app_server.kernel.storage import storage

PICTURES = ("image/jpeg", "image/png", "image/webp")
MAX_PICTURE = 8 * 1024 * 1024
# A page of A4 stays readable at 300 dpi on its short side; faces need far less.
MAX_SIDE = 2560

# One decoder at a time: a photo of 12 megapixels takes 100 ms and 40 MB, and a web process
# has other people to serve.
_turn = asyncio.Semaphore(1)


async def keep_picture(data: bytes, name: str) -> dict[str, Any]:
    """Sanitise and store a picture; answers the file's facts. Raises `images.ImageRefused`.

    The stored object is ours: re-encoded, upright, without metadata. Nothing is stored when the
    picture is refused.
    """
    async with _turn:
        clean = await asyncio.to_thread(
            images.sanitise, data, max_bytes=MAX_PICTURE, max_side=MAX_SIDE
        )
    key = f"forms/{clean.sha256}"
    await storage().put(key, clean.jpeg, "image/jpeg")
    return {"id": str(uuid7()), "name": name, "size": len(clean.jpeg), "key": key}

"""Reading papers by machine: RapidOCR (PP-OCR models inside its wheel) in a process of its own.

The child sees the picture and gives back lines; it knows no names, keeps nothing, and may be
killed. One thread: two workers with two threads each read no more pages a second.
"""

import importlib
import io
from functools import lru_cache
from typing import Any

import cv2
import numpy as np
from PIL import Image

from app_server.forms.rules import Reading
from app_server.kernel.pool import ProcessPool

MAX_SIDE = 1800
MAX_PAGES = 2
PDF_SCALE = 2.0  # 144 dpi

_engine: list[Any] = []


def load_engine() -> None:
    """Prepare this process to read; slow (half a second)."""
    module = importlib.import_module("rapidocr")
    one = "EngineConfig.onnxruntime"
    params = {
        "Global.log_level": "error",
        f"{one}.intra_op_num_threads": 1,
        f"{one}.inter_op_num_threads": 1,
    }
    _engine[:] = [module.RapidOCR(params=params)]


def read_paper(data: bytes, kind: str) -> Reading:
    """The lines on a paper (the first pages of a PDF); `load_engine` came before."""
    lines: list[tuple[str, float]] = []
    sharpness = []
    for page in _pages(data, kind):
        page.thumbnail((MAX_SIDE, MAX_SIDE))
        pixels = np.asarray(page.convert("RGB"))[:, :, ::-1]
        sharpness.append(_sharpness(pixels))
        seen = _engine[0](pixels)
        lines += zip(seen.txts or (), map(float, seen.scores or ()), strict=True)
    return Reading(tuple(lines), min(sharpness))


def _pages(data: bytes, kind: str) -> list[Image.Image]:
    if kind != "application/pdf":
        return [Image.open(io.BytesIO(data))]
    pdfium = importlib.import_module("pypdfium2")
    document = pdfium.PdfDocument(data)
    most = min(len(document), MAX_PAGES)
    return [document[number].render(scale=PDF_SCALE).to_pil() for number in range(most)]


def _sharpness(pixels: Any) -> float:
    """Variance of the Laplacian at a width of 1000, so that cameras can be compared."""
    grey = cv2.cvtColor(pixels, cv2.COLOR_BGR2GRAY)
    height = max(1, round(grey.shape[0] * 1000 / grey.shape[1]))
    grey = cv2.resize(grey, (1000, height), interpolation=cv2.INTER_AREA)
    return float(cv2.Laplacian(grey, cv2.CV_64F).var())


@lru_cache(maxsize=1)
def reader_pool() -> ProcessPool:
    """The reader of this process; its child starts with the first paper."""
    return ProcessPool(
        "papers",
        workers=1,
        initializer=load_engine,
        queue_limit=4,
        deadline=25.0,
        memory_limit=4 * 1024**3,
        max_tasks=500,
    )


async def close_reader() -> None:
    """End the child, if one was started."""
    if reader_pool.cache_info().currsize:
        await reader_pool().close()
        reader_pool.cache_clear()

"""Pictures from strangers, made harmless: one upright RGB picture with no metadata, or a refusal.

Everything that can be refused is refused from the first bytes or the header, before a decoder
allocates pixels: a 420 KB PNG of 12000 x 12000 costs a naive decoder 1.4 GB and four seconds.
CPU work (2 ms for a 720 x 960 JPEG, 100 ms for 12 MP): call it in a `kernel.pool` worker,
never on the event loop.
"""

import hashlib
import io
from dataclasses import dataclass
from typing import ClassVar

from PIL import Image, ImageFile, ImageOps

from app_server.kernel.errors import Problem

MAX_BYTES = 4 * 1024 * 1024
MAX_SIDE = 1280
MAX_PIXELS = 25_000_000
MAX_ASPECT = 5.0
MIN_SIDE = 80
JPEG_QUALITY = 90

KINDS = ("jpeg", "png", "webp")


@dataclass(frozen=True, slots=True)
class CleanImage:
    """An upright RGB JPEG that this server encoded itself; `sha256` (hex) is of these bytes."""

    jpeg: bytes
    width: int
    height: int
    sha256: str


class ImageRefused(Problem):
    """A picture was not taken in; the subclass says why."""

    code: ClassVar[str] = "image.refused"
    status: ClassVar[int] = 422
    title: ClassVar[str] = "图片无法使用，请更换后再试"


class ImageTooLarge(ImageRefused):
    """More bytes than this door takes; `max_bytes` is in the facts."""

    code = "image.too_large"
    status = 413
    title = "图片文件过大，请压缩后再上传"


class NotAnImage(ImageRefused):
    """Neither the first bytes nor the decoder recognise one of the accepted kinds."""

    code = "image.not_an_image"
    title = "文件不是可识别的图片，请上传JPG、PNG或WebP格式"


class TooManyPixels(ImageRefused):
    """The header promises more than 25 million pixels."""

    code = "image.too_many_pixels"
    title = "图片尺寸过大，请缩小后再上传"


class ImageTruncated(ImageRefused):
    """The picture data ends early or is damaged."""

    code = "image.truncated"
    title = "图片不完整或已损坏，请重新上传"


class ImageAnimated(ImageRefused):
    """More than one frame; nobody could say which of them is meant."""

    code = "image.animated"
    title = "不支持动态图片，请上传静态图片"


class ImageTooSmall(ImageRefused):
    """The shorter side has fewer than 80 pixels."""

    code = "image.too_small"
    title = "图片太小，请上传更清晰的图片"


class OddShape(ImageRefused):
    """One side is more than five times the other."""

    code = "image.odd_shape"
    title = "图片长宽比例异常，请更换图片"


def sanitise(
    data: bytes,
    *,
    max_bytes: int = MAX_BYTES,
    max_side: int = MAX_SIDE,
    kinds: tuple[str, ...] = KINDS,
) -> CleanImage:
    """Re-encode a stranger's picture: upright, at most `max_side` pixels a side, no metadata.

    Raises a subclass of `ImageRefused` (too large, not an image, too many pixels, truncated,
    animated, too small, odd shape). `kinds` are of "jpeg", "png", "webp".
    """
    picture = open_safely(data, max_bytes=max_bytes, max_side=max_side, kinds=kinds)
    encoded = io.BytesIO()
    picture.save(encoded, "JPEG", quality=JPEG_QUALITY)
    jpeg = encoded.getvalue()
    return CleanImage(jpeg, picture.width, picture.height, hashlib.sha256(jpeg).hexdigest())


def open_safely(
    data: bytes,
    *,
    max_bytes: int = MAX_BYTES,
    max_side: int = MAX_SIDE,
    kinds: tuple[str, ...] = KINDS,
) -> Image.Image:
    """The same checks as `sanitise`, giving the upright RGB pixels without encoding them again.

    For callers that look at the pixels at once (the face engines). Raises `ImageRefused`.
    """
    if len(data) > max_bytes:
        raise ImageTooLarge(max_bytes=max_bytes)
    kind = _kind(data)
    if kind is None or kind not in kinds:
        raise NotAnImage
    picture = _header(data, kind)
    _check_shape(picture)
    if kind == "jpeg":
        # The JPEG decoder can shrink by 2, 4 or 8 while it decodes: 12 MP cost 100 ms, not 400.
        picture.draft("RGB", (max_side, max_side))
    return _upright(picture, max_side)


def _kind(data: bytes) -> str | None:
    """What the first bytes say; file names and content types are claims, not evidence."""
    if data.startswith(b"\xff\xd8\xff"):
        return "jpeg"
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "png"
    if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        return "webp"
    return None


def _header(data: bytes, kind: str) -> Image.Image:
    """Open with the one decoder that fits, reading no pixels."""
    try:
        return Image.open(io.BytesIO(data), formats=(kind.upper(),))
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise TooManyPixels from error
    except Exception as error:  # a decoder fed by strangers may raise anything
        raise NotAnImage from error


def _check_shape(picture: Image.Image) -> None:
    width, height = picture.size
    if width * height > MAX_PIXELS:
        raise TooManyPixels(max_pixels=MAX_PIXELS)
    if min(width, height) < MIN_SIDE:
        raise ImageTooSmall(min_side=MIN_SIDE)
    if max(width, height) > MAX_ASPECT * min(width, height):
        raise OddShape
    # A phone's "MPO" is a still JPEG with a depth or HDR map behind it, not an animation;
    # Pillow decodes its first picture, and the rest is dropped with the metadata.
    if picture.format != "MPO" and getattr(picture, "n_frames", 1) > 1:
        raise ImageAnimated


def _upright(picture: Image.Image, max_side: int) -> Image.Image:
    # face_recognition switches this on for the whole process when it is imported, and half a
    # file then passes as a picture.
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    try:
        picture.load()
        picture = _plain(picture)
        picture.thumbnail((max_side, max_side))
        ImageOps.exif_transpose(picture, in_place=True)
        picture = _on_white(picture)
    except Exception as error:  # a decoder fed by strangers may raise anything
        raise ImageTruncated from error
    # Pillow writes a JPEG comment back unasked; position, device and owner must not survive.
    picture.info.clear()
    return picture


def _plain(picture: Image.Image) -> Image.Image:
    """Modes that cannot be shrunk well, made ones that can. 16-bit grey is scaled, not clipped."""
    if picture.mode.startswith("I"):
        return picture.convert("I").point(lambda level: level / 256).convert("L")
    if picture.mode in {"1", "P", "PA"}:
        return picture.convert("RGBA" if picture.has_transparency_data else "RGB")
    return picture


def _on_white(picture: Image.Image) -> Image.Image:
    """RGB; what is see-through lies on white paper, so nothing hides under the alpha channel."""
    if not picture.has_transparency_data:
        return picture.convert("RGB")
    layer = picture.convert("RGBA")
    return Image.alpha_composite(Image.new("RGBA", layer.size, "white"), layer).convert("RGB")

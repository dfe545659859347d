"""Sanitising: what strangers may hand in as a picture, and what becomes of it."""

import io
import struct
import subprocess
import sys
import time
import zlib
from collections.abc import Callable

import pytest
from PIL import Image, ImageChops, ImageFile, ImageStat

from app_server.kernel import images

# How each EXIF orientation is stored, so that it is seen upright.
STORED_AS = {
    1: None,
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}
ORIENTATION = 0x0112


# What refusing one file costs at its peak, beyond what the process held before (KiB).
COST = """
import resource, sys
from app_server.kernel import images
data = sys.stdin.buffer.read()
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
try:
    images.sanitise(data)
except images.ImageRefused:
    pass
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""


def a_picture(width: int = 240, height: int = 320) -> Image.Image:
    """Smooth, and different in every corner."""
    across = Image.linear_gradient("L").rotate(90).resize((width, height))
    down = Image.linear_gradient("L").resize((width, height))
    return Image.merge("RGB", (across, down, Image.new("L", (width, height), 90)))


def encoded(picture: Image.Image, kind: str = "JPEG", **options: object) -> bytes:
    """The picture as a file."""
    target = io.BytesIO()
    picture.save(target, kind, **options)
    return target.getvalue()


def opened(clean: images.CleanImage) -> Image.Image:
    """What the sanitised bytes show."""
    return Image.open(io.BytesIO(clean.jpeg))


def difference(one: Image.Image, other: Image.Image) -> float:
    """Mean difference per channel, 0..255."""
    return max(ImageStat.Stat(ImageChops.difference(one, other)).mean)


def a_png_bomb() -> bytes:
    return encoded(Image.new("1", (12000, 12000)), "PNG")


def a_png_of_promised_size(width: int, height: int) -> bytes:
    """A header that promises pixels which never come."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = b"IHDR" + header
    chunk = struct.pack(">I", len(header)) + body + struct.pack(">I", zlib.crc32(body))
    return b"\x89PNG\r\n\x1a\n" + chunk + struct.pack(">I", 1 << 20) + b"IDAT" + bytes(64)


def an_animation(kind: str) -> bytes:
    frames = [a_picture().rotate(angle) for angle in (0, 90, 180)]
    return encoded(frames[0], kind, save_all=True, append_images=frames[1:], duration=100)


def half_of(data: bytes, share: float = 0.5) -> bytes:
    return data[: int(len(data) * share)]


HOSTILE: list[tuple[str, Callable[[], bytes], type[images.ImageRefused]]] = [
    ("nothing at all", lambda: b"", images.NotAnImage),
    ("a text named .jpg", lambda: "不是图片".encode() * 100, images.NotAnImage),
    ("only the first bytes of a JPEG", lambda: b"\xff\xd8\xff" + bytes(2000), images.NotAnImage),
    ("a GIF", lambda: encoded(a_picture(), "GIF"), images.NotAnImage),
    ("a BMP", lambda: encoded(a_picture(), "BMP"), images.NotAnImage),
    ("a TIFF", lambda: encoded(a_picture(), "TIFF"), images.NotAnImage),
    ("an SVG", lambda: b"<svg xmlns='http://www.w3.org/2000/svg'/>", images.NotAnImage),
    ("five mebibytes", lambda: b"\xff\xd8\xff" + bytes(5 << 20), images.ImageTooLarge),
    ("a PNG bomb", a_png_bomb, images.TooManyPixels),
    (
        "a promise of 60000 pixels",
        lambda: a_png_of_promised_size(60000, 60000),
        images.TooManyPixels,
    ),
    ("a promise of 5001 pixels", lambda: a_png_of_promised_size(5001, 5000), images.TooManyPixels),
    ("a promise of 4000 pixels", lambda: a_png_of_promised_size(4000, 4000), images.ImageTruncated),
    ("half a JPEG", lambda: half_of(encoded(a_picture())), images.ImageTruncated),
    ("most of a JPEG", lambda: half_of(encoded(a_picture()), 0.9), images.ImageTruncated),
    (
        "half a progressive",
        lambda: half_of(encoded(a_picture(), progressive=True)),
        images.ImageTruncated,
    ),
    ("half a PNG", lambda: half_of(encoded(a_picture(), "PNG")), images.ImageTruncated),
    ("half a WebP", lambda: half_of(encoded(a_picture(), "WEBP")), images.ImageRefused),
    ("an animated PNG", lambda: an_animation("PNG"), images.ImageAnimated),
    ("an animated WebP", lambda: an_animation("WEBP"), images.ImageAnimated),
    ("a stamp", lambda: encoded(a_picture(79, 200)), images.ImageTooSmall),
    ("a ribbon", lambda: encoded(a_picture(100, 501)), images.OddShape),
]


@pytest.mark.parametrize(
    ("make", "refusal"), [row[1:] for row in HOSTILE], ids=[row[0] for row in HOSTILE]
)
def test_a_hostile_file_is_refused_quickly_and_by_name(
    make: Callable[[], bytes], refusal: type[images.ImageRefused]
) -> None:
    data = make()
    began = time.process_time()
    with pytest.raises(refusal) as caught:
        images.sanitise(data)
    assert time.process_time() - began < 0.15
    assert caught.value.code.startswith("image.")
    assert caught.value.title[-1].isalpha()


@pytest.mark.parametrize("row", HOSTILE, ids=[row[0] for row in HOSTILE])
def test_a_hostile_file_costs_a_worker_little_memory(row: tuple[object, ...]) -> None:
    # A child of its own: the peak of a process that has seen other files says nothing.
    sent = io.BytesIO(row[1]())  # type: ignore[operator]
    told = subprocess.run(
        [sys.executable, "-c", COST], input=sent.getvalue(), capture_output=True, check=True
    )
    assert int(told.stdout) < 64 * 1024, "KiB"


def test_a_truncated_file_is_refused_even_after_a_library_switched_leniency_on() -> None:
    ImageFile.LOAD_TRUNCATED_IMAGES = True
    with pytest.raises(images.ImageTruncated):
        images.sanitise(half_of(encoded(a_picture())))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("orientation", STORED_AS)
def test_every_exif_orientation_gives_the_same_upright_picture(kind: str, orientation: int) -> None:
    upright = a_picture()
    turn = STORED_AS[orientation]
    stored = upright.transpose(turn) if turn is not None else upright
    exif = Image.Exif()
    exif[ORIENTATION] = orientation
    clean = images.sanitise(encoded(stored, kind, exif=exif))
    assert (clean.width, clean.height) == upright.size
    assert difference(opened(clean), upright) < 6


@pytest.mark.parametrize("mode", ["L", "LA", "P", "1", "CMYK", "RGBA", "I;16"])
def test_every_usual_colour_mode_becomes_rgb(mode: str) -> None:
    grey = a_picture().convert("L")
    if mode == "I;16":
        picture = Image.frombytes(
            "I;16", grey.size, b"".join(bytes((0, v)) for v in grey.tobytes())
        )
    else:
        picture = a_picture().convert(mode)
    clean = images.sanitise(encoded(picture, "JPEG" if mode == "CMYK" else "PNG"))
    assert opened(clean).mode == "RGB"
    if mode not in {"1", "P"}:  # these two are dithered on the way in
        assert difference(opened(clean).convert("L"), grey) < 8


def test_what_is_see_through_lies_on_white_paper() -> None:
    hidden = a_picture()
    hidden.putalpha(0)
    clean = images.sanitise(encoded(hidden, "PNG"))
    assert opened(clean).getextrema() == ((255, 255),) * 3


def test_position_device_comment_and_profile_do_not_survive() -> None:
    exif = Image.Exif()
    exif[0x010F] = "SecretPhone"
    exif.get_ifd(0x8825)[1] = "N"
    dirty = encoded(a_picture(), exif=exif, comment=b"owner 340xxx", icc_profile=b"fake profile")
    clean = images.sanitise(dirty)
    again = opened(clean)
    assert not again.getexif()
    assert not {"exif", "comment", "icc_profile"} & set(again.info)
    assert b"SecretPhone" not in clean.jpeg


def test_what_is_appended_to_a_picture_does_not_survive() -> None:
    clean = images.sanitise(encoded(a_picture()) + b"<script>alert(1)</script>")
    assert b"<script>" not in clean.jpeg


def test_a_large_photograph_is_brought_to_1280_pixels_in_good_time() -> None:
    data = encoded(a_picture(4000, 3000))
    began = time.process_time()
    clean = images.sanitise(data)
    assert (clean.width, clean.height) == (1280, 960)
    assert time.process_time() - began < 1.0


def test_a_small_picture_is_not_enlarged() -> None:
    clean = images.sanitise(encoded(a_picture(200, 100)))
    assert (clean.width, clean.height) == (200, 100)


def test_a_phones_still_with_a_depth_map_behind_it_is_not_an_animation() -> None:
    still = a_picture()
    data = encoded(still, "MPO", save_all=True, append_images=[a_picture(120, 160)])
    assert images.sanitise(data).width == still.width


def test_a_door_may_take_fewer_kinds_and_fewer_bytes() -> None:
    data = encoded(a_picture(), "PNG")
    with pytest.raises(images.NotAnImage):
        images.sanitise(data, kinds=("jpeg",))
    with pytest.raises(images.ImageTooLarge) as caught:
        images.sanitise(data, max_bytes=100)
    assert caught.value.status == 413
    assert caught.value.facts == {"max_bytes": 100}


def test_sanitising_twice_changes_nothing_but_the_encoding() -> None:
    once = images.sanitise(encoded(a_picture()))
    twice = images.sanitise(once.jpeg)
    assert difference(opened(once), opened(twice)) < 3

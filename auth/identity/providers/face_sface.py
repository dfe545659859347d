"""YuNet finds the face, SFace describes it; both through OpenCV. The engine that decides.

Both networks are OpenCV Zoo's int8 files (MIT and Apache-2.0). SFace's list of graph inputs is
cut down to `data` by deploy/fetch_assets.py, because OpenCV 5 refuses the file as published.
"""

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from app_server.kernel import images
from auth.identity.providers.face_engine import (
    Face,
    Point,
    Template,
    default_models,
    read_model,
    same_engine,
)
from auth.identity.providers.face_refusals import (
    FaceBlurred,
    FaceRefused,
    FaceTilted,
    FaceTooDark,
    FaceTooSmall,
    NoFace,
    SeveralFaces,
)

YUNET = "face_detection_yunet_2023mar_int8bq.onnx"
YUNET_SHA256 = "49f000ec501fef24739071fc7e68267d32209045b6822c0c72dce1da25726f10"
SFACE = "face_recognition_sface_2021dec_int8bq.onnx"
SFACE_SHA256 = "487a139eb85ccd5ff30aef7d0add7f12d2bb7abb90c5f08a7f481b452a660e00"

DETECT_SIDE = 640  # detection costs 9-20 ms at this size, four times that at full size
FACE_SCORE = 0.6  # below this YuNet is not talking about a face
# YuNet also gives a face on its head 0.74-0.88 and one on its side up to 0.76; upright ones
# get 0.92 and more. Only a face at least this good spares us the other three orientations.
UPRIGHT_SCORE = 0.9
RIVAL_SHARE = 0.5  # of the largest face's width; people further behind are no rivals
MIN_FACE = 80  # pixels; at 50 FNMR is as usual, at 25 it is 10 %, and cameras give far more
# In YuNet's landmarks a true lean of 15 degrees shows as 11, of 30 as 19 and of 45 as 23; at a
# true 30 the recogniser misses 43 % of owners.
MAX_ROLL = 15.0
ALIGN_WIDTH = 160  # the aligned crop is 112 pixels; larger faces would alias in the warp
# Variance of the Laplacian of the crop: 500-1300 sharp, 10 at a blur of 3 pixels (8 % FNMR),
# 5 at 5 pixels (score halved), 2-3 at 8 (noise only).
MIN_SHARPNESS = 6.0
FULL_SHARPNESS = 60.0
EMBEDDING_SIZE = 128
MIN_LIGHT = 25.0  # mean grey level 0..255 of the crop

Pixels = NDArray[np.uint8]
Row = NDArray[np.float32]  # YuNet's: x, y, w, h, five points, score

_TURNS: dict[int, int | None] = {
    0: None,
    90: cv2.ROTATE_90_CLOCKWISE,
    180: cv2.ROTATE_180,
    270: cv2.ROTATE_90_COUNTERCLOCKWISE,
}


class SFaceEngine:
    """See `FaceEngine`. `compare` is a cosine, -1..1; thresholds are in `face_engine`."""

    id = "opencv-yunet-sface-int8bq"
    model_sha = SFACE_SHA256

    def __init__(self, models: Path | None = None) -> None:
        """Load both networks from the folder. Raises `ModelError` unless they are the pinned."""
        folder = models or default_models()
        # The very bytes that were checked are given to OpenCV; a path could change in between.
        yunet = np.frombuffer(read_model(folder / YUNET, YUNET_SHA256), np.uint8)
        sface = np.frombuffer(read_model(folder / SFACE, SFACE_SHA256), np.uint8)
        no_config = np.empty(0, np.uint8)
        cv2.setNumThreads(1)
        self._detector = cv2.FaceDetectorYN.create("onnx", yunet, no_config, (320, 320), FACE_SCORE)
        self._recogniser = cv2.FaceRecognizerSF.create("onnx", sface, no_config)

    def analyse(self, image: bytes) -> Face:
        """The one face of a picture, upright. Raises `ImageRefused`, `FaceRefused`."""
        rgb = np.asarray(images.open_safely(image))
        picture = np.ascontiguousarray(rgb[:, :, ::-1])
        picture, rows, turned = self._orient(picture)
        row = only_face(rows)
        crop = self._align(picture, row)
        sharpness, light = _sharpness(crop), float(crop.mean())
        face = Face(
            box=(float(row[0]), float(row[1]), float(row[2]), float(row[3])),
            pts5=_points(row),
            quality=round(float(row[14]) * min(1.0, sharpness / FULL_SHARPNESS), 4),
            turned=turned,
            template=self._template(self._recogniser.feature(crop)[0]),
        )
        _check(face, sharpness, light)
        return face

    def upright_face(self, picture: Pixels) -> Row:
        """The one face of a film frame (BGR), which stands as it was taken.

        Raises `NoFace`, `SeveralFaces`, `FaceTooSmall`.
        """
        row = only_face(self._detect(picture))
        if min(float(row[2]), float(row[3])) < MIN_FACE:
            raise FaceTooSmall
        return row

    def described(self, picture: Pixels, row: Row) -> tuple[Template, float]:
        """The template of a face already found, and its quality (0..1)."""
        crop = self._align(picture, row)
        quality = round(float(row[14]) * min(1.0, _sharpness(crop) / FULL_SHARPNESS), 4)
        return self._template(self._recogniser.feature(crop)[0]), quality

    def compare(self, a: Template, b: Template) -> float:
        """Cosine of two templates. Raises `EngineMismatchError` for foreign ones."""
        same_engine(self, a, b)
        return float(_vector(a) @ _vector(b))

    def mean(self, templates: Sequence[Template]) -> Template:
        """The unit mean: three photographs cut FNMR from 2.8 % to 0.3 % at the same FMR."""
        same_engine(self, *templates)
        return self._template(np.mean([_vector(one) for one in templates], axis=0))

    def _template(self, vector: NDArray[Any]) -> Template:
        unit = np.divide(vector, np.linalg.norm(vector)).astype("<f4")
        return Template(self.id, self.model_sha, unit.tobytes())

    def _orient(self, picture: Pixels) -> tuple[Pixels, list[Row], int]:
        """Turn the picture the way its best face stands; most pictures are upright already."""
        upright = self._detect(picture)
        if upright and upright[0][14] >= UPRIGHT_SCORE:
            return picture, upright, 0
        best = (picture, upright, 0)
        for degrees, code in _TURNS.items():
            if code is None:
                continue
            turned = np.asarray(cv2.rotate(picture, code), np.uint8)
            rows = self._detect(turned)
            if rows and (not best[1] or rows[0][14] > best[1][0][14]):
                best = (turned, rows, degrees)
        return best

    def _detect(self, picture: Pixels) -> list[Row]:
        """Faces in pixels of `picture`, best first."""
        shrink = min(1.0, DETECT_SIDE / max(picture.shape[:2]))
        small = _scaled(picture, shrink)
        self._detector.setInputSize((small.shape[1], small.shape[0]))
        found: Any = self._detector.detect(small)[1]  # OpenCV answers None where it sees nobody
        if found is None:
            return []
        rows = np.asarray(found, np.float32)
        rows[:, :14] /= shrink
        return sorted(rows, key=lambda row: -float(row[14]))

    def _align(self, picture: Pixels, row: Row) -> Pixels:
        shrink = min(1.0, ALIGN_WIDTH / float(row[2]))
        scaled = np.append(row[:14] * shrink, row[14:]).astype(np.float32)
        crop = self._recogniser.alignCrop(_scaled(picture, shrink), scaled)
        return np.asarray(crop, np.uint8)


def _scaled(picture: Pixels, factor: float) -> Pixels:
    if factor >= 1.0:
        return picture
    smaller = cv2.resize(picture, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
    return np.asarray(smaller, np.uint8)


def only_face(rows: list[Row]) -> Row:
    """The largest face, if no other comes near it."""
    if not rows:
        raise NoFace
    largest, *others = sorted(rows, key=lambda row: -float(row[2]))
    if any(row[2] >= RIVAL_SHARE * largest[2] for row in others):
        raise SeveralFaces
    return largest


def _check(face: Face, sharpness: float, light: float) -> None:
    """Refuse what the recogniser would answer with noise; the most helpful advice first."""
    refusals: tuple[tuple[bool, type[FaceRefused]], ...] = (
        (min(face.box[2:]) < MIN_FACE, FaceTooSmall),
        (light < MIN_LIGHT, FaceTooDark),
        (sharpness < MIN_SHARPNESS, FaceBlurred),
        (abs(face.roll) > MAX_ROLL, FaceTilted),
    )
    for refused, problem in refusals:
        if refused:
            raise problem


def _sharpness(crop: Pixels) -> float:
    grey = cv2.cvtColor(crop, cv2.COLOR_BGR2GRAY)
    return float(cv2.Laplacian(grey, cv2.CV_64F).var())


def _points(row: Row) -> tuple[Point, Point, Point, Point, Point]:
    left_eye, right_eye, nose, left_lip, right_lip = (
        (float(row[at]), float(row[at + 1])) for at in range(4, 14, 2)
    )
    return left_eye, right_eye, nose, left_lip, right_lip


def _vector(template: Template) -> NDArray[np.float32]:
    vector = np.frombuffer(template.embedding, "<f4").astype(np.float32)
    if vector.size != EMBEDDING_SIZE or not math.isclose(
        float(np.linalg.norm(vector)), 1.0, abs_tol=1e-3
    ):
        message = "a template is 128 float32 of length one"
        raise ValueError(message)
    return vector

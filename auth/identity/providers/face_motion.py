"""What a film frame shows: where the face is, where it looks, eyes, mouth, and its colour.

YuNet's five points tell a turn better than 68 landmarks do; dlib's landmarks tell eyes and mouth
(face.md §5a). Everything here runs inside the face workers.
"""

import math
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from app_server.kernel import images
from auth.identity.providers.face_dlib import import_library
from auth.identity.providers.face_engine import Template, read_model
from auth.identity.providers.face_sface import Pixels, Row, SFaceEngine
from auth.identity.rules import Glimpse

LANDMARKS_SHA256 = "fbdc2cb80eb9aa7a758672cbfdda32ba6300efe9b6e6c7a299ff7e736b11b92f"
FRAME_SIDE = 640
GREY_SIDE = 8

# dlib's numbering of the 68 points.
LEFT_EYE, RIGHT_EYE = range(36, 42), range(42, 48)
MOUTH = range(60, 68)
Marks = NDArray[np.float64]


class MotionReader:
    """Reads frames of one film; one instance per worker process."""

    def __init__(self, engine: SFaceEngine) -> None:
        """Load the landmark model. Raises `ModelError` unless it is the pinned one."""
        self._engine = engine
        self._dlib = import_library("dlib")
        path = Path(import_library("face_recognition_models").pose_predictor_model_location())
        read_model(path, LANDMARKS_SHA256)
        self._predictor = self._dlib.shape_predictor(str(path))

    def read(self, image: bytes, at_ms: int, describe: bool) -> tuple[Glimpse, Template | None]:
        """One frame, and the face's template if asked. Raises `ImageRefused`, `FaceRefused`."""
        rgb = np.asarray(images.open_safely(image, max_side=FRAME_SIDE))
        picture = np.ascontiguousarray(rgb[:, :, ::-1])
        row = self._engine.upright_face(picture)
        template, quality = self._engine.described(picture, row) if describe else (None, 0.0)
        return self._glimpse(rgb, row, at_ms, quality), template

    def _glimpse(self, rgb: Pixels, row: Row, at_ms: int, quality: float) -> Glimpse:
        x, y, width, height = (float(v) for v in row[:4])
        marks = self._marks(rgb, x, y, width, height)
        across = float(rgb.shape[1])
        face = _inside(rgb, x, y, width, height)
        colour = face.reshape(-1, 3).mean(axis=0)
        small = cv2.resize(face, (GREY_SIDE, GREY_SIDE), interpolation=cv2.INTER_AREA)
        grey = cv2.cvtColor(small, cv2.COLOR_RGB2GRAY)
        return Glimpse(
            at_ms=at_ms,
            x=round((x + width / 2) / across, 4),
            width=round(width / across, 4),
            turn=round(_turn(row), 4),
            eyes=round((_opening(marks[LEFT_EYE]) + _opening(marks[RIGHT_EYE])) / 2, 4),
            mouth=round(_opening_of_mouth(marks[MOUTH]), 4),
            colour=(float(colour[0]), float(colour[1]), float(colour[2])),
            grey=tuple(int(v) for v in grey.reshape(-1)),
            quality=quality,
        )

    def _marks(self, rgb: Pixels, x: float, y: float, width: float, height: float) -> Marks:
        # dlib was trained on boxes that begin above the brows; YuNet's begin at the hair.
        box = self._dlib.rectangle(int(x), int(y + height * 0.15), int(x + width), int(y + height))
        parts: Any = self._predictor(np.ascontiguousarray(rgb), box).parts()
        return np.array([(p.x, p.y) for p in parts], np.float64)


def _inside(rgb: Pixels, x: float, y: float, width: float, height: float) -> Pixels:
    """The middle of the face: skin, whatever stands behind it."""
    top, left = max(0, int(y + height * 0.25)), max(0, int(x + width * 0.2))
    part = rgb[top : int(y + height * 0.85), left : int(x + width * 0.8)]
    return part if part.size else rgb


def _turn(row: Row) -> float:
    (ax, ay), (bx, by), nose = (row[4], row[5]), (row[6], row[7]), row[8]
    return float((nose - (ax + bx) / 2) / max(math.hypot(bx - ax, by - ay), 1.0))


def _opening(eye: Marks) -> float:
    """Height by width of an eye (six points around it)."""
    height = np.linalg.norm(eye[1] - eye[5]) + np.linalg.norm(eye[2] - eye[4])
    return float(height / 2 / max(float(np.linalg.norm(eye[0] - eye[3])), 1.0))


def _opening_of_mouth(lips: Marks) -> float:
    """Height by width between the lips (eight inner points)."""
    heights = [np.linalg.norm(lips[a] - lips[b]) for a, b in ((1, 7), (2, 6), (3, 5))]
    return float(np.mean(heights) / max(float(np.linalg.norm(lips[0] - lips[4])), 1.0))

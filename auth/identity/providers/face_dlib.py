"""face_recognition (dlib): the second engine, whose score is only written down.

It must never decide alone: at its library's default tolerance 39.6 % of Chinese strangers pass
(shared/reference/face.md §3a). Its detector and its network are independent of ours, so a
large disagreement between the two is worth a look by the people who watch the audit log.
"""

import importlib
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import ImageFile

from app_server.kernel import images
from auth.identity.providers.face_engine import (
    Face,
    ModelError,
    Point,
    Template,
    read_model,
    same_engine,
)
from auth.identity.providers.face_refusals import NoFace, SeveralFaces

NETWORK_SHA256 = "55533b28a95800a551ba546ba62fe69625c7e95a7061c338adffead08719da30"
DETECT_SIDE = 640  # the HOG detector costs 75 ms here, and five times that one octave larger
RIVAL_SHARE = 0.5

Pixels = NDArray[np.uint8]
Rectangle = tuple[int, int, int, int]  # top, right, bottom, left


class DlibEngine:
    """See `FaceEngine`. `compare` is 1 minus the distance; 0.585 is FMR 0.1 % on Chinese faces."""

    id = "dlib-hog-resnet-v1"
    model_sha = NETWORK_SHA256

    def __init__(self, models: Path | None = None) -> None:
        """Import the library and check its network. Raises `ModelError`.

        `models` is not used: the networks lie inside a Python package.
        """
        del models
        self._library = import_library("face_recognition")
        weights = import_library("face_recognition_models").face_recognition_model_location()
        read_model(Path(weights), NETWORK_SHA256)

    def analyse(self, image: bytes) -> Face:
        """The one face of an upright picture. Raises `ImageRefused`, `FaceRefused`.

        Of the five points the library knows eyes, nose and lips by name; `quality` is 1, since
        it does not say how sure it is.
        """
        picture = np.array(images.open_safely(image, max_side=DETECT_SIDE))
        where = self._only_face(picture)
        marks = self._library.face_landmarks(picture, [where])[0]
        vector = self._library.face_encodings(picture, [where])[0]
        top, right, bottom, left = where
        lips = sorted(marks["top_lip"])
        return Face(
            box=(float(left), float(top), float(right - left), float(bottom - top)),
            pts5=(
                _middle(marks["left_eye"]),
                _middle(marks["right_eye"]),
                _middle(marks["nose_tip"]),
                _middle(lips[:1]),
                _middle(lips[-1:]),
            ),
            quality=1.0,
            turned=0,
            template=self._template(vector),
        )

    def compare(self, a: Template, b: Template) -> float:
        """1 minus the Euclidean distance. Raises `EngineMismatchError` for foreign templates."""
        same_engine(self, a, b)
        return 1.0 - float(np.linalg.norm(_vector(a) - _vector(b)))

    def mean(self, templates: Sequence[Template]) -> Template:
        """The plain mean; dlib's vectors are compared by distance, not by angle."""
        same_engine(self, *templates)
        return self._template(np.mean([_vector(one) for one in templates], axis=0))

    def _template(self, vector: NDArray[Any]) -> Template:
        return Template(self.id, self.model_sha, vector.astype("<f4").tobytes())

    def _only_face(self, picture: Pixels) -> Rectangle:
        found: list[Rectangle] = self._library.face_locations(picture, 0)
        # HOG sees no face under 80 pixels; one octave up it does, at five times the cost.
        found = found or self._library.face_locations(picture, 1)
        if not found:
            raise NoFace
        found.sort(key=_width, reverse=True)
        if any(_width(other) >= RIVAL_SHARE * _width(found[0]) for other in found[1:]):
            raise SeveralFaces
        return found[0]


def import_library(name: str) -> ModuleType:
    """Import a module that, when it dislikes its surroundings, calls `quit()` at import.

    The process would end with code 0, as if all were well. It also switches on Pillow's
    leniency about truncated files, for everybody; that is switched off again.
    """
    try:
        return importlib.import_module(name)
    except (ImportError, SystemExit) as error:
        message = f"{name} cannot be imported; is setuptools older than 82 installed?"
        raise ModelError(message) from error
    finally:
        ImageFile.LOAD_TRUNCATED_IMAGES = False


def _width(rectangle: Rectangle) -> int:
    return rectangle[1] - rectangle[3]


def _middle(points: Sequence[tuple[int, int]]) -> Point:
    return (
        sum(x for x, _ in points) / len(points),
        sum(y for _, y in points) / len(points),
    )


def _vector(template: Template) -> NDArray[np.float64]:
    return np.frombuffer(template.embedding, "<f4").astype(np.float64)

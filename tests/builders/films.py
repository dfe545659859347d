"""Synthetic films (合成画面): one photograph bent into turns, blinks and an open mouth.

No camera and no second photograph is needed; the optics of a real face under a flashing screen
stay untested, and so does everything a printed mask would do (docs/faces.md).
"""

from functools import lru_cache
from pathlib import Path

import cv2
import numpy as np

PHOTOS = Path(__file__).resolve().parents[2] / "var" / "assets" / "photos"
FACE_PIXELS = 220
SHIFT = 1.2  # pixels a hand-held camera wanders between frames
# Another photograph of the same person, whose head bends further without falling apart.
TURNING = {"obama.jpg": "obama2.jpg"}
Points = np.ndarray


@lru_cache(maxsize=4)
def _portrait(photo: str) -> tuple[np.ndarray, Points]:
    """The photograph at film size, and dlib's 68 points on it."""
    import dlib
    import face_recognition_models

    picture = cv2.imread(str(PHOTOS / photo))
    find = dlib.get_frontal_face_detector()
    x, y, side = _largest(find(np.ascontiguousarray(picture[:, :, ::-1]), 1))
    room = int(side * 0.75)
    picture = picture[max(0, y - room) : y + side + room, max(0, x - room) : x + side + room]
    scale = FACE_PIXELS / side
    picture = cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    rgb = np.ascontiguousarray(picture[:, :, ::-1])
    x, y, side = _largest(find(rgb, 0))
    predictor = dlib.shape_predictor(face_recognition_models.pose_predictor_model_location())
    parts = predictor(rgb, dlib.rectangle(x, y, x + side, y + side)).parts()
    return picture, np.array([(p.x, p.y) for p in parts], float)


def _largest(found) -> tuple[int, int, int]:
    box = max(found, key=lambda one: one.width())
    return box.left(), box.top(), box.width()


def _moved(picture: np.ndarray, at: Points, spread: tuple[float, float], by: tuple[float, float]):
    """The picture with what lies at a point pulled elsewhere, fading out around it."""
    y, x = np.mgrid[0 : picture.shape[0], 0 : picture.shape[1]].astype(np.float32)
    far = ((x - at[0] - by[0]) / spread[0]) ** 2 + ((y - at[1] - by[1]) / spread[1]) ** 2
    pull = np.exp(-far / 2).astype(np.float32)
    return cv2.remap(picture, x - pull * by[0], y - pull * by[1], cv2.INTER_LINEAR, borderMode=1)


def _turned(picture: np.ndarray, points: Points, degrees: float) -> np.ndarray:
    """The head as an egg with a nose, turned; negative moves the nose left in the picture."""
    angle = np.radians(degrees)
    radius = float(np.linalg.norm(points[16] - points[0])) * 0.62
    cx, cy = (points[27] + points[30]) / 2
    yy, xx = np.mgrid[0 : picture.shape[0], 0 : picture.shape[1]].astype(np.float32)
    u, v = (xx - cx) / radius, (yy - cy) / (radius * 1.45)
    nx, ny = (points[30] - np.array([cx, cy])) / np.array([radius, radius * 1.45])
    x = u.copy()
    for _ in range(25):
        nose = 0.42 * np.exp(-(((x - nx) / 0.16) ** 2) / 2 - ((v - ny) / 0.14) ** 2 / 2)
        depth = np.sqrt(np.clip(1 - x * x - v * v, 0, None)) + nose
        x = 0.5 * x + 0.5 * (u - depth * np.sin(angle)) / np.cos(angle)
    inside = np.clip((1.25 - np.sqrt(u * u + v * v)) / 0.35, 0, 1)
    source = (cx + radius * (x * inside + u * (1 - inside))).astype(np.float32)
    return cv2.remap(picture, source, yy, cv2.INTER_LINEAR, borderMode=1)


def _mouth_open(picture: np.ndarray, points: Points, amount: float) -> np.ndarray:
    width = float(np.linalg.norm(points[16] - points[0]))
    out = _moved(picture, points[57], (width * 0.25, width * 0.12), (0, width * amount))
    middle = (points[62] + points[66]) / 2 + np.array([0, width * amount * 0.5])
    mask = np.zeros(out.shape[:2], np.float32)
    across = float(np.linalg.norm(points[60] - points[64])) * 0.38
    size = (int(across), max(1, int(width * amount * 0.55)))
    cv2.ellipse(mask, (int(middle[0]), int(middle[1])), size, 0, 0, 360, 1, -1)
    mask = cv2.GaussianBlur(mask, (0, 0), max(0.6, width * 0.012))[..., None]
    return (out * (1 - mask) + np.array([25, 20, 45]) * mask).astype(np.uint8)


def _eyes_shut(picture: np.ndarray, points: Points) -> np.ndarray:
    out = picture.astype(np.float32)
    for eye in (points[36:42], points[42:48]):
        width = float(np.linalg.norm(eye[3] - eye[0]))
        top = (eye[1] + eye[2]) / 2
        gap = float(np.linalg.norm((eye[4] + eye[5]) / 2 - top))
        rows = slice(
            int(top[1] - gap * 1.6), max(int(top[1] - gap * 0.8), int(top[1] - gap * 1.6) + 1)
        )
        skin = picture[rows, int(eye[0][0]) : int(eye[3][0])].reshape(-1, 3).mean(0)
        mask = np.zeros(picture.shape[:2], np.float32)
        cv2.fillPoly(mask, [(eye + (eye - eye.mean(0)) * 0.25).astype(int)], 1.0)
        mask = cv2.GaussianBlur(mask, (0, 0), max(0.5, width * 0.05))[..., None]
        out = out * (1 - mask) + skin * mask
        lid = np.array([eye[0], eye[5], eye[4], eye[3]]).astype(int)
        cv2.polylines(out, [lid], False, tuple(float(v * 0.45) for v in skin), 3)
    return out.astype(np.uint8)


def frame(
    photo: str,
    pose: str = "look_straight",
    strength: float = 1.0,
    colour: tuple[int, int, int] | None = None,
    seed: int = 0,
) -> bytes:
    """One JPEG frame: a pose at 0..1 of its strength, lit by a colour (RGB), with camera noise."""
    if pose in ("turn_left", "turn_right") and strength:
        photo = TURNING.get(photo, photo)
    picture, points = _portrait(photo)
    out = picture
    if pose == "turn_left" and strength:
        # This head bends well one way only; its mirror image turns the other way.
        out = cv2.flip(_turned(picture, points, -40 * strength), 1)
    elif pose == "turn_right" and strength:
        out = _turned(picture, points, -40 * strength)
    elif pose == "open_mouth" and strength:
        out = _mouth_open(picture, points, 0.16 * strength)
    elif pose == "blink" and strength > 0.5:
        out = _eyes_shut(picture, points)
    if colour is not None:
        lit = out * (0.7 + 0.3 * np.array(colour[::-1]) / 255)
        out = np.clip(lit, 0, 255).astype(np.uint8)
    chance = np.random.default_rng(seed)
    wander = np.float32(
        [[1, 0, chance.uniform(-SHIFT, SHIFT)], [0, 1, chance.uniform(-SHIFT, SHIFT)]]
    )
    out = cv2.warpAffine(out, wander, out.shape[1::-1], borderMode=1)
    out = np.clip(out + chance.normal(0, 2, out.shape), 0, 255).astype(np.uint8)
    return bytes(cv2.imencode(".jpg", out, [cv2.IMWRITE_JPEG_QUALITY, 85])[1])


def film(photo: str, step: dict, seed: int = 0) -> list[bytes]:
    """The frames that answer one step as the API hands it out."""
    if step["kind"] == "flash":
        return [
            frame(photo, colour=tuple(bytes.fromhex(c[1:])), seed=seed + n)
            for n, c in enumerate(step["colours"])
        ]
    rise_and_fall = (0.0, 0.0, 0.6, 1.0, 0.6, 0.0) if step["kind"] != "look_straight" else (0,) * 5
    return [frame(photo, step["kind"], s, seed=seed + n) for n, s in enumerate(rise_and_fall)]


def write_poses(folder: Path, photos: tuple[str, ...]) -> None:
    """What the scripted camera of the browser journey plays: each pose, half done and done."""
    folder.mkdir(parents=True, exist_ok=True)
    for photo in photos:
        face = photo.removesuffix(".jpg")
        (folder / f"{face}-look_straight.jpg").write_bytes(frame(photo))
        for pose in ("blink", "open_mouth", "turn_left", "turn_right"):
            for name, strength in (("half", 0.6), ("full", 1.0)):
                picture = frame(photo, pose, strength)
                (folder / f"{face}-{pose}-{name}.jpg").write_bytes(picture)

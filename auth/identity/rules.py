"""Tiers, means, and the state tables of proving who one is (R-ID-01…16, 34, 38, 43)."""

import itertools
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from statistics import StatisticsError, correlation, fmean, median
from types import MappingProxyType

from auth.identity.errors import NotInThisState, WindowNotAllowed

TIER_NAMES = ("匿名用户", "初级实名", "中级实名", "高级实名")

FACE_TRIES = 5
FACE_WINDOW = timedelta(hours=6)
FACE_CHECK_LIFE = timedelta(minutes=5)
FACE_CONSENT = "face"

# An account number can be guessed: as many refusals as with faces, then the same rest.
CERTIFICATION_LIFE = timedelta(minutes=30)
CERTIFICATION_REFUSALS = 5
CERTIFICATION_WINDOW = timedelta(hours=6)

# R-ID-14: a proof for an act is fresh or it is none.
ACT_LIFE = timedelta(minutes=5)
ACT_TRIES = 5
# A person may wait for an officer; the proof itself lives `ACT_LIFE` from the officer's word.
VIDEO_WAIT = timedelta(hours=2)

# Province, city and county halls have real-name windows (R-ID-07); towns and villages do not.
WINDOW_LEVELS = frozenset({"province", "city", "county"})

_DATA = json.loads((Path(__file__).parent / "data" / "means.json").read_text())
FAMILIES = MappingProxyType({f["code"]: f["name"] for f in _DATA["families"]})


@dataclass(frozen=True, slots=True)
class Source:
    """One way to be believed: the tier it lifts to and how long it holds (None: for good)."""

    code: str
    name: str
    family: str
    subject_kind: str
    tier: int
    holds_days: int | None
    provider: str
    face: bool


SOURCES = MappingProxyType({m["code"]: Source(**m) for m in _DATA["means"]})

# A real-person check is at least the face and one more means (R-ID-10).
FACE_CHECK_EDGES = MappingProxyType(
    {
        "open": frozenset({"matched", "refused"}),
        "matched": frozenset({"passed", "refused"}),
        "passed": frozenset(),
        "refused": frozenset(),
    }
)
CERTIFICATION_EDGES = MappingProxyType(
    {
        "open": frozenset({"passed", "refused"}),
        "passed": frozenset(),
        "refused": frozenset(),
    }
)
ACT_EDGES = MappingProxyType(
    {"open": frozenset({"proven"}), "proven": frozenset({"used"}), "used": frozenset()}
)
VIDEO_EDGES = MappingProxyType(
    {
        "waiting": frozenset({"claimed", "cancelled"}),
        "claimed": frozenset({"confirmed", "refused", "cancelled"}),
        "confirmed": frozenset(),
        "refused": frozenset(),
        "cancelled": frozenset(),
    }
)
REVIEW_EDGES = MappingProxyType(
    {
        "open": frozenset({"proposed"}),
        "proposed": frozenset({"open", "resolved"}),
        "resolved": frozenset(),
    }
)


def checked_edge(edges: "MappingProxyType[str, frozenset[str]]", state: str, to: str) -> None:
    """Raise `NotInThisState` unless the table has this edge."""
    if to not in edges[state]:
        raise NotInThisState(state=state)


@dataclass(frozen=True, slots=True)
class Standing:
    """What stands against a person, whatever the evidence says."""

    life: str = "alive"
    valid_until: date | None = None
    under_review: bool = False

    def lapse(self, today: date) -> str:
        """Why this person may not file now (R-ID-43), or an empty text."""
        if self.life != "alive":
            return "deceased" if self.life == "deceased" else "registration_cancelled"
        if self.valid_until is not None and self.valid_until < today:
            return "id_card_expired"
        return ""


LAPSES = MappingProxyType(
    {
        "deceased": "人口库登记状态异常，账号已停用",
        "registration_cancelled": "户籍登记已注销，账号已停用",
        "id_card_expired": "身份证已过有效期，换领新证后即可继续办理",
    }
)


def tier_of(sources: Iterable[str]) -> int:
    """The tier that live evidence from these sources gives."""
    return max((SOURCES[s].tier for s in sources if s in SOURCES), default=0)


def reckoned_tier(sources: Iterable[str], standing: Standing, today: date) -> int:
    """The tier of a person now: evidence, bounded by what stands against them.

    The dead and the deregistered have no tier; an expired card (R-ID-43) and means that disagree
    (R-ID-38) leave the first tier at most. Never 3: that is proved per act (R-ID-14).
    """
    tier = min(tier_of(sources), 2)
    lapse = standing.lapse(today)
    if lapse and lapse != "id_card_expired":
        return 0
    return min(tier, 1) if lapse or standing.under_review else tier


def checked_window(level: str) -> None:
    """Raise `WindowNotAllowed` for a hall below the county's, or no window at all (R-ID-07)."""
    if level not in WINDOW_LEVELS:
        raise WindowNotAllowed(level=level)


# A kept template spares the registry a question for as long as a real-person check holds.
FACE_TEMPLATE_CONSENT = "face_template"
FACE_TEMPLATE_LIFE = timedelta(days=365)
# 人脸识别技术应用安全管理办法 art. 15: file within thirty working days of 100,000 persons.
FILING_MARKS = (100_000, 80_000)


def filing_mark(stored: int) -> int:
    """The highest mark that so many stored persons have reached; 0 below all."""
    return next((mark for mark in FILING_MARKS if stored >= mark), 0)


# Digits spoken aloud (R-ID-10), and the voice that speaks them (R-ID-14).
VOICE_CONSENT = "voice"
VOICE_DIGITS = 6
VOICE_LIFE = timedelta(minutes=2)
VOICE_TRIES = 3
VOICE_CONFIDENCE = 0.8
VOICE_LIKENESS = 0.8
VOICE_EDGES = MappingProxyType(
    {
        "open": frozenset({"passed", "refused"}),
        "passed": frozenset(),
        "refused": frozenset(),
    }
)

# The live check of a face (R-ID-10): what is asked, how long it may take, and what counts.
LIVENESS_LIFE = timedelta(seconds=120)
LIVENESS_TRACE = timedelta(days=7)  # digests of frames are kept so long, against replay
ACTION_NAMES = MappingProxyType(
    {
        "look_straight": "请正对镜头，保持不动",
        "blink": "请闭上眼睛，数到一再睁开",
        "open_mouth": "请张开嘴，再合上",
        "turn_left": "请慢慢向左转头，再转回来",
        "turn_right": "请慢慢向右转头，再转回来",
        "flash": "屏幕会变颜色，请看着屏幕不要动",
    }
)
TURNS = ("turn_left", "turn_right")
OTHER_ACTIONS = ("blink", "open_mouth")
FLASH_COLOURS = MappingProxyType(
    {"red": (255, 40, 40), "green": (40, 255, 40), "blue": (60, 60, 255), "yellow": (255, 235, 40)}
)
FLASHES = 8
FEWEST_FRAMES = 4
MOST_FRAMES = 10
# Old people turn slowly: the window is drawn from a range wide enough for them.
WINDOW_MS = (4000, 6000)
# Frames arrive after they were taken; a step stays open for the slowest network we serve.
ARRIVAL = timedelta(seconds=8)

TURN_BY = 0.30  # of the distance between the eyes, from one's own frontal frames
FACING = 0.20  # a frontal frame's nose stands within this of the middle
EYES_SHUT = 0.78  # of one's own open eyes; closed eyes show 0.1–0.7
EYES_OPEN = 0.85
MOUTH_BY = 0.12  # opening by width, beyond one's own closed mouth
SAME_FACE = 0.60  # cosine to the mean of the frontal frames
SAME_FACE_TURNED = 0.30
LEAST_CHANGE = 0.10  # mean grey levels between two frames: less is a still picture
JUMP = 0.35  # of the picture's width: more between two frames is another head
FLASH_MATCH = 0.70  # a recording of another session reaches this in 0.12 % (eight flashes)


@dataclass(frozen=True, slots=True)
class Glimpse:
    """What one frame shows; no pixels, but 64 grey levels to tell a still picture by.

    `x`, `width` are shares of the picture's width; `turn` is `Face.turn`; `eyes` and `mouth` are
    opening by width; `colour` is the mean RGB of the face; `likeness` is the cosine to the mean
    of the frontal frames, where it was reckoned.
    """

    at_ms: int
    x: float
    width: float
    turn: float
    eyes: float
    mouth: float
    colour: tuple[float, float, float]
    grey: tuple[int, ...]
    quality: float


def draw_steps(choose: Callable[[Sequence[str]], str]) -> list[dict[str, object]]:
    """The steps of one check: frontal, a turn and another action in drawn order, and a flash.

    Whoever has not seen the draw cannot have filmed it before; the flash code binds the film to
    this minute (face.md §5b).
    """
    actions = [choose(TURNS), choose(OTHER_ACTIONS)]
    if choose(("as drawn", "turned round")) == "turned round":
        actions.reverse()
    colours = [choose(tuple(FLASH_COLOURS)) for _ in range(FLASHES)]
    while len(set(colours)) < 3:
        colours = [choose(tuple(FLASH_COLOURS)) for _ in range(FLASHES)]
    steps: list[dict[str, object]] = [{"kind": kind} for kind in ("look_straight", *actions)]
    return [*steps, {"kind": "flash", "colours": colours}]


def judge_step(
    kind: str, colours: Sequence[str], frontal: Sequence[Glimpse], seen: Sequence[Glimpse]
) -> str:
    """Why a step does not count, as a code for the record; empty when it does."""
    if flaw := _film_flaw(max(FEWEST_FRAMES, len(colours)), seen):
        return flaw
    if kind == "look_straight":
        return "" if all(abs(g.turn) <= FACING for g in seen) else "not_facing"
    if kind == "flash":
        matches = flash_match(colours, frontal, seen) >= FLASH_MATCH
        return "" if matches else "colours_not_reflected"
    return "" if _acted(kind, frontal, seen) else "action_not_seen"


def _film_flaw(fewest: int, seen: Sequence[Glimpse]) -> str:
    """What no honest film shows, whatever was asked."""
    if len(seen) < fewest:
        return "too_few_frames"
    if any(b.at_ms <= a.at_ms for a, b in pairs(seen)):
        return "frames_out_of_order"
    if any(abs(b.x - a.x) > JUMP or not 0.5 < b.width / a.width < 2 for a, b in pairs(seen)):
        return "face_jumped"
    if all(_change(a, b) < LEAST_CHANGE for a, b in pairs(seen)):
        return "still_picture"
    return ""


def pairs(seen: Sequence[Glimpse]) -> Iterable[tuple[Glimpse, Glimpse]]:
    """Neighbouring frames."""
    return itertools.pairwise(seen)


def _change(a: Glimpse, b: Glimpse) -> float:
    return sum(abs(p - q) for p, q in zip(a.grey, b.grey, strict=True)) / len(a.grey)


def _acted(kind: str, frontal: Sequence[Glimpse], seen: Sequence[Glimpse]) -> bool:
    if kind in TURNS:
        # The picture is not mirrored: whoever turns to their own left moves the nose right.
        side = 1 if kind == "turn_left" else -1
        middle = fmean(g.turn for g in frontal)
        turns = [side * (g.turn - middle) for g in seen]
        return max(turns) >= TURN_BY and min(turns) > -TURN_BY and turns[0] < TURN_BY
    if kind == "blink":
        open_eyes = median(g.eyes for g in frontal)
        eyes = [g.eyes / open_eyes for g in seen]
        shut = eyes.index(min(eyes))
        # A fall and a rise: eyes that look down stay half shut (measured), and are no blink.
        return (
            eyes[shut] <= EYES_SHUT
            and max(eyes[:shut], default=0) >= EYES_OPEN
            and max(eyes[shut + 1 :], default=0) >= EYES_OPEN
        )
    shut_mouth = median(g.mouth for g in frontal)
    mouths = [g.mouth - shut_mouth for g in seen]
    return max(mouths) >= MOUTH_BY and mouths[0] < MOUTH_BY


def flash_match(
    colours: Sequence[str], frontal: Sequence[Glimpse], seen: Sequence[Glimpse]
) -> float:
    """Correlation of the colours sent with those the face gave back, -1..1.

    Each channel is taken as its share of the light, against the same face before the flashes, so
    that neither skin nor the room's lamp matters.
    """
    rest = [fmean(_shares(g.colour)[c] for g in frontal) for c in range(3)]
    sent, back = [], []
    for name, glimpse in zip(colours, seen, strict=False):
        told, got = _shares(FLASH_COLOURS[name]), _shares(glimpse.colour)
        sent += [told[c] - 1 / 3 for c in range(3)]
        back += [got[c] - rest[c] for c in range(3)]
    try:
        return correlation(sent, back)
    except StatisticsError:
        return 0.0  # a face that gave nothing back


def _shares(colour: tuple[float, float, float]) -> tuple[float, float, float]:
    total = sum(colour) or 1.0
    return colour[0] / total, colour[1] / total, colour[2] / total

"""How often each engine errs, on a folder of faces: FACE_BENCH_DIR=… python -m tests.bench.face_accuracy

The folder is laid out as LFW is: `pairs.txt`, and `<name>/<name>_0001.jpg`. Prints accuracy over
the pairs, and FNMR at the thresholds that let through one stranger in a thousand, ten thousand and
a hundred thousand (strangers: every picture against every other person's). Goals for the engine
that decides: accuracy ≥ 99.3 %, FNMR ≤ 3 % at FMR 1e-4. A face that is not found counts as an error.
"""

import os
import sys
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from app_server.kernel.errors import Problem
from auth.identity.providers import face_engine as faces

FMRS = (1e-3, 1e-4, 1e-5)
Picture = tuple[str, int]


@dataclass
class Scores:
    """Likeness of pairs of one person, and of strangers; `missed` had no usable face."""

    genuine: list[float] = field(default_factory=list)
    pairs: list[tuple[float, bool]] = field(default_factory=list)
    strangers: "np.ndarray[tuple[int], np.dtype[np.float64]]" = field(
        default_factory=lambda: np.empty(0)
    )
    missed: int = 0


def read_pairs(text: str) -> list[tuple[Picture, Picture, bool]]:
    """The pairs of LFW's `pairs.txt`, and whether both show one person."""
    found = []
    for line in text.splitlines():
        match line.split():
            case [name, a, b]:
                found.append(((name, int(a)), (name, int(b)), True))
            case [name, a, other, b]:
                found.append(((name, int(a)), (other, int(b)), False))
    return found


def path_of(folder: Path, picture: Picture) -> Path:
    """Where a picture lies."""
    name, number = picture
    return folder / name / f"{name}_{number:04d}.jpg"


def measure(engine: faces.FaceEngine, folder: Path) -> Scores:
    """Look at every picture the pairs name once, and compare."""
    pairs = read_pairs((folder / "pairs.txt").read_text())
    seen: dict[Picture, faces.Template | None] = {}
    for picture in sorted({p for a, b, _ in pairs for p in (a, b)}):
        try:
            seen[picture] = engine.analyse(path_of(folder, picture).read_bytes()).template
        except Problem:
            seen[picture] = None
    scores = Scores(missed=sum(t is None for t in seen.values()))
    for a, b, same in pairs:
        left, right = seen[a], seen[b]
        # Not found is not alike: for one person an error, for strangers a right answer.
        likeness = engine.compare(left, right) if left and right else -1.0
        scores.pairs.append((likeness, same))
        if same:
            scores.genuine.append(likeness)
    scores.strangers = _strangers(engine, {p: t for p, t in seen.items() if t})
    return scores


def _strangers(
    engine: faces.FaceEngine, seen: dict[Picture, faces.Template]
) -> "np.ndarray[tuple[int], np.dtype[np.float64]]":
    """Every first picture of a person against everybody else's."""
    first: dict[str, faces.Template] = {}
    for (name, _), template in seen.items():
        first.setdefault(name, template)
    everybody = list(first.values())
    vectors = np.array([np.frombuffer(t.embedding, "<f4") for t in everybody], np.float64)
    found = []
    for at in range(len(everybody) - 1):
        rest = vectors[at + 1 :]
        if engine.id.startswith("dlib"):
            found.append(1.0 - np.linalg.norm(rest - vectors[at], axis=1))
        else:
            found.append(rest @ vectors[at])
    return np.sort(np.concatenate(found)) if found else np.empty(0)


def accuracy(pairs: list[tuple[float, bool]]) -> float:
    """The best share of right answers any one threshold gives."""
    order = sorted(pairs)
    right = sum(same for _, same in order)
    best = right
    for _, same in order:
        right += -1 if same else 1
        best = max(best, right)
    return best / max(len(order), 1)


def fnmr_at(scores: Scores, fmr: float) -> tuple[float, float]:
    """The threshold at which `fmr` of strangers pass, and the share of owners then refused."""
    allowed = int(len(scores.strangers) * fmr)
    threshold = float(scores.strangers[-1 - allowed]) if len(scores.strangers) else 0.0
    refused = sum(score <= threshold for score in scores.genuine)
    return threshold, refused / max(len(scores.genuine), 1)


def report(engine: faces.FaceEngine, scores: Scores) -> None:
    """One engine's lines."""
    print(
        f"{engine.id}: {len(scores.pairs)} pairs, accuracy {accuracy(scores.pairs):.2%}, "
        f"{scores.missed} pictures without a usable face, {len(scores.strangers):,} stranger pairs"
    )
    for fmr in FMRS:
        if len(scores.strangers) * fmr < 1:
            print(f"  FMR {fmr:.0e}: too few strangers to say")
            continue
        threshold, fnmr = fnmr_at(scores, fmr)
        print(f"  FMR {fmr:.0e}: threshold {threshold:.3f}, FNMR {fnmr:.2%}")
    passed = (
        float((scores.strangers >= faces.THRESHOLD_DEFAULT).mean()) if len(scores.strangers) else 0
    )
    if engine.id.startswith("opencv"):
        print(f"  at our threshold {faces.THRESHOLD_DEFAULT}: FMR {passed:.1e}")


def main() -> None:
    """Both engines over FACE_BENCH_DIR."""
    folder = os.environ.get("FACE_BENCH_DIR", "")
    if not folder or not (Path(folder) / "pairs.txt").is_file():
        sys.exit("skipped: FACE_BENCH_DIR names no folder with pairs.txt (laid out as LFW is)")
    for name in (faces.PRIMARY, faces.SECOND):
        engine = faces.open_engine(name)
        report(engine, measure(engine, Path(folder)))


if __name__ == "__main__":
    main()

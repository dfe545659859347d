"""The accuracy bench itself, on the four photographs at hand: what it counts, and how."""

import shutil
from pathlib import Path

import numpy as np
import pytest

from auth.identity.providers import face_engine as faces
from tests.bench import face_accuracy as bench

PHOTOS = Path(__file__).resolve().parents[2] / "var" / "assets" / "photos"


@pytest.fixture
def folder(tmp_path):
    for name, photo in (
        ("Barack_Obama/Barack_Obama_0001", "obama"),
        ("Barack_Obama/Barack_Obama_0002", "obama2"),
        ("Joe_Biden/Joe_Biden_0001", "biden"),
    ):
        target = tmp_path / f"{name}.jpg"
        target.parent.mkdir(exist_ok=True)
        shutil.copy(PHOTOS / f"{photo}.jpg", target)
    (tmp_path / "Nobody").mkdir()
    (tmp_path / "Nobody" / "Nobody_0001.jpg").write_bytes(b"no picture")
    (tmp_path / "pairs.txt").write_text(
        "10\t300\nBarack_Obama\t1\t2\nBarack_Obama\t1\tJoe_Biden\t1\nBarack_Obama\t2\tNobody\t1\n"
    )
    return tmp_path


def test_pairs_are_read_as_lfw_writes_them():
    text = "10\t300\nA_B\t1\t4\nA_B\t2\tC_D\t3\n"
    assert bench.read_pairs(text) == [
        (("A_B", 1), ("A_B", 4), True),
        (("A_B", 2), ("C_D", 3), False),
    ]


def test_the_deciding_engine_tells_the_photographs_apart(folder):
    scores = bench.measure(faces.open_engine("sface"), folder)
    assert scores.missed == 1
    assert [same for _, same in scores.pairs] == [True, False, False]
    assert scores.genuine[0] >= faces.THRESHOLD_DEFAULT
    assert scores.strangers.max() < faces.THRESHOLD_DEFAULT
    assert bench.accuracy(scores.pairs) == 1.0


def test_accuracy_is_that_of_the_best_threshold():
    assert bench.accuracy([(0.1, False), (0.2, True), (0.3, False), (0.4, True)]) == 0.75


def test_the_share_of_refused_owners_follows_the_strangers():
    scores = bench.Scores(genuine=[0.2, 0.5, 0.9], strangers=np.linspace(0, 0.6, 1001))
    threshold, fnmr = bench.fnmr_at(scores, 1e-3)
    assert threshold == pytest.approx(0.5994)
    assert fnmr == pytest.approx(2 / 3)


def test_without_a_folder_the_bench_says_why_it_does_nothing(monkeypatch):
    monkeypatch.delenv("FACE_BENCH_DIR", raising=False)
    with pytest.raises(SystemExit, match="FACE_BENCH_DIR"):
        bench.main()

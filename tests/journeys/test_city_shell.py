"""A city's own shell, built from the province's by a file, and judged in a real browser."""

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import PROJECT

RESIDENT = PROJECT / "h5_shell" / "resident"
HEFEI = RESIDENT / "cities" / "hefei"


@pytest.fixture(scope="module")
def environment() -> dict[str, str]:
    path = f"{PROJECT / '.venv' / 'bin'}{os.pathsep}{os.environ['PATH']}"
    if shutil.which("npx", path=path) is None:
        pytest.skip("Node is not installed (make setup)")
    return {**os.environ, "PATH": path}


def run(
    environment: dict[str, str], *words: str, **more: str
) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        words,
        cwd=RESIDENT,
        env=environment | more,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def built(environment: dict[str, str], config: Path, out: Path) -> Any:
    words = ("npx", "vite", "build", "--outDir", str(out), "--emptyOutDir")
    return run(environment, *words, SHELL_CONFIG=str(config))


def judged(environment: dict[str, str], dist: Path) -> Any:
    return run(environment, "npm", "run", "--silent", "conformance", "--", str(dist))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"columns": []}, "首页"),
        ({"theme": {"primary": "#ffff00", "accent": "#b23327"}}, "对比度"),
        ({"sdk_version": "9.0"}, "sdk_version"),
        ({"name": ""}, "name"),
    ],
)
def test_a_shell_that_breaks_the_rules_of_the_province_is_not_built(
    environment, tmp_path, change, said
):
    shutil.copytree(HEFEI, tmp_path / "city")
    config = tmp_path / "city" / "shell.json"
    config.write_text(json.dumps(json.loads(config.read_text()) | change))
    done = built(environment, config, tmp_path / "dist")
    assert done.returncode != 0
    assert said in done.stdout + done.stderr


def test_a_citys_shell_comes_from_a_file_and_conforms(environment, tmp_path):
    """R-POR-34."""
    done = built(environment, HEFEI / "shell.json", tmp_path / "dist")
    assert done.returncode == 0, done.stderr
    told = judged(environment, tmp_path / "dist")
    assert told.returncode == 0, told.stdout + told.stderr
    page = (tmp_path / "dist" / "index.html").read_text()
    assert json.loads((HEFEI / "shell.json").read_text())["name"] in page


def test_a_shell_that_was_changed_after_it_was_built_does_not_conform(environment, tmp_path):
    assert built(environment, HEFEI / "shell.json", tmp_path / "dist").returncode == 0
    path = tmp_path / "dist" / "shell.json"
    told = json.loads(path.read_text())
    told["columns"] = list(reversed(told["columns"]))
    path.write_text(json.dumps(told))
    assert judged(environment, tmp_path / "dist").returncode != 0


def test_the_provinces_own_shell_conforms(environment):
    told = judged(environment, RESIDENT / "dist")
    assert told.returncode == 0, told.stdout + told.stderr

"""What operators deploy is accepted by the tools that judge it."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]
BIN = Path(sys.executable).parent
MANIFESTS = sorted(
    p for p in (PROJECT / "deploy/kubernetes/base").glob("*.yaml") if p.stem != "kustomization"
)


@pytest.mark.parametrize("path", MANIFESTS, ids=lambda p: p.stem)
def test_a_manifest_is_valid_kubernetes(path):
    told = subprocess.run(
        [BIN / "kubernetes-validate", "--strict", path], capture_output=True, text=True, check=False
    )
    assert told.returncode == 0, told.stdout + told.stderr


def test_every_manifest_is_listed_in_the_kustomization():
    text = (PROJECT / "deploy/kubernetes/base/kustomization.yaml").read_text()
    assert all(f"- {path.name}" in text for path in MANIFESTS)


def test_the_dockerfile_passes_hadolint():
    told = subprocess.run(
        [BIN / "hadolint", PROJECT / "deploy/Dockerfile"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert told.returncode == 0, told.stdout


def test_the_compose_file_is_accepted():
    for command in (["docker", "compose"], ["docker-compose"]):
        if (
            shutil.which(command[0])
            and not subprocess.run(
                [*command, "version"], capture_output=True, check=False
            ).returncode
        ):
            break
    else:
        pytest.skip("neither `docker compose` nor `docker-compose` is on this machine")
    names = [
        "DATABASE_URL",
        "REDIS_URL",
        "STORAGE_URL",
        "PUBLIC_ORIGIN",
        "STAFF_ORIGIN",
        "PARTNER_ORIGIN",
        "MINIAPP_DOMAIN",
        "METRICS_TOKEN",
        "SECRETS_FILE",
    ]
    told = subprocess.run(
        [*command, "-f", PROJECT / "deploy/compose.yaml", "config"],
        env={**os.environ, **dict.fromkeys(names, "x")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert told.returncode == 0, told.stderr


def test_production_refuses_what_only_development_may_have():
    refused = subprocess.run(
        [sys.executable, "-c", "from app_server.cli import main; main()", "check-config"],
        env={"PATH": os.environ["PATH"], "ENV": "production"},
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert refused.returncode == 1
    for word in ("database_url", "simulators", "secrets_file", "https"):
        assert word in refused.stdout + refused.stderr


def test_systemd_units_start_what_the_command_line_knows():
    for unit in (PROJECT / "deploy/systemd").glob("*.service"):
        line = next(x for x in unit.read_text().splitlines() if x.startswith("ExecStart="))
        words = line.split("wanshi ", 1)[1].split()
        assert words[0] in {"serve", "worker"}
        assert words[0] == "worker" or words[2] in {"public", "staff", "partner"}

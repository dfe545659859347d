"""The house keeps its own law: contracts, ceilings, names, events, the map."""

import ast
import importlib
import pkgutil
import re
import subprocess
from pathlib import Path

import pytest

from app_server.kernel.events import SUBSCRIPTIONS, Event
from tests.architecture.contracts import BEGIN, CONTEXTS, PROJECT, ROOTS, born, generate, written

PYTHON_CEILING, FUNCTION_CEILING, SCREEN_CEILING = 400, 60, 250
BAD_NAMES = {"utils", "helpers", "common", "manager", "base", "misc"}
# Announced for whoever will listen: nobody here does yet, and that is meant.
NEWS = {
    "identity.face_filing_due/1",
    "identity.evidence_revoked/1",
    "grants.signed_in/1",
    "cases.fee_due/1",
    # Supervision will hear these four.
    "cases.late_demand_refused/1",
    "cases.subtask_asked/1",
    "cases.subtask_returned/1",
    "cases.forwarded/1",
    "exchange.late_entry/1",
    "payments.paid_twice/1",
    "payments.refund_stuck/1",
    "evaluations.bad_rating/1",
    "evaluations.rated/1",
}


def tracked(*patterns: str) -> list[Path]:
    """Files git knows or would know, matching patterns."""
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard", *patterns],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=True,
    )
    return [PROJECT / line for line in listed.stdout.splitlines() if (PROJECT / line).is_file()]


def sources() -> list[Path]:
    return [p for p in tracked("*.py") if "migrations" not in p.parts]


def test_the_contracts_in_pyproject_are_those_of_the_disk():
    assert BEGIN in (PROJECT / "pyproject.toml").read_text()
    assert written() == generate(), "run: python -m tests.architecture.contracts"


def test_every_package_on_the_disk_has_a_floor():
    known = set(CONTEXTS) | {"app_server.kernel", "app_server.cli", "auth"} | set(ROOTS)
    for root in ROOTS:
        folder = PROJECT / root
        if not folder.is_dir():
            continue
        for child in folder.iterdir():
            if (child / "__init__.py").is_file() and root in {"app_server", "auth"}:
                assert f"{root}.{child.name}" in known, child
    tops = {p.parent.name for p in PROJECT.glob("*/__init__.py")}
    assert tops <= {*ROOTS, "tests"}


@pytest.mark.parametrize("path", sources(), ids=lambda p: str(p.relative_to(PROJECT)))
def test_a_python_file_keeps_the_ceilings(path):
    text = path.read_text()
    assert text.count("\n") <= PYTHON_CEILING
    assert path.stem not in BAD_NAMES
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            assert length <= FUNCTION_CEILING, f"{node.name}: {length} lines"


def test_a_screen_file_keeps_its_ceiling():
    long = [
        (p.relative_to(PROJECT), n)
        for p in tracked("*.vue", "*.ts")
        if not p.name.endswith(".d.ts") and (n := p.read_text().count("\n")) > SCREEN_CEILING
    ]
    assert long == []


def test_every_context_says_what_it_is():
    for context in born():
        module = importlib.import_module(context)
        assert module.__doc__, context
        assert re.search(r"[\u4e00-\u9fff]", module.__doc__), f"{context} lacks its Chinese term"


def test_a_kernel_file_does_not_share_a_rooms_name():
    rooms = {
        "api",
        "handlers",
        "jobs",
        "schemas",
        "service",
        "providers",
        "models",
        "rules",
        "seed",
    }
    assert not rooms & {p.stem for p in (PROJECT / "app_server/kernel").iterdir()}


def announced() -> dict[str, type[Event]]:
    found: dict[str, type[Event]] = {}
    for context in born():
        if (PROJECT.joinpath(*context.split(".")) / "events.py").is_file():
            module = importlib.import_module(f"{context}.events")
            for item in vars(module).values():
                if isinstance(item, type) and issubclass(item, Event) and hasattr(item, "name"):
                    found[item.name] = item
    return found


def test_every_event_has_a_reader_or_is_marked_as_news():
    from app_server import registry

    registry.assemble()
    heard = {subscription.event.name for subscription in SUBSCRIPTIONS.values()}
    lonely = {name for name in announced() if name not in heard} - NEWS
    assert not lonely, lonely
    assert not NEWS & heard, "these are heard now: take them off the list"


def test_an_event_is_named_versioned_and_carries_no_secret():
    for name, event in announced().items():
        assert re.fullmatch(r"[a-z_]+\.[a-z_]+/[0-9]+", name)
        assert event.key in event.model_fields
        secrets = {"password", "id_number", "phone", "token", "secret", "name_masked"}
        assert not secrets & set(event.model_fields), name


def test_every_module_of_every_context_can_be_imported():
    for context in born():
        module = importlib.import_module(context)
        for info in pkgutil.walk_packages(module.__path__, f"{context}."):
            importlib.import_module(info.name)


def test_nothing_tracked_names_a_registry_or_this_machine():
    hosts = "|".join(
        ["python" + "hosted", "pyp" + "i[.]org", "registry[.]npm" + "js", "npm" + "mirror"]
    )
    pattern = re.compile(rf"({hosts}|/wo{'rk'}/(main|shared))")
    found = [
        str(p.relative_to(PROJECT))
        for p in tracked()
        if p.suffix not in {".png", ".jpg", ".ico"} and pattern.search(p.read_text(errors="ignore"))
    ]
    assert found == []

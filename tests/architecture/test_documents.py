"""What the documents say is so: the requirement table, and the README's map of the house."""

import json
import re

from tests.architecture.contracts import PROJECT, born
from tests.architecture.proof import names_in, rows

README = PROJECT / "README.md"


def test_every_test_the_requirement_table_names_exists():
    for identity, nodes, note in rows():
        assert nodes or note, f"{identity} has neither a test nor a note"
        for file, name in nodes:
            assert name in names_in(PROJECT / file), f"{identity}: {file}::{name}"


def test_every_requirement_of_the_ledger_has_its_row(shared):
    ledger = {
        json.loads(line)["id"] for line in (shared / "requirements.jsonl").read_text().splitlines()
    }
    assert {identity for identity, _, _ in rows()} == ledger


def test_the_map_names_every_folder_once_and_none_that_is_not_there():
    text = README.read_text().partition("## The map")[2].partition("\n## ")[0]
    named = re.findall(r"^\| `([^`]+)/` \|", text, re.MULTILINE)
    assert len(named) == len(set(named))
    for folder in named:
        assert (PROJECT / folder).is_dir(), folder
    contexts = {name.replace(".", "/") for name in born()}
    tops = {p.name for p in PROJECT.iterdir() if p.is_dir() and not p.name.startswith(".")}
    assert contexts <= set(named), contexts - set(named)
    assert tops - {"var", "build", "node_modules", "dist"} <= {n.partition("/")[0] for n in named}


def test_the_readmes_links_lead_somewhere():
    for target in re.findall(r"\]\(([^)#]+)\)", README.read_text()):
        assert (PROJECT / target).exists(), target

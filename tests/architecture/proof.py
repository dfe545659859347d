"""The requirement table against the tests: every named test exists, and passed in the last run.

`make proof` reads what `make test` and `make e2e` left.
"""

import ast
import re
import sys
from pathlib import Path
from xml.etree import ElementTree as ET

PROJECT = Path(__file__).resolve().parents[2]
TABLE = PROJECT / "docs" / "requirements.md"
_ROW = re.compile(r"^\| (R-[A-Z]+-[0-9]+) \|(.*)\|(.*)\|$")
_NODE = re.compile(r"`(tests/[^`:]+\.py)::([A-Za-z0-9_]+)`")


def rows() -> list[tuple[str, list[tuple[str, str]], str]]:
    """`(requirement id, [(file, test)], note)` for every row of the table."""
    matches = [_ROW.match(line) for line in TABLE.read_text().splitlines()]
    return [(m[1], _NODE.findall(m[2]), m[3].strip()) for m in matches if m]


def names_in(path: Path) -> set[str]:
    """The names of the test functions of a file."""
    return {
        node.name
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }


def main() -> int:
    """Compare the table with junit files and join them to the first; 0 says all passed."""
    passed: dict[tuple[str, str], bool] = {}
    # Our own files, made by the runs right before.
    first, *others = [ET.parse(file) for file in sys.argv[1:]]  # noqa: S314
    for other in others:
        first.getroot().extend(other.getroot())
    first.write(sys.argv[1], "utf-8", xml_declaration=True)
    for case in first.getroot().iter("testcase"):
        name = str(case.get("name")).partition("[")[0]
        file = str(case.get("classname")).replace(".", "/") + ".py"
        good = not any(child.tag in {"failure", "error", "skipped"} for child in case)
        passed[(file, name)] = passed.get((file, name), True) and good
    missing = [
        f"{identity}: {file}::{name}"
        for identity, nodes, _ in rows()
        for file, name in nodes
        if not passed.get((file, name), False)
    ]
    print(f"{sum(bool(n) for _, n, _ in rows())} requirements are proved by tests of this run")
    for line in missing:
        print(f"not passed: {line}")
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())

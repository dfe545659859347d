"""The checks read scripts rightly, in good time, and raise no alarm at what everybody ships."""

import time
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from miniapps import service
from miniapps.service import Package, checks
from miniapps.service.checks.lexing import Script
from tests.architecture.contracts import PROJECT
from tests.builders.miniapps import files

LIBRARIES = PROJECT / "h5_shell" / "node_modules"


def with_files(more: dict[str, bytes]) -> Package:
    """A package with these files too, however well they pack."""
    package = service.open_package(service.pack(files()))
    return replace(package, files={**package.files, **more})


@pytest.mark.parametrize(
    ("source", "strings"),
    [
        ("a='x';b=\"y\"", ["x", "y"]),
        ("a=/[\"']/.test(b);c='z'", ["z"]),
        ("if(a)/'/.test(b);c='z'", ["z"]),
        ("a=b/2;c='z'/d", ["z"]),
        ("i++/2;c='z';d=1/e", ["z"]),
        ("`a${b?`c`:'d'}e`+'f'", ["`c`"[1:-1], "d", "a${b?`c`:'d'}e", "f"]),
        ("`${{a:'}'}}`;'z'", ["}", "${{a:'}'}}", "z"]),
        ("// 'no'\n/* \"no\" */'z'", ["z"]),
        ("'it\\'s';\"\\u0061\\x62\\/\"", ["it's", "ab/"]),
        ("x=>/'/;'z'", ["z"]),
        ("return/'/;'z'", ["z"]),
        ("'unclosed\n'z'", ["unclosed", "z"]),
    ],
)
def test_strings_are_told_from_everything_that_looks_like_them(source, strings):
    script = Script("a.js", source, 1)
    assert [text.value for text in script.texts] == strings
    assert len(script.code) == len(source)


@settings(max_examples=300, deadline=None)
@given(st.text("ab'\"`${}/\\*\n[]()=,+ ", max_size=60))
def test_whatever_is_written_the_code_keeps_its_length_and_lines(source):
    script = Script("a.js", source, 1)
    assert len(script.code) == len(source)
    assert [at for at, c in enumerate(source) if c == "\n"] == [
        at for at, c in enumerate(script.code) if c == "\n"
    ]
    assert len(script.texts) == script.count


@pytest.mark.parametrize(
    "unit",
    [
        b"=/[",
        b"`${",
        b"{",
        b"(",
        b"'a',",
        b'"\\',
        b"/*",
        b"a.",
        b"wx . ",
        b"open(",
        b"eyJa",
        b"=/a",
    ],
)
def test_a_script_made_to_be_slow_is_read_in_time(unit):
    package = with_files({"js/app.js": (unit * 1_000_000)[:1_000_000]})
    began = time.perf_counter()
    checks.run(package)
    assert time.perf_counter() - began < 10


@pytest.mark.parametrize(
    "unit", [b"<", b"<a ", b"<!--", b"<script>x</script>", b"<a x='", b"<![a", b"</x", b"&#"]
)
def test_a_page_made_to_be_slow_is_read_in_time(unit):
    package = with_files({"index.html": (unit * 300_000)[:600_000]})
    began = time.perf_counter()
    checks.run(package)
    assert time.perf_counter() - began < 10


VENDORED = [
    "vue/dist/vue.global.prod.js",
    "vue/dist/vue.esm-browser.js",
    "vant/lib/vant.min.js",
    "vant/lib/index.css",
    "element-plus/dist/index.full.min.js",
    "lodash/lodash.js",
    "vue-router/dist/vue-router.global.js",
    "oidc-client-ts/dist/browser/oidc-client-ts.js",
    "axe-core/axe.js",
]


@pytest.mark.skipif(not LIBRARIES.is_dir(), reason="front-end libraries are not installed")
@pytest.mark.parametrize("library", VENDORED)
def test_a_library_everybody_ships_raises_no_false_alarm(library):
    source = LIBRARIES / library
    if not source.is_file():
        pytest.skip(f"{library} is not in this release of its package")
    name = f"lib/{Path(library).name}"
    load = f'wanshi.auth.getTicket();load("{name}")'.encode()
    said = checks.run(with_files({name: source.read_bytes(), "js/app.js": load}))
    assert {f.code for f in said} <= {"csp.eval", "file.large", "host.undeclared"}
    assert not any(f.level == "error" for f in said)

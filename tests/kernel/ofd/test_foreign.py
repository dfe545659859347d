"""Another implementation's package opens here, and ours opens there."""

import json
import os
import shutil
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest

from app_server.kernel.crypto import sm3
from app_server.kernel.ofd.reading import Package, open_package
from app_server.kernel.ofd.signatures import Mismatch, Stamp
from app_server.kernel.ofd.signing import finish, prepare
from tests.kernel.ofd.papers import edited, full_paper, signed

PROJECT = Path(__file__).resolve().parents[3]
JUDGE = Path(__file__).with_name("judge.cjs")


@pytest.fixture
def foreign(shared) -> bytes:
    path = shared / "data" / "ofd" / "SESV4SignDoc.ofd"
    if not path.is_file():
        pytest.skip("the other implementation's package is not on this machine")
    return path.read_bytes()


def judged(package: bytes, folder: Path) -> dict:
    """What ofd.js 0.2.6 makes of a package; `OFD_JUDGE` is a folder it was installed into."""
    place = Path(os.environ.get("OFD_JUDGE") or PROJECT / "var" / "ofd-judge") / "node_modules"
    page = PROJECT / "h5_shell" / "node_modules" / "happy-dom"
    if not (shutil.which("node") and (place / "ofd.js").is_dir()):
        pytest.skip("ofd.js is not here: npm install --prefix var/ofd-judge ofd.js@0.2.6 happy-dom")
    if (place / "happy-dom").is_dir():
        page = place / "happy-dom"
    if not page.is_dir():
        pytest.skip("happy-dom is not installed")
    file = folder / "paper.ofd"
    file.write_bytes(package)
    command = ["node", str(JUDGE), str(page), str(place / "ofd.js"), str(file)]
    answer = subprocess.run(command, capture_output=True, timeout=60, check=True, text=True)
    return json.loads(answer.stdout)


def test_another_implementations_package_opens_and_its_references_hold(foreign):
    package = open_package(foreign)
    assert package.text() == "你好呀，OFD Reader&Writer！"
    (signature,) = package.signatures()
    assert signature.check() == []
    assert signature.stamps == (Stamp(0, 50, 50, 40, 40),)
    assert len(signature.references) == 5
    # Its seal's value says what was signed: the digest of Signature.xml, and where that lies.
    assert sm3(signature.signature_xml) in signature.signed_value
    assert signature.property_info.encode() in signature.signed_value
    assert signature.seal_esl is not None
    assert signature.seal_esl in signature.signed_value


def test_a_changed_word_in_it_is_found(foreign):
    part = "Doc_0/Pages/Page_0/Content.xml"
    (signature,) = open_package(edited(foreign, part, "你好呀", "您好呀")).signatures()
    assert signature.check() == [Mismatch("digest", part)]


def test_it_can_be_signed_a_second_time(foreign):
    package: Package = open_package(signed(foreign))
    assert [signature.check() for signature in package.signatures()] == [[], []]
    assert len({signature.id for signature in package.signatures()}) == 2


def test_ofd_js_reads_what_we_wrote(tmp_path):
    found = judged(full_paper(), tmp_path)
    assert found["pages"] == ["准予行政许可决定书申请人：𫖯田 <A&B> “甲”", "第二页"]
    assert found["fonts"] == {"1": "Noto Serif SC"}
    assert len(found["pictures"]) == 1


def test_ofd_js_finds_our_seals_in_their_places(foreign, tmp_path):
    # A real seal's value, lent: it is good in itself, though it was given for another paper.
    lent = open_package(foreign).signatures()[0]
    package = full_paper()
    for page in (0, 1):
        ready = prepare(
            package,
            provider="wanshi",
            stamps=[Stamp(page, 20 + page, 120, 40, 40)],
            signed_at=datetime(2026, 11, 23, tzinfo=UTC),
            seal_esl=lent.seal_esl,
        )
        package = finish(ready, lent.signed_value)
    seals = judged(package, tmp_path)["seals"]
    assert [(seal["box"]["x"], seal["box"]["y"], seal["verify"]) for seal in seals] == [
        (20, 120, True),
        (21, 120, True),
    ]
    assert [seal["version"] for seal in seals] == [4, 4]

"""What the lock, the fetched assets and the packages promise."""

import base64
import hashlib
import json
import re
import subprocess
import sys
import time
import tomllib
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from PIL import Image, ImageDraw, ImageFont
from websockets.sync.client import ClientConnection, connect

ROOT = Path(__file__).resolve().parents[2]
LOCKS = sorted((ROOT / "deploy" / "requirements").glob("*.txt"))
ASSETS = ROOT / "var" / "assets"
FONTS = [ASSETS / "fonts" / name for name in ("NotoSansSC-Regular.otf", "NotoSerifSC-Regular.otf")]


@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: path.name)
def test_a_lock_file_holds_no_address_and_pins_every_package(lock: Path) -> None:
    text = lock.read_text()
    assert not re.search(
        r"https?://|file:|--(extra-)?index-url|--find-links|/work/|/root/|/tmp/", text
    )
    logical = re.sub(r"#.*", "", text).replace("\\\n", " ").splitlines()
    packages = [line for line in logical if line.strip()]
    assert packages
    for line in packages:
        assert "==" in line, line
        assert "--hash=sha256:" in line, line


def test_every_direct_dependency_is_pinned_exactly() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    wanted = [*project["dependencies"], *project["optional-dependencies"]["dev"]]
    assert [line for line in wanted if "==" not in line] == []


def test_importing_face_recognition_does_not_end_the_process() -> None:
    # With setuptools 82 it would print a hint and quit with code 0: only words prove survival.
    program = "import face_recognition, cv2, wechatpy, alipay.aop; print('still', 'here')"
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", program], capture_output=True, text=True, check=False
    )
    assert "still here" in done.stdout, done.stderr


def drawn(font: Path, character: str) -> bytes:
    """A character as the font draws it."""
    image = Image.new("L", (64, 64), 255)
    ImageDraw.Draw(image).text((4, 4), character, font=ImageFont.truetype(str(font), 48), fill=0)
    return image.tobytes()


@pytest.mark.parametrize("font", FONTS, ids=lambda path: path.stem)
def test_wan_is_a_character_and_not_an_empty_box(font: Path) -> None:
    box = drawn(font, "\U0010fffd")
    for character in "万事亳谯￥A":
        assert drawn(font, character) != box, character
    assert drawn(font, "万") != drawn(font, "事")


def test_the_fetched_models_are_the_pinned_ones() -> None:
    sys.path.insert(0, str(ROOT / "deploy"))
    try:
        import fetch_assets
    finally:
        sys.path.pop(0)
    for name, wanted in fetch_assets.MODELS_AS_USED.items():
        assert hashlib.sha256((ASSETS / "models" / name).read_bytes()).hexdigest() == wanted


def photographed(browser: ClientConnection, character: str) -> bytes:
    """A page with one large character, as the browser paints it."""
    sent = 0

    def call(method: str, session: str = "", **words: object) -> dict[str, Any]:
        nonlocal sent
        sent += 1
        message: dict[str, Any] = {"id": sent, "method": method, "params": words}
        browser.send(json.dumps(message | ({"sessionId": session} if session else {})))
        while True:
            answer = json.loads(browser.recv(20))
            if answer.get("id") == sent:
                return dict(answer["result"])

    page = quote(f"<meta charset=utf-8><h1 style='font-size:200px'>{character}</h1>")
    target = call("Target.createTarget", url=f"data:text/html;charset=utf-8,{page}")["targetId"]
    session = call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
    deadline = time.monotonic() + 20
    ready = "document.readyState + document.body?.childElementCount"
    while time.monotonic() < deadline:
        state = call("Runtime.evaluate", session, expression=ready)["result"].get("value")
        if state == "complete1":
            break
        time.sleep(0.05)
    return base64.b64decode(call("Page.captureScreenshot", session)["data"])


def test_the_browser_paints_wan_and_not_an_empty_box(tmp_path: Path) -> None:
    flags = [
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-sync",
        "--disable-background-networking",
        "--disable-component-update",
        "--remote-debugging-port=0",
    ]
    command = [str(ASSETS / "bin" / "chromium"), *flags, f"--user-data-dir={tmp_path}"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as browser:
        try:
            assert browser.stderr
            spoken = (re.search(r"ws://\S+", line) for line in browser.stderr)
            address = next(found for found in spoken if found)
            with connect(address[0], max_size=None, compression=None) as line:
                pictures = {c: photographed(line, c) for c in ("万", "事", "\U0010fffd", " ")}
        finally:
            browser.kill()
    assert len(set(pictures.values())) == len(pictures)

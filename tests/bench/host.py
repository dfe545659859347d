"""How fast the host of mini-apps is: `python -m tests.bench.host`.

A package of 260 files, as large as a real city app's build (6.6 MB packed), is opened and checked.
The scripts are those of libraries everybody ships, where they are installed, cut into chunks as a
bundler does; else strings and code made for it. Below 5 s by the issue "Host". Then the round trip
of the bridge, the first load of the shell, and the opening of an app on a whole platform.
"""

import json
import os
import random
import shutil
import statistics
import subprocess
import time

from miniapps import service
from miniapps.service import checks
from tests.architecture.contracts import PROJECT
from tests.builders.miniapps import files
from tests.journeys.conftest import running

COUNT, SCRIPTS, STYLES, CHUNK, PICTURE = 260, 110, 30, 40_000, 48_000
LIMIT_S = 5.0
COLD_S, WARM_S = 1.5, 0.7
# Opens for everybody, also who is not signed in.
APP = "ah340100ride"
_LIBRARIES = ("element-plus/dist/index.full.min.js", "vant/lib/vant.min.js", "lodash/lodash.js")


def _source() -> bytes:
    """About 4.4 MB of script: what libraries there are, again and again."""
    modules = PROJECT / "h5_shell" / "node_modules"
    found = b"\n".join((modules / p).read_bytes() for p in _LIBRARIES if (modules / p).is_file())
    made = ";\n".join(f'e.t{n}=function(a){{return a["k{n}"]||"词{n}"}}' for n in range(20_000))
    text = found or made.encode()
    return text * (SCRIPTS * CHUNK // len(text) + 1)


def city_app() -> bytes:
    """A package of 260 files: a page, scripts, styles and pictures, all referred to."""
    rng, source = random.Random(260), _source()
    more = {
        f"js/chunk-{n:08x}.js": source[n * CHUNK : (n + 1) * CHUNK] for n in range(1, SCRIPTS + 1)
    }
    more |= {
        f"css/part{n}.css": f".p{n} {{ color: #123456; margin: {n}px }}\n".encode() * 300
        for n in range(STYLES)
    }
    pictures = COUNT - len(files()) - len(more)
    more |= {f"img/picture{n}.png": rng.randbytes(PICTURE) for n in range(pictures)}
    listed = "".join(f'load("./{path}");' for path in more)
    return service.pack(
        files() | more | {"js/app.js": f"wanshi.auth.getTicket();{listed}".encode()}
    )


def package_check(rounds: int = 5) -> float:
    """Seconds to open and check the package, median; prints the figure."""
    archive = city_app()
    times = []
    for _ in range(rounds):
        began = time.perf_counter()
        package = service.open_package(archive)
        opened = time.perf_counter()
        found = checks.run(package)
        times.append((time.perf_counter() - began, opened - began))
    assert len(package.files) == COUNT
    assert not any(finding.level == "error" for finding in found)
    whole, opening = (statistics.median(column) for column in zip(*times, strict=True))
    size = len(archive) / 1024 / 1024
    print(
        f"package check: {COUNT} files, {size:.1f} MB: {whole:.2f} s"
        f" (opening {opening:.2f} s; limit {LIMIT_S:g} s)"
    )
    return whole


def _node(script: str, *words: str) -> str:
    node = shutil.which("node", path=f"{PROJECT / '.venv' / 'bin'}{os.pathsep}{os.environ['PATH']}")
    assert node, "no Node; run `make setup`"
    done = subprocess.run(
        [node, str(PROJECT / "h5_shell" / script), *words],
        cwd=PROJECT / "h5_shell",
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout


def opening(rounds: int = 7) -> bool:
    """Whether an app opens in time in a real browser; prints medians."""
    chromium = os.environ.get("CHROMIUM", str(PROJECT / "var/assets/bin/chromium"))
    with running() as platform:
        wanted = {"port": platform.public, "appid": APP, "rounds": rounds, "chromium": chromium}
        told = json.loads(_node("e2e/opening.mjs", json.dumps(wanted)))
    cold, warm = (statistics.median(told[kind]) / 1000 for kind in ("cold", "warm"))
    print(
        f"app open, from the tap until it answers: cold {cold:.2f} s (limit {COLD_S:g}),"
        f" warm {warm:.2f} s (limit {WARM_S:g}); {rounds} rounds"
    )
    return cold < COLD_S and warm < WARM_S


if __name__ == "__main__":
    held = [package_check() < LIMIT_S]
    print(_node("bridge/bench/round-trip.mjs").strip())
    print(_node("resident/scripts/first-load.mjs").strip())
    held.append(opening())
    raise SystemExit(not all(held))

"""How fast the host of mini-apps is: `python -m tests.bench.host`.

A package of 260 files, as large as a real city app's build (6.6 MB packed), is opened and checked.
The scripts are those of libraries everybody ships, where they are installed, cut into chunks as a
bundler does; else strings and code made for it. Below 5 s by the issue "Host".
"""

import random
import statistics
import time

from miniapps import service
from miniapps.service import checks
from tests.architecture.contracts import PROJECT
from tests.builders.miniapps import files

COUNT, SCRIPTS, STYLES, CHUNK, PICTURE = 260, 110, 30, 40_000, 48_000
LIMIT_S = 5.0
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


if __name__ == "__main__":
    raise SystemExit(package_check() >= LIMIT_S)

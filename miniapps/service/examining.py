"""Taking a stranger's package apart: in a process of its own, with a limit of time and memory."""

import asyncio

from app_server.kernel.pool import ProcessPool
from miniapps import rules
from miniapps.errors import PackageRefused
from miniapps.service import checks
from miniapps.service.archive import Package, open_package, read_zip
from miniapps.service.checks.finding import Finding
from miniapps.service.importing import as_package

DEADLINE_S = 30.0
Examined = tuple[Package, list[Finding]]

_pools: list[ProcessPool] = []


def package_pool() -> ProcessPool:
    """A pool for packages: one at a time, waiting ones queue for as long as one may take."""
    return ProcessPool("packages", workers=1, queue_limit=32, deadline=DEADLINE_S, max_tasks=50)


def examine_packages_in(pool: ProcessPool | None) -> None:
    """Say where packages are taken apart; without a pool in a thread, as for our own demo apps."""
    _pools[:] = [pool] if pool else []


async def examine(archive: bytes) -> Examined:
    """Open a package, or a built app that brings its `app.json`, and run every machine check.

    Raises `PackageRefused`, `ManifestRefused`, and the pool's 503s when time or memory run out.
    """
    if _pools:
        return await _pools[0].run(_examined, archive)
    return await asyncio.to_thread(_examined, archive)


def _examined(archive: bytes) -> Examined:
    package = open_package(archive if _is_package(archive) else as_package(archive, None))
    return package, checks.run(package)


def _is_package(archive: bytes) -> bool:
    try:
        return rules.FILE_INDEX in read_zip(archive)
    except PackageRefused:
        # Said once, by the door that words it.
        return True

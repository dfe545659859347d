"""The database and the cache a command needs: the given ones, or embedded ones."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

from app_server.cli.embedded import EmbeddedError
from app_server.cli.postgres import EmbeddedPostgres
from app_server.cli.valkey import EmbeddedValkey
from app_server.kernel.settings import PROJECT, Settings, load


class BackingServices:
    """Starts what no URL was given for, and tells the rest of the process by environment.

    The URLs must be in the environment before `app_server.registry` is imported, since it
    reads the settings while it is imported.
    """

    def __init__(self, settings: Settings) -> None:
        self.production = settings.production
        self.parts: dict[str, EmbeddedPostgres | EmbeddedValkey] = {}
        if not settings.database_url:
            self.parts["DATABASE_URL"] = EmbeddedPostgres(PROJECT, settings.data_dir)
        if not settings.redis_url:
            self.parts["REDIS_URL"] = EmbeddedValkey(PROJECT, settings.data_dir)
        self.started: list[EmbeddedPostgres | EmbeddedValkey] = []

    def start(self, *, share: bool = False) -> None:
        """Start the embedded parts; with `share`, join those that `wanshi up` already runs."""
        if self.production and self.parts:
            raise EmbeddedError(f"生产环境不启动内置组件；请设置 {'、'.join(self.parts)}")
        for variable, part in self.parts.items():
            url = part.attach() if share else None
            if url is None:
                url = part.start()
                self.started.append(part)
            os.environ[variable] = url
        load.cache_clear()

    def revive(self) -> list[str]:
        """Start again what died; the addresses stay the same. Returns what was revived."""
        return [type(part).__name__ for part in self.started if part.revive()]

    def stop(self) -> None:
        """Stop what this process started."""
        while self.started:
            self.started.pop().stop()


@contextmanager
def backing() -> Iterator[None]:
    """For one-off commands: share running parts, or start them for the time of the command."""
    services = BackingServices(load())
    try:
        services.start(share=True)
        yield
    finally:
        services.stop()

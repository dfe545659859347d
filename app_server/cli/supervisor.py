"""The parent of all processes: forks them, replaces the dead, and ends them all.

It stays single-threaded and without an event loop, so that forking is safe at any time; the
application is imported once here, so a child starts in milliseconds and shares the memory.
"""

import gc
import os
import signal
import sys
import time
import traceback
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from app_server.cli.embedded import die_with_parent, rotated

GRACE_SECONDS = 8.0
QUICK_DEATH_SECONDS = 5.0
LONGEST_PAUSE_SECONDS = 15.0
REVIVE_EVERY_SECONDS = 1.0
SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGCHLD)
STOPPING = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


@dataclass(slots=True)
class Part:
    """One child process and how it has fared."""

    name: str
    run: Callable[[], object]
    pid: int = 0
    started: float = 0.0
    quick_deaths: int = 0
    due: float = 0.0

    def note_death(self, now: float) -> None:
        """Decide when to try again: at once after a long life, later after each quick death."""
        self.pid = 0
        self.quick_deaths = self.quick_deaths + 1 if now - self.started < QUICK_DEATH_SECONDS else 0
        pause = 0.1 * 2**self.quick_deaths if self.quick_deaths > 1 else 0.0
        self.due = now + min(pause, LONGEST_PAUSE_SECONDS)


def fork(run: Callable[[], object], log: Path | None) -> int:
    """Run something in a child; its words go to `log` (or stay on the terminal)."""
    arrange = die_with_parent(signal.SIGTERM)
    sys.stdout.flush()
    sys.stderr.flush()
    pid = os.fork()
    if pid:
        return pid
    code = 1
    try:
        os.setsid()  # Ctrl-C is for the supervisor, which then ends us in good order
        for number in SIGNALS:
            signal.signal(number, signal.SIG_DFL)
        arrange()
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        if log is not None:
            file = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
            os.dup2(file, 1)
            os.dup2(file, 2)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        run()
        code = 0
    except SystemExit as leave:
        code = leave.code if isinstance(leave.code, int) else int(leave.code is not None)
    except BaseException:  # noqa: BLE001 - whatever it was belongs into this part's log
        traceback.print_exc()
    finally:
        with suppress(OSError, ValueError):
            sys.stdout.flush()
            sys.stderr.flush()
        os._exit(code)


def run_once(run: Callable[[], object], log: Path | None = None) -> bool:
    """Run something in a child to its end, so that no loop or thread of it stays with us."""
    _, status = os.waitpid(fork(run, log), 0)
    return os.waitstatus_to_exitcode(status) == 0


class Supervisor:
    """Keeps a list of parts alive until a signal says stop."""

    def __init__(self, parts: list[Part], logs: Path, revive: Callable[[], list[str]]) -> None:
        self.parts = parts
        self.logs = logs
        self.revive = revive
        self.stopping = False

    def start(self) -> None:
        """Fork every part. From here on signals are waited for, not handled."""
        signal.pthread_sigmask(signal.SIG_BLOCK, SIGNALS)
        gc.collect()
        gc.freeze()  # children then do not copy these pages by touching reference counts of garbage
        for part in self.parts:
            rotated(self.log_of(part))
            self._start(part)

    def log_of(self, part: Part) -> Path:
        """Where a part's words go."""
        return self.logs / f"{part.name}.log"

    def watch(self, seconds: float = 0.0) -> None:
        """Replace the dead; for ever until told to stop, or for a while."""
        until = time.monotonic() + seconds if seconds else None
        while not self.stopping:
            now = time.monotonic()
            if until is not None and now >= until:
                return
            moments = [part.due for part in self.parts if not part.pid]
            moments += [now + REVIVE_EVERY_SECONDS] if until is None else [until]
            self._wait(max(0.01, min(moments) - now))
            self._reap()
            for name in self.revive():
                self._say(f"{name} 意外退出，已重新启动")
            for part in self.parts:
                if not part.pid and part.due <= time.monotonic() and not self.stopping:
                    self._start(part)

    def stop(self) -> None:
        """End every part: ask, wait, insist."""
        self.stopping = True
        self._signal_all(signal.SIGTERM)
        deadline = time.monotonic() + GRACE_SECONDS
        while any(part.pid for part in self.parts) and time.monotonic() < deadline:
            self._wait(0.1)
            self._reap()
        self._signal_all(signal.SIGKILL)
        for part in self.parts:
            if part.pid:
                os.waitpid(part.pid, 0)
                part.pid = 0
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGCHLD})

    def _wait(self, seconds: float) -> None:
        caught = signal.sigtimedwait(SIGNALS, seconds)
        if caught is not None and caught.si_signo in STOPPING:
            self.stopping = True

    def _start(self, part: Part) -> None:
        part.pid = fork(part.run, self.log_of(part))
        part.started = time.monotonic()

    def _reap(self) -> None:
        for part in self.parts:
            if not part.pid:
                continue
            # One by one, not "any child": the embedded parts are reaped by their own launchers.
            pid, status = os.waitpid(part.pid, os.WNOHANG)
            if not pid:
                continue
            part.note_death(time.monotonic())
            if not self.stopping:
                code = os.waitstatus_to_exitcode(status)
                why = f"信号 {-code}" if code < 0 else f"退出码 {code}"
                self._say(f"{part.name} 意外退出（{why}），正在重新启动；日志 {self.log_of(part)}")

    def _signal_all(self, number: signal.Signals) -> None:
        for part in self.parts:
            if part.pid:
                with suppress(ProcessLookupError):
                    if number == signal.SIGKILL:
                        os.killpg(part.pid, number)  # its own children (process pools) as well
                    else:
                        os.kill(part.pid, number)

    @staticmethod
    def _say(text: str) -> None:
        print(f"{time.strftime('%H:%M:%S')} {text}", file=sys.stderr, flush=True)

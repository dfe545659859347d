"""Heavy reckoning outside the event loop: a bounded pool of worker processes.

Three things the standard pools do not do together, and a face comparison needs: a job that
overruns is killed with its worker, a worker that dies takes only its own job with it (which is
tried once more), and a full queue answers at once instead of growing.

Workers are plain child programs on a socket pair, not `multiprocessing.Process`: Sanic's own
workers are daemonic, which multiprocessing forbids to have children; and a spawned child would
import the whole application again before the first job.
"""

import asyncio
import contextlib
import logging
import os
import pickle
import resource
import signal
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from multiprocessing.connection import Connection, Pipe
from typing import Any, ParamSpec, TypeVar

from app_server.kernel.errors import ServiceUnavailable

P = ParamSpec("P")
R = TypeVar("R")
Job = tuple[Callable[..., Any], tuple[Any, ...], dict[str, Any]]

log = logging.getLogger(__name__)

START_DEADLINE = 30.0  # seconds; loading four dlib models on a busy machine takes about four
RETRY_PAUSE = 1.0  # seconds between attempts to start a worker that will not start
GONE = (EOFError, OSError)  # what a pipe says when the process at its other end is no more

# A worker looks at strangers' files, so it inherits none of the server's secrets: only these.
_INHERITED = ("PATH", "HOME", "LANG", "LC_ALL", "TZ", "TMPDIR", "LD_LIBRARY_PATH")
# One core per worker: two workers with two OpenMP threads each are slower than with one.
_ENVIRONMENT = {
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "OPENCV_FOR_THREADS_NUM": "1",
    "OPENCV_LOG_LEVEL": "ERROR",
    "MALLOC_ARENA_MAX": "2",
}


class PoolBusy(ServiceUnavailable):
    """The queue is full, or the job waited for a worker as long as a job may run."""

    code = "pool.busy"
    title = "当前办理人数较多，请稍后再试"


class PoolTimeout(ServiceUnavailable):
    """The job overran its deadline; its worker was killed."""

    code = "pool.timeout"
    title = "处理超时，请稍后再试"


class PoolLost(ServiceUnavailable):
    """Two workers in a row died with this job, or the pool was closed under it."""

    code = "pool.lost"
    title = "处理中断，请稍后再试"


class PoolStartError(RuntimeError):
    """A worker's initializer failed (a missing model, a wrong digest): do not serve like this."""


@dataclass(eq=False, slots=True)
class _Ticket:
    """One job in the queue: `patience` ends the wait when no worker has taken it in time."""

    job: Job
    answer: asyncio.Future[Any]
    patience: asyncio.TimerHandle

    def fail(self, error: BaseException) -> None:
        """Answer with an exception, unless there is an answer already."""
        _fail(self.answer, error)

    def settle(self, succeeded: bool, value: Any) -> None:
        """Answer with what the worker said: its result, or the exception it met."""
        if not succeeded:
            self.fail(value)
        elif not self.answer.done():
            self.answer.set_result(value)


class ProcessPool:
    """`workers` child processes, each running one job at a time, fed from a bounded queue.

    `initializer(*initargs)` runs once in every fresh worker. `deadline` is in seconds, for one
    run of one job; `memory_limit` in bytes of address space per worker; a worker is replaced
    after `max_tasks` jobs, against slow leaks in native code.
    """

    def __init__(
        self,
        name: str,
        *,
        workers: int = 2,
        initializer: Callable[..., object] | None = None,
        initargs: tuple[Any, ...] = (),
        queue_limit: int = 32,
        deadline: float = 5.0,
        memory_limit: int = 1536 * 1024 * 1024,
        max_tasks: int = 2000,
    ) -> None:
        self.name = name
        self.deadline = deadline
        first: Job | None = (initializer, initargs, {}) if initializer else None
        self._workers = [_Worker(first, memory_limit, max_tasks) for _ in range(workers)]
        # One thread per worker only waits on its pipe; the loop itself never blocks.
        self._threads = ThreadPoolExecutor(workers, thread_name_prefix=f"pool-{name}")
        self._queue: asyncio.Queue[_Ticket] = asyncio.Queue(queue_limit)
        self._tasks: list[asyncio.Task[None]] = []
        self._closed = False

    async def start(self) -> None:
        """Bring up all workers now. Raises `PoolStartError` when an initializer fails."""
        await asyncio.gather(*(self._bring_up(worker) for worker in self._workers))
        self._open()

    async def run(self, func: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        """Run `func(*args)` in a worker and give back what it returns or raises.

        `func` must be importable, arguments and result must pickle, and running it twice must
        do no harm: after a crash it is tried once more. Waits at most one deadline for a worker
        and runs at most one deadline (twice that after a crash). Raises `PoolBusy`,
        `PoolTimeout`, `PoolLost` (all 503).
        """
        if self._closed:
            raise PoolLost
        self._open()
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[R] = loop.create_future()
        patience = loop.call_later(self.deadline, _fail, answer, PoolBusy(retry_after_s=1))
        try:
            self._queue.put_nowait(_Ticket((func, args, kwargs), answer, patience))
            return await answer
        except asyncio.QueueFull:
            raise PoolBusy(retry_after_s=1) from None
        finally:
            patience.cancel()

    def waiting(self) -> int:
        """How many jobs are waiting for a worker (for metrics and readiness)."""
        return self._queue.qsize()

    def pids(self) -> list[int]:
        """Process ids of the workers (for health pages and for tests that kill them)."""
        return [worker.process.pid for worker in self._workers if worker.process is not None]

    async def close(self) -> None:
        """Stop taking jobs, fail those under way with `PoolLost`, and end every worker."""
        self._closed = True
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        while not self._queue.empty():
            self._queue.get_nowait().fail(PoolLost())
        for worker in self._workers:
            worker.kill(for_good=True)
        await asyncio.to_thread(self._threads.shutdown)
        for worker in self._workers:
            worker.dispose()

    def _open(self) -> None:
        if not self._tasks:
            self._tasks = [asyncio.create_task(self._serve(worker)) for worker in self._workers]

    async def _serve(self, worker: "_Worker") -> None:
        """Feed one worker for ever; a fresh one is up before the next job is taken."""
        while True:
            try:
                await self._bring_up(worker)
            except PoolStartError:
                log.exception("pool %s: a worker will not start", self.name)
                await asyncio.sleep(RETRY_PAUSE)
                continue
            ticket = await self._queue.get()
            ticket.patience.cancel()
            if not ticket.answer.done():
                await self._perform(worker, ticket)

    async def _bring_up(self, worker: "_Worker") -> None:
        async with worker.starting:
            if worker.fit():
                return
            try:
                await self._within(START_DEADLINE, worker, worker.start)
            except GONE as error:
                raise PoolStartError(self.name) from error

    async def _perform(self, worker: "_Worker", ticket: _Ticket) -> None:
        """Run the job, once more if its worker dies under it; the ticket is always answered."""
        try:
            for _ in range(2):
                try:
                    await self._bring_up(worker)
                    reply = await self._within(self.deadline, worker, worker.call, ticket.job)
                except (PoolStartError, *GONE):
                    log.warning("pool %s: worker lost, overran=%s", self.name, worker.overran)
                    if worker.overran:
                        return ticket.fail(PoolTimeout(retry_after_s=1))
                else:
                    return ticket.settle(*reply)
        except Exception as error:  # noqa: BLE001 - the caller must hear of it, the loop go on
            ticket.fail(error)
        finally:
            ticket.fail(PoolLost(retry_after_s=1))

    async def _within(
        self, seconds: float, worker: "_Worker", func: Callable[..., R], *args: object
    ) -> R:
        """Let a thread wait for the worker, and kill the worker when time is up."""
        loop = asyncio.get_running_loop()
        worker.overran = False
        alarm = loop.call_later(seconds, worker.expire)
        try:
            return await loop.run_in_executor(self._threads, func, *args)
        finally:
            alarm.cancel()


class _Worker:
    """The parent's end of one child process. `start`, `call` and `dispose` block: threads only."""

    def __init__(self, first: Job | None, memory_limit: int, max_tasks: int) -> None:
        self.starting = asyncio.Lock()
        self.overran = False
        self.process: subprocess.Popen[bytes] | None = None
        self._pipe: Connection[Any, Any] | None = None
        self._first = first
        self._memory_limit = memory_limit
        self._max_tasks = max_tasks
        self._done = 0
        self._retired = False

    def fit(self) -> bool:
        """Alive, connected and not yet due for replacement."""
        alive = self.process is not None and self.process.poll() is None
        return alive and self._pipe is not None and self._done < self._max_tasks

    def start(self) -> None:
        """A fresh child, past its initializer. Raises `PoolStartError`, or one of `GONE`."""
        self.dispose()
        self._pipe, theirs = Pipe()
        with theirs:
            self.process = _spawn(theirs.fileno(), self._memory_limit)
        if self._retired:  # closed while we were spawning: the order of the two does not matter
            self.kill(for_good=True)
        succeeded, value = self.call(self._first)
        self._done = 0
        if not succeeded:
            self.dispose()
            raise PoolStartError(str(value)) from value

    def call(self, job: Job | None) -> tuple[bool, Any]:
        """(True, result) or (False, exception) of one job; one of `GONE` if the child died."""
        message = pickle.dumps(job, protocol=pickle.HIGHEST_PROTOCOL)
        try:
            if self._pipe is None:
                raise EOFError
            self._pipe.send_bytes(message)
            reply = self._pipe.recv_bytes()
        except GONE:
            self.dispose()
            raise
        self._done += 1
        succeeded, value = pickle.loads(reply)  # noqa: S301 - from our own child
        return succeeded, value

    def expire(self) -> None:
        """Time is up; whoever waits on the pipe sees it close."""
        self.overran = True
        self.kill()

    def kill(self, *, for_good: bool = False) -> None:
        """End the child now, without waiting for it."""
        self._retired = self._retired or for_good
        if self.process is not None:
            self.process.kill()

    def dispose(self) -> None:
        """End the child, reap it and close the pipe; harmless when there is none."""
        self.kill()
        if self.process is not None:
            self.process.wait()
        if self._pipe is not None:
            self._pipe.close()
        self.process = self._pipe = None


def _spawn(descriptor: int, memory_limit: int) -> subprocess.Popen[bytes]:
    program = f"from app_server.kernel.pool import serve; serve({descriptor}, {memory_limit})"
    inherited = {name: os.environ[name] for name in _INHERITED if name in os.environ}
    return subprocess.Popen(  # noqa: S603 - our own interpreter, our own program
        [sys.executable, "-P", "-c", program],
        pass_fds=[descriptor],
        env=inherited | _ENVIRONMENT | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
    )


def _fail(answer: asyncio.Future[Any], error: BaseException) -> None:
    if not answer.done():  # else the caller gave up meanwhile, or has his answer
        answer.set_exception(error)


def serve(descriptor: int, memory_limit: int) -> None:
    """The child's whole life: initialise, then answer jobs until the parent's end closes."""
    # The parent decides when we end, also under Ctrl-C or a stop of the whole process group.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_AS, (memory_limit, memory_limit))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # a core file would hold people's faces
    with contextlib.suppress(*GONE), Connection(descriptor) as pipe:
        while True:
            pipe.send_bytes(_answer(pipe.recv_bytes()))


def _answer(message: bytes) -> bytes:
    try:
        job: Job | None = pickle.loads(message)  # noqa: S301 - from our own parent
        value = job[0](*job[1], **job[2]) if job else None
        return pickle.dumps((True, value), protocol=pickle.HIGHEST_PROTOCOL)
    except BaseException as error:  # noqa: BLE001 - a library that calls quit() must not end us
        return _excuse(error)


def _excuse(error: BaseException) -> bytes:
    """The exception as it is, if it is one the parent can rebuild and may raise in its loop."""
    try:
        reply = pickle.dumps((False, error))
        pickle.loads(reply)  # noqa: S301 - our own bytes
    except Exception:  # noqa: BLE001 - exceptions with their own __init__ often do not pickle
        reply = b""
    if reply and isinstance(error, Exception):
        return reply
    return pickle.dumps((False, RuntimeError(f"{type(error).__name__}: {error}")))

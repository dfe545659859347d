"""The supervisor: replaces what dies, slows down for what cannot live, ends what it started."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from app_server.cli.supervisor import LONGEST_PAUSE_SECONDS, Part

PROGRAM = """
import pathlib, sys, time
from app_server.cli.supervisor import Part, Supervisor
folder = pathlib.Path(sys.argv[1])
def live():
    import os
    (folder / "pid").write_text(str(os.getpid()))
    time.sleep(600)
def fail():
    raise RuntimeError("cannot live")
s = Supervisor([Part("live", live), Part("fail", fail)], folder, list)
s.start()
print("up", flush=True)
s.watch()
s.stop()
print("down", flush=True)
"""


def await_other_pid(file: Path, old: int) -> int:
    """The number a part wrote, once it differs from `old`."""
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline:
        if file.exists() and (text := file.read_text()) and int(text) != old:
            return int(text)
        time.sleep(0.02)
    raise AssertionError("no replacement within five seconds")


def test_a_killed_part_is_replaced_and_all_end_on_sigterm(tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", PROGRAM, str(tmp_path)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as supervisor:
        first = await_other_pid(tmp_path / "pid", 0)
        os.kill(first, signal.SIGKILL)
        second = await_other_pid(tmp_path / "pid", first)
        supervisor.terminate()
        out, err = supervisor.communicate(timeout=15)
    assert out.split() == ["up", "down"]
    assert "live 意外退出（信号 9）" in err
    assert "fail 意外退出（退出码 1）" in err
    assert "cannot live" in (tmp_path / "fail.log").read_text()
    assert not Path(f"/proc/{second}").exists()


def test_parts_end_when_the_supervisor_is_killed(tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", PROGRAM, str(tmp_path)],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    ) as supervisor:
        child = await_other_pid(tmp_path / "pid", 0)
        supervisor.kill()
    deadline = time.monotonic() + 5
    line = Path(f"/proc/{child}/cmdline")
    while line.exists() and line.read_bytes() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not (line.exists() and line.read_bytes())


def test_a_part_that_keeps_dying_is_started_ever_more_slowly() -> None:
    part = Part("p", lambda: None)
    pauses = []
    for moment in range(12):
        part.started = float(moment)
        part.note_death(moment + 0.1)
        pauses.append(part.due - moment - 0.1)
    assert pauses[0] == 0
    assert pauses == sorted(pauses)
    assert round(pauses[-1]) == LONGEST_PAUSE_SECONDS
    part.started = 100.0
    part.note_death(200.0)
    assert part.due == 200.0

"""Runs one program with all its children, and ends them all when whoever started this goes away.

`python guard.py SCRATCH_FOLDER PROGRAM ARGUMENT…`: started with a pipe as standard input. When the pipe
closes, because its owner asked for it or died in whatever way, every process of the program's group is
killed and the scratch folder removed. So nothing stays behind, without a signal handler anywhere else.
Killing is enough: what runs here keeps nothing but the scratch folder.
"""

import contextlib
import os
import select
import shutil
import signal
import subprocess
import sys
import time
from types import FrameType

_LOOK_EVERY_SECONDS = 0.2
_GROUP_GONE_WITHIN_SECONDS = 5.0


class StopRequestedError(Exception):
    """This process was asked to end by a signal."""


def guard(scratch: str, command: list[str]) -> int:
    """Returns the program's exit code, or 0 if it was ended from outside."""
    program = subprocess.Popen(command, stdin=subprocess.DEVNULL, start_new_session=True)
    try:
        while program.poll() is None:
            readable, _, _ = select.select([sys.stdin], [], [], _LOOK_EVERY_SECONDS)
            if readable and not os.read(sys.stdin.fileno(), 1):
                return 0
        return program.returncode
    except StopRequestedError:
        return 0
    finally:
        _end_group(program)
        shutil.rmtree(scratch, ignore_errors=True)


def _end_group(program: "subprocess.Popen[bytes]") -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(program.pid, signal.SIGKILL)
    program.wait()
    deadline = time.monotonic() + _GROUP_GONE_WITHIN_SECONDS
    with contextlib.suppress(ProcessLookupError):
        while time.monotonic() < deadline:
            os.killpg(program.pid, 0)
            time.sleep(0.01)


def _stop(_signal: int, _frame: FrameType | None) -> None:
    raise StopRequestedError


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, _stop)
    sys.exit(guard(sys.argv[1], sys.argv[2:]))

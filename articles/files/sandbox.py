"""Has files read by a process of their own: short-lived, limited, one at a time on a host.

What reading takes is given back to the system when the process ends, a decoder that fails takes
nobody along, and no reader waits for a thread that is busy with a file.
"""

import fcntl
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from django.conf import settings

PATIENCE = 120  # seconds to wait for a turn


class TooSlow(Exception):
    """The process took too long, or too many were before it."""


class Crashed(Exception):
    """What the process met was more than it could bear."""


def read(
    file: IO[bytes], module: str, *arguments: str, seconds: float, turn: str = "sandbox"
) -> bytes:
    """Have a module of ours read a file, and return what it writes.

    Call it outside any transaction: it takes seconds, and waits for its turn before.

    Args:
        file: positioned anywhere; it is the standard input of the process.
        module: run as ``python -m``; it confines itself (``confinement``).
        seconds: that it may take.
        turn: which processes come one after the other: those that people wait for, or others.

    Raises:
        TooSlow, Crashed: see there.
        OSError: the disk is full.
    """
    lock = settings.DATA_DIR / f"{turn}.lock"
    with _on_disk(file) as original, lock.open("a") as queue:
        _wait_for_turn(queue)
        try:
            result = subprocess.run(  # noqa: S603  nothing in it comes from anybody
                [sys.executable, "-m", module, *arguments],
                stdin=original, capture_output=True, cwd=settings.BASE_DIR, timeout=seconds,
                # The turn lasts as long as the process, even if this one is killed.
                pass_fds=[queue.fileno()],
            )  # fmt: skip
        except subprocess.TimeoutExpired:
            raise TooSlow from None
    if result.returncode < 0:  # a signal
        raise Crashed
    if result.returncode:
        raise RuntimeError(result.stderr.decode(errors="replace"))
    return result.stdout


@contextmanager
def _on_disk(file: Any) -> Iterator[IO[bytes]]:
    """Give a file that the process can seek in, wherever the original is kept."""
    if hasattr(file, "temporary_file_path"):
        # A large upload is on the disk already.
        with Path(file.temporary_file_path()).open("rb") as original:
            yield original
        return
    with tempfile.TemporaryFile(dir=settings.DATA_DIR) as copy:
        file.seek(0)
        shutil.copyfileobj(file, copy)
        copy.seek(0)
        yield copy


def _wait_for_turn(queue: IO[str]) -> None:
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            return fcntl.flock(queue, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > deadline:
                raise TooSlow from None
            time.sleep(0.1)

"""Has the files of strangers read by a process of its own: short-lived, limited, one at a time on a
host.

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


class TooSlow(Exception):
    """It took too long, or too many were before it."""


class Crashed(Exception):
    """A signal has ended the process: what it met was more than it could bear."""


def run(module: str, *arguments: str, file: Any, seconds: float, patience: float) -> bytes:
    """Return what a module, run as a program, writes about the file on its standard input.

    Call it outside any transaction: it takes seconds, and waits for its turn before.

    Args:
        file: an upload or a file of a storage, positioned anywhere.
        seconds: that it may take.
        patience: seconds to wait for a turn.

    Raises:
        TooSlow, Crashed: nothing is known of the file.
        RuntimeError: the program is at fault.
        OSError: the disk is full.
    """
    with (
        _on_disk(file) as original,
        (settings.DATA_DIR / "pictures.lock").open("a") as turn,
    ):
        _wait_for_turn(turn, patience)
        try:
            result = subprocess.run(  # noqa: S603  nothing in it comes from anybody
                [sys.executable, "-m", module, *arguments],
                stdin=original, capture_output=True, cwd=settings.BASE_DIR, timeout=seconds,
                # The turn lasts as long as the process, even if this one is killed.
                pass_fds=[turn.fileno()],
            )  # fmt: skip
        except subprocess.TimeoutExpired:
            raise TooSlow from None
    if result.returncode < 0:
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


def _wait_for_turn(turn: IO[str], patience: float) -> None:
    deadline = time.monotonic() + patience
    while True:
        try:
            return fcntl.flock(turn, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > deadline:
                raise TooSlow from None
            time.sleep(0.1)

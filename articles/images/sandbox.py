"""Has pictures read by a process of their own: short-lived, limited, one at a time on a host.

What decoding takes is given back to the system when the process ends, a decoder that fails
takes nobody along, and no reader waits for a thread that is busy with a picture.
"""

import fcntl
import json
import shutil
import subprocess
import sys
import tempfile
import time
from typing import IO

from django.conf import settings

from articles.images import codec
from articles.images.codec import Reason, Rendered, UnusablePicture

SECONDS = 60  # for one rendition; the largest takes four on one core of 2020
PATIENCE = 120  # seconds to wait for a turn


def render(file: IO[bytes], *, width: int, format: str) -> Rendered:
    """Make a file for readers from a picture; see ``codec.render``.

    Call it outside any transaction: it takes seconds, and waits for its turn before.

    Args:
        file: the original, positioned anywhere.
        width: of the result in pixels, at most.
        format: ``avif``, ``webp`` or ``jpg``.

    Raises:
        UnusablePicture: not a picture of the accepted formats, too large, broken, or too many
            are before it.
        OSError: the disk is full.
    """
    # A file that the process can seek in, wherever the original is kept.
    with (
        tempfile.TemporaryFile(dir=settings.DATA_DIR) as original,
        (settings.DATA_DIR / "pictures.lock").open("a") as turn,
    ):
        file.seek(0)
        shutil.copyfileobj(file, original)
        original.seek(0)
        _wait_for_turn(turn)
        try:
            result = subprocess.run(  # noqa: S603  nothing in it comes from anybody
                [sys.executable, "-m", codec.__name__,
                 str(width), format, str(settings.IMAGE_MAX_PIXELS)],
                stdin=original, capture_output=True, cwd=settings.BASE_DIR, timeout=SECONDS,
                # The turn lasts as long as the process, even if this one is killed.
                pass_fds=[turn.fileno()],
            )  # fmt: skip
        except subprocess.TimeoutExpired:
            raise UnusablePicture(Reason.TOO_SLOW) from None
    if result.returncode < 0:  # a signal: what the decoder met was more than it could bear
        raise UnusablePicture(Reason.BROKEN)
    if result.returncode:
        raise RuntimeError(result.stderr.decode(errors="replace"))
    line, _newline, content = result.stdout.partition(b"\n")
    said = json.loads(line)
    if "refused" in said:
        raise UnusablePicture(Reason(said["refused"]), said["limit"])
    return Rendered(content, **said)


def _wait_for_turn(turn: IO[str]) -> None:
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            return fcntl.flock(turn, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > deadline:
                raise UnusablePicture(Reason.TOO_SLOW) from None
            time.sleep(0.1)

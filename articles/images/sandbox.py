"""Has pictures read by a process of their own; see ``articles.files.sandbox``."""

import json
from typing import IO

from django.conf import settings

from articles.files import sandbox
from articles.images import codec
from articles.images.codec import Reason, Rendered, UnusablePicture

SECONDS = 60  # for one rendition; the largest takes four on one core of 2020


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
    most = str(settings.IMAGE_MAX_PIXELS)
    try:
        answer = sandbox.read(file, codec.__name__, str(width), format, most, seconds=SECONDS)
    except sandbox.TooSlow:
        raise UnusablePicture(Reason.TOO_SLOW) from None
    except sandbox.Crashed:
        raise UnusablePicture(Reason.BROKEN) from None
    line, _newline, content = answer.partition(b"\n")
    said = json.loads(line)
    if "refused" in said:
        raise UnusablePicture(Reason(said["refused"]), said["limit"])
    return Rendered(content, **said)

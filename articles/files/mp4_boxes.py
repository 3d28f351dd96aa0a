"""Finds boxes in an MP4 file, of which MediaInfo tells some only. Pure: takes a file, tells facts.

See ISO/IEC 14496-12, "Object-structured File Organization".
"""

from collections.abc import Iterator
from typing import IO

# The boxes in which others tell of the whole file or of a track.
_CONTAINERS = {b"moov", b"trak", b"udta"}


def has_box(file: IO[bytes], wanted: bytes) -> bool:
    """Tell whether a box of four letters tells something of a file or of one of its tracks."""
    waiting = [(0, file.seek(0, 2))]
    while waiting:
        for kind, start, end in _boxes(file, *waiting.pop()):
            if kind == wanted:
                return True
            if kind in _CONTAINERS:
                waiting.append((start, end))
    return False


def _boxes(file: IO[bytes], start: int, end: int) -> Iterator[tuple[bytes, int, int]]:
    """Yield the kind of each box between two places, and where its content begins and ends."""
    while start + 8 <= end:
        file.seek(start)
        size, kind = int.from_bytes(file.read(4), "big"), file.read(4)
        head = 8
        if size == 1:
            size, head = int.from_bytes(file.read(8), "big"), 16
        stop = min(start + size, end) if size else end
        yield kind, start + head, stop
        start = stop

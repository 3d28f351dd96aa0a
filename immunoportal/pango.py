"""Tells whether the libraries are there that set text for a PDF. They belong to the system: pip
brings none of them."""

import ctypes
from contextlib import suppress
from functools import cache

# By the package of Debian that has it, the names of a library on Linux and on macOS.
LIBRARIES = {
    "libpango-1.0-0": ("libpango-1.0.so.0", "libpango-1.0.dylib"),
    "libpangoft2-1.0-0": ("libpangoft2-1.0.so.0", "libpangoft2-1.0.dylib"),
    "libharfbuzz-subset0": ("libharfbuzz-subset.so.0", "libharfbuzz-subset.0.dylib"),
}


@cache
def missing() -> tuple[str, ...]:
    """Return the packages of Debian with the libraries that are not there."""
    return tuple(package for package, names in LIBRARIES.items() if not any(map(_opens, names)))


def _opens(name: str) -> bool:
    with suppress(OSError):
        ctypes.CDLL(name)
        return True
    return False

"""Lists that are typed as lines. Pure: takes text, returns text."""

import re

# What people put before the points of a list, and word processors when it is pasted.
_MARK = re.compile(r"^(?:[•·▪◦‣*–—-]|\d{1,2}[.)])(?:\s+|$)")


def lines_of(text: str) -> list[str]:
    """Return the lines of a text that say something, without the marks of a list."""
    lines = (_MARK.sub("", line.strip()) for line in text.splitlines())
    return [line for line in lines if line]

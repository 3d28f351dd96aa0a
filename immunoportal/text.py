"""Cleaning what people type. Pure: takes text, returns text."""

import re
import unicodedata

# Characters that turn the direction of what follows: they make a text look like another.
_BIDI_CONTROLS = dict.fromkeys(
    [0x061C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A), 0xFEFF]
)
# Normalizing takes time by the square of a length that somebody else chooses.
LONGEST_LINE = 1000  # characters
_UNWANTED = {"Cc", "Cs", "Co", "Cn", "Zl", "Zp"}  # Unicode categories


def clean_line(text: str) -> str:
    """A text for one line: nothing in it can end the line or turn it round."""
    if len(text) <= LONGEST_LINE:
        text = unicodedata.normalize("NFC", text)
    text = text.translate(_BIDI_CONTROLS)
    return " ".join("".join(" " if _is_unwanted(c) else c for c in text).split())


def clean_text(text: str) -> str:
    """A text of several lines, without control characters and turns of direction."""
    text = re.sub("\r\n?|\u2028|\u2029", "\n", text).translate(_BIDI_CONTROLS)
    text = "".join(c for c in text if c in "\n\t" or not _is_unwanted(c))
    return re.sub(r"\n{4,}", "\n\n\n", text).strip()


def is_same_address(first: str, second: str) -> bool:
    """Whether two email addresses differ in nothing but ASCII capitals.

    Databases fold more: for PostgreSQL ``ı`` and ``i`` have one capital letter.
    """
    return first.isascii() and second.isascii() and first.lower() == second.lower()


def is_row_number(text: str) -> bool:
    """Whether a text can be the number of a row: ASCII digits that fit a database's integer."""
    return text.isascii() and text.isdigit() and len(text) < 19


def _is_unwanted(character: str) -> bool:
    return unicodedata.category(character) in _UNWANTED

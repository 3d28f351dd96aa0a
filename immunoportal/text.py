"""Clean what people type. Pure: takes text, returns text."""

import re
import unicodedata

# Characters that turn the direction of what follows: they make a text look like another.
_BIDI_CONTROLS = dict.fromkeys(
    [0x061C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A), 0xFEFF]
)
# Normalizing takes time by the square of a length that somebody else chooses.
LONGEST_LINE = 1000  # characters
_UNWANTED = {"Cc", "Cs", "Co", "Cn", "Zl", "Zp"}  # Unicode categories
# Letters and symbols by their category that show nothing: the Hangul fillers, a blank of Braille,
# a null note of music.
_BLANKS = set("\u115f\u1160\u2800\u3164\uffa0\U0001d159")
# What stands in XML 1.0 (section 2.2).
_NOT_IN_XML = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def clean_line(text: str) -> str:
    """Return a text as one line, without line ends, control characters and turns of direction.

    Empty if nothing in it can be seen.
    """
    if len(text) <= LONGEST_LINE:
        text = unicodedata.normalize("NFC", text)
    text = text.translate(_BIDI_CONTROLS)
    text = " ".join("".join(" " if _is_unwanted(c) else c for c in text).split())
    return text if _is_visible(text) else ""


def clean_text(text: str) -> str:
    """Return a text of several lines, without control characters and turns of direction.

    Empty if nothing in it can be seen.
    """
    text = re.sub("\r\n?|\u2028|\u2029", "\n", text).translate(_BIDI_CONTROLS)
    text = "".join(c for c in text if c in "\n\t" or not _is_unwanted(c))
    text = re.sub(r"\n{4,}", "\n\n\n", text).strip()
    return text if _is_visible(text) else ""


def is_same_email(first: str, second: str) -> bool:
    """Tell whether two email addresses differ in nothing but ASCII capitals.

    Databases fold more: for PostgreSQL ``ı`` and ``i`` have one capital letter.
    """
    return first.isascii() and second.isascii() and first.lower() == second.lower()


def is_row_number(text: str) -> bool:
    """Tell whether a text can be a row's number: ASCII digits that fit a database's integer."""
    return text.isascii() and text.isdigit() and len(text) < 19


def _is_unwanted(character: str) -> bool:
    return unicodedata.category(character) in _UNWANTED


def _is_visible(text: str) -> bool:
    """Tell whether a text has a letter, a number, a mark of punctuation or a symbol.

    The joiners of scripts and emoji stay in it, but are nothing by themselves.
    """
    return any(unicodedata.category(c)[0] in "LNPS" and c not in _BLANKS for c in text)


def writable_in_xml(text: str) -> str:
    """Return a text without the characters that no XML can hold, not even as references."""
    return _NOT_IN_XML.sub("", text)

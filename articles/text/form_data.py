"""What a form holds, as a text that can be kept. Pure: takes text, returns text."""

import json
from collections.abc import Iterable

# The names of a form's fields with their values, in the order of the form.
Fields = list[tuple[str, str]]

# A form has hundreds; Django takes no more from one that is saved.
MOST = 10_000


def read(fields: object) -> Fields:
    """Return fields as somebody's browser has sent them.

    Raises:
        ValueError: they are not what a browser sends.
    """
    if not isinstance(fields, list) or len(fields) > MOST:
        raise ValueError("These are no fields of a form.")
    return [_read_one(field) for field in fields]


def _read_one(field: object) -> tuple[str, str]:
    match field:
        case [str(name), str(value)]:
            return _storable(name), _storable(value)
    raise ValueError("This is no field of a form.")


def _storable(text: str) -> str:
    """Return a text without what no database and no page takes: NUL, and half a character."""
    return text.replace("\0", "").encode(errors="replace").decode()


def pack(fields: Iterable[tuple[str, str]]) -> str:
    """Return fields as one text."""
    return json.dumps(list(fields), ensure_ascii=False, separators=(",", ":"))


def unpack(text: str) -> Fields:
    """Return the fields of a text that ``pack`` has made."""
    return [(name, value) for name, value in json.loads(text or "[]")]

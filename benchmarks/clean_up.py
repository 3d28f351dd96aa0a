"""How long the clean-up of a block's text takes, for texts that are meant to be slow.

    .venv/bin/python benchmarks/clean_up.py

Prints milliseconds of processor time (the best of five) and what became of the text: the
length that is stored, or the refusal. The last lines are the longest texts that are allowed.
"""

import os
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")

import django

django.setup()

from articles.models import RichText
from articles.text import html

TRIES = 5
HALF = html.MAX_DEPTH // 2
FIELD = RichText._meta.get_field("text")


def fill(unit: str, before: str = "", length: int = html.MAX_LENGTH) -> str:
    """Return a text that begins with ``before`` and goes on with as many units as have room."""
    return before + unit * ((length - len(before)) // len(unit))


HOSTILE = {
    "nested lists, 52 kB": "<ul><li>" * 6500,
    "nested lists, 8,000": "<ul><li>" * 8000,
    "nested formats": "<strong><em>" * 6500,
    "headings": "<h2>a</h2>" * 6500,
    "1 MB of headings": fill("<h2>a</h2>", length=1_000_000),
    "1 MB of ampersands": "&" * 1_000_000,
    "ampersands": fill("&"),
    "open comments": fill("<!--"),
    "open attributes": fill('<a href="'),
    "paragraphs without end": fill("<p>"),
    "misnested formats": fill("<b><p></b>x"),
    "formats with attributes": fill("<p>x", "".join(f"<b id={n}>" for n in range(HALF))),
    "tables": fill("<p>x", "<table><tr><td>"),
    "the deepest lists, items without end": fill("<li>x", "<ul><li>" * (HALF - 1)),
    "the deepest formats": fill("<p>x", "<strong><em>" * (HALF - 1)),
}
LONGEST = {
    "ordinary paragraphs": fill("<p>hello <strong>world</strong>, how are you?</p>"),
    "one paragraph": f"<p>{fill('hello ', length=html.MAX_LENGTH - 10)}</p>",
    "short headings": fill("<h2>a</h2>"),
    "links": fill('<p><a href="https://example.org/a">x</a></p>'),
    "the deepest list": fill("<p>x</p>", "<ul><li>" * (HALF - 1), html.MAX_LENGTH - 500),
    "deep lists side by side": fill("<ul><li>" * 40 + "x" + "</li></ul>" * 40),
    "line breaks": fill("<br>"),
}


def main() -> None:
    for name, text in (HOSTILE | LONGEST).items():
        milliseconds, outcome = min(measure(text) for _ in range(TRIES))
        print(f"{name:38} {len(text):9,} characters {milliseconds:7.1f} ms   {outcome}")


def measure(text: str) -> tuple[float, str]:
    start = time.process_time()
    try:
        outcome = f"{len(FIELD.sanitize(text)):,} stored"
    except html.Refused as refusal:
        outcome = f"refused: {refusal}"
    return (time.process_time() - start) * 1000, outcome


if __name__ == "__main__":
    main()

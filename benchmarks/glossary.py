"""What it costs to make the terms of a text into links.

    .venv/bin/python benchmarks/glossary.py [RUNS]

The launch article with the first glossary, in each language; the same with 5,000 terms of which
each contains others; and texts of twice, four and eight times the length, whose time must grow
likewise. Prints the median of the milliseconds of processor time. Needs no site.
"""

import json
import statistics
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from articles.text.glossary import Linker
from immunoportal.languages import TABLE

LAUNCH = ROOT / "articles" / "launch"
RUNS = 200
GOAL = 1.0  # milliseconds for the launch article
LENGTHS = (1, 2, 4, 8)
MANY = 5_000


def html_of(language: str) -> str:
    """Return the texts of the launch article."""
    article = json.loads((LAUNCH / "article.json").read_text("utf-8"))[language]
    return "".join(
        f"<h2>{section['heading']}</h2>"
        + "".join(f"<p>{each}</p>" for each in section["paragraphs"])
        for section in article["sections"]
    )


def names_of(language: str) -> list[tuple[str, int]]:
    """Return the names of the first glossary."""
    terms = json.loads((LAUNCH / "glossary.json").read_text("utf-8"))
    return [
        (name, number)
        for number, term in enumerate(terms)
        for name in (term[f"term_{language}"], *term.get(f"aliases_{language}", ()))
    ]


def many(names: list[tuple[str, int]]) -> list[tuple[str, int]]:
    """Return names of which each but the first contains others."""
    return [
        (f"{name} {'del paziente ' * (number // len(names) % 8)}{number}", number)
        for number in range(MANY)
        for name, _term in [names[number % len(names)]]
    ]


def milliseconds(linker: Linker, html: str, runs: int) -> float:
    taken = []
    for _run in range(runs):
        begun = time.process_time()
        linker.linked(html, "/{}/".format, set())
        taken.append(time.process_time() - begun)
    return statistics.median(taken) * 1000


def main(runs: int) -> None:
    for language in TABLE:
        html, names = html_of(language), names_of(language)
        stop_words = TABLE[language].stop_words.split()
        for glossary in (names, [*names, *many(names)]):
            linker = Linker(glossary, stop_words)
            found = [milliseconds(linker, html * length, runs) for length in LENGTHS]
            told = ", ".join(f"{each:.2f}" for each in found)
            verdict = "as wanted" if found[0] < GOAL else f"not under {GOAL} ms"
            print(
                f"{language}: {len(html)} characters, {len(glossary)} names: {told} ms at "
                f"{', '.join(map(str, LENGTHS))} × the length ({verdict})"
            )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else RUNS)

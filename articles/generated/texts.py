"""Texts of articles about immunotherapy, composed from a vocabulary in all languages at once.

Pure: takes a source of random numbers, returns text. Where a text stands in every language, it is
a tuple in the order of ``LANGUAGES``, and each language says the same as the others.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

VOCABULARY: dict[str, Any] = json.loads(
    Path(__file__).with_name("vocabulary.json").read_text("utf-8")
)
LANGUAGES: tuple[str, ...] = tuple(VOCABULARY["languages"])

# Of the paragraphs under headings, in the first language; a whole article has 400 to 1,400.
FEWEST_WORDS, USUAL_WORDS, MOST_WORDS = 280, 450, 1000

Texts = tuple[str, ...]
# What fills the gaps of a sentence, in each language.
Slots = Sequence[dict[str, Any]]


@dataclass(frozen=True)
class Piece:
    """One block of an article.

    Attributes:
        kind: such as ``richtext`` or ``figure``: the name of its model.
        texts: by field, such as ``text`` or ``caption``.
        fields: what is the same in every language, such as the ``kind`` of a call-out.
    """

    kind: str
    texts: dict[str, Texts]
    fields: dict[str, Any]


@dataclass(frozen=True)
class Composition:
    """What an article says: its head (``title``, ``hero_line``, ``lead``) and its blocks."""

    head: dict[str, Texts]
    pieces: list[Piece]


def compose(rng: Random, figures: Sequence[Any]) -> Composition:
    """Return the texts of an article of realistic length.

    Args:
        rng: decides everything: the same numbers give the same article.
        figures: by motif, whatever stands for a picture; the figures choose among them.
    """
    subject = _draw(rng, VOCABULARY["slots"])
    head = {
        field: _fill(rng.choice(VOCABULARY[name]), subject)
        for field, name in {"title": "titles", "hero_line": "hero_lines", "lead": "leads"}.items()
    }
    return Composition(head, list(_pieces(rng, subject, figures)))


def paragraph(rng: Random) -> Texts:
    """Return one paragraph of HTML, such as a revision adds."""
    return _paragraph(rng, _draw(rng, VOCABULARY["slots"]), iter(_shuffled(rng, "sentences")))


def change_note(rng: Random) -> Texts:
    """Return what was changed in a revision, in a sentence."""
    return tuple(rng.choice(VOCABULARY["change_notes"]))


def withdrawal_note(rng: Random) -> Texts:
    """Return why an article was withdrawn, in a sentence."""
    return tuple(rng.choice(VOCABULARY["withdrawal_notes"]))


def people(count: int) -> list[tuple[str, Texts]]:
    """Return the names and qualifications of contributors, always the same ones."""
    rng = Random(f"{count} people")  # noqa: S311
    names = [f"{first} {last}" for first in VOCABULARY["first_names"] for last in _surnames()]
    return [
        (name, tuple(rng.choice(VOCABULARY["qualifications"]))) for name in rng.sample(names, count)
    ]


def citations(count: int) -> list[str]:
    """Return the citations of studies that nobody has made, always the same ones."""
    rng = Random(f"{count} citations")  # noqa: S311
    return [_citation(rng) for _number in range(count)]


def _citation(rng: Random) -> str:
    # Of studies the last language of the vocabulary speaks.
    slots = _draw(rng, VOCABULARY["slots"])[-1]
    slots["Treatments"] = _capitalised(slots["treatments"])
    names = [f"{name} {rng.choice('ABCDEFGLMPRS')}" for name in rng.sample(_surnames(), 3)]
    title = rng.choice(VOCABULARY["studies"]).format_map(slots)
    volume, page = rng.randint(4, 90), rng.randint(10, 1900)
    return (
        f"{', '.join(names)} et al. {title}. {rng.choice(VOCABULARY['journals'])} "
        f"{slots['year']};{volume}:{page}–{page + rng.randint(5, 14)}."
    )


def _surnames() -> list[str]:
    names: list[str] = VOCABULARY["surnames"]
    return names


def _pieces(rng: Random, subject: Slots, figures: Sequence[Any]) -> Iterator[Piece]:
    """Yield the blocks: sections of text, and what stands between some of them."""
    sentences = iter(_shuffled(rng, "sentences") * 3)
    wanted = int(rng.triangular(FEWEST_WORDS, MOST_WORDS, USUAL_WORDS))
    sections = max(3, min(8, wanted // 110))
    headings = rng.sample(VOCABULARY["headings"], sections)
    between = _between(rng, sections, figures)
    links = iter(_shuffled(rng, "links")[: rng.randint(1, 4)])
    lists = iter(_shuffled(rng, "lists")[: rng.randint(1, 2)])
    open_texts: list[Texts] = [_paragraph(rng, subject, sentences)]
    words = 0
    for number, heading in enumerate(headings, start=1):
        level = "h3" if number > 1 and rng.random() < 0.2 else "h2"
        open_texts.append(_wrapped(level, _fill(heading, subject)))
        while words < wanted * number // sections:
            open_texts.append(_paragraph(rng, subject, sentences, next(links, None)))
            words += open_texts[-1][0].count(" ") + 1
        if number % 2 and (items := next(lists, None)):
            open_texts.append(_list(items))
        if number in between:
            yield _richtext(open_texts)
            yield between[number]
            open_texts = []
    if open_texts:
        yield _richtext(open_texts)
    if rng.random() < 0.3:
        for question, answer in rng.sample(VOCABULARY["questions"], 3):
            yield Piece("question", {"question": tuple(question), "answer": tuple(answer)}, {})


def _between(rng: Random, sections: int, figures: Sequence[Any]) -> dict[int, Piece]:
    """Return the figures, quotes and panels, by the number of the section that they follow."""
    pieces = [_figure(rng, figures) for _number in range(rng.choice((0, 1, 1, 2, 2, 3, 4)))]
    if rng.random() < 0.4:
        text, source = zip(*rng.choice(VOCABULARY["quotes"]), strict=True)
        pieces.append(Piece("quote", {"text": text, "source": source}, {}))
    if rng.random() < 0.5:
        pieces.append(_panel(*rng.choice(VOCABULARY["panels"])))
    rng.shuffle(pieces)
    places = rng.sample(range(1, sections + 1), min(len(pieces), sections))
    return dict(zip(places, pieces, strict=False))


def _panel(kind: str, fields: dict[str, Any], texts: dict[str, Sequence[str]]) -> Piece:
    return Piece(kind, {field: tuple(each) for field, each in texts.items()}, fields)


def _figure(rng: Random, figures: Sequence[Any]) -> Piece:
    motif = rng.randrange(len(VOCABULARY["figures"]))
    alternative_text, caption = zip(*VOCABULARY["figures"][motif], strict=True)
    image = rng.choice(figures[motif :: len(VOCABULARY["figures"])] or figures)
    texts = {"alternative_text": alternative_text, "caption": caption}
    return Piece("figure", texts, {"image": image})


def _richtext(texts: Sequence[Texts]) -> Piece:
    return Piece("richtext", {"text": tuple(map("".join, zip(*texts, strict=True)))}, {})


def _paragraph(
    rng: Random, subject: Slots, sentences: Iterator[Texts], link: Texts | None = None
) -> Texts:
    """Return three to five sentences about a subject, the link last."""
    small = _draw(rng, ("effects", "tests", "people", "cells"))
    slots = [about | more for about, more in zip(subject, small, strict=True)]
    chosen = [_fill(next(sentences), slots) for _number in range(rng.randint(3, 5))]
    if link:
        chosen.append(link)
    return _wrapped("p", tuple(map(" ".join, zip(*chosen, strict=True))))


def _list(items: Sequence[Sequence[str]]) -> Texts:
    return tuple(
        f"<p>{intro}</p><ul>{''.join(f'<li><p>{item}</p></li>' for item in rest)}</ul>"
        for intro, *rest in items
    )


def _wrapped(element: str, texts: Texts) -> Texts:
    return tuple(f"<{element}>{text}</{element}>" for text in texts)


def _fill(texts: Sequence[str], slots: Slots) -> Texts:
    return tuple(text.format_map(words) for text, words in zip(texts, slots, strict=True))


def _shuffled(rng: Random, name: str) -> list[Any]:
    entries: list[Any] = VOCABULARY[name]
    return rng.sample(entries, len(entries))


def _capitalised(text: str) -> str:
    return text[:1].upper() + text[1:]


def _entries(name: str) -> list[Slots]:
    """Return the words of a group, each with its forms by the names of the gaps."""
    slots = VOCABULARY["slots"][name]
    entries: list[Slots] = []
    for entry in VOCABULARY["forms"][name]:
        forms = [dict(zip(slots, words, strict=True)) for words in entry]
        entries.append(
            [form | {"T" + slots[1][1:]: _capitalised(form[slots[1]])} for form in forms]
        )
    return entries


_ENTRIES = {name: _entries(name) for name in VOCABULARY["forms"]}


def _draw(rng: Random, groups: Iterable[str]) -> Slots:
    """Return one word of each group, and numbers that fit together."""
    percent = rng.randint(14, 48)
    numbers = {
        "percent": percent,
        "fewer": percent // 2,
        "weeks": rng.randint(2, 6),
        "months": rng.randint(4, 18),
        "years": rng.randint(2, 5),
        "year": rng.randint(2014, 2025),
        "hundreds": rng.randint(2, 12) * 100,
    }
    slots: list[dict[str, Any]] = [dict(numbers) for _language in LANGUAGES]
    for name in groups:
        for words, form in zip(slots, rng.choice(_ENTRIES[name]), strict=True):
            words |= form
    return slots

"""The content that the portal starts with: one topic, its contributors, the first article, and the
glossary."""

import json
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.files import File
from django.db import transaction
from django.utils.html import escape

from articles.images import library
from articles.models import (
    Article,
    Byline,
    Contributor,
    Figure,
    Home,
    Image,
    RichText,
    Term,
    Topic,
)
from articles.models.glossary import fill_slugs
from articles.publishing.freezing import read_working_copy
from articles.publishing.verbs import publish, remember_digests
from immunoportal.actors import User

DIRECTORY = Path(__file__).resolve().parent / "launch"
LANGUAGES = ("it", "en")
GLOSSARY = DIRECTORY / "glossary.json"
# The key of a term follows from its English name.
TERMS = uuid.UUID("5b1f4c0e-6a53-4c0c-9a39-1d1f6f3f0d57")

TOPIC = {
    "name_it": "Capire l’immunoterapia",
    "name_en": "Understanding immunotherapy",
    "slug_it": "capire-immunoterapia",
    "slug_en": "understanding-immunotherapy",
    "description_it": (
        "Come lavora il sistema immunitario e come i farmaci lo aiutano contro il tumore."
    ),
    "description_en": "How the immune system works, and how medicines help it against cancer.",
    "ordering": 1,
}
HOME = {
    "hero_line_it": "L’immunoterapia dei tumori, spiegata con calma",
    "hero_line_en": "Cancer immunotherapy, calmly explained",
    "introduction_it": (
        "Per chi affronta una cura, per chi gli sta accanto e per i medici: come il sistema "
        "immunitario può combattere il tumore, in italiano e in inglese."
    ),
    "introduction_en": (
        "For people who face a treatment, for those who stand by them and for doctors: how the "
        "immune system can fight cancer, in Italian and in English."
    ),
}
BOARD = {
    "name_it": "Redazione di ImmunOncologia.org",
    "name_en": "ImmunOncologia.org editorial board",
}
CREDIT: dict[str, Any] = {
    "credit_it": "Illustrazione: ImmunOncologia.org",
    "credit_en": "Illustration: ImmunOncologia.org",
}
SLUGS = {"it": "immunoterapia-come-funziona", "en": "immunotherapy-how-it-works"}

# Why it may say "revolution".
CLEARANCE = {
    "it": "Traduzione del testo dell’editore: parla di immunoterapia, di nessun medicinale.",
    "en": "The publisher's own text, to the letter: it speaks of immunotherapy, of no medicine.",
}

IMAGE_TITLES = {
    "microscope.jpg": "Microscopio",
    "t-cells.jpg": "Linfociti T",
    "umbrella.jpg": "Ombrello",
    "conversation.jpg": "Medico e paziente",
}

# The pictures of each section, with the number of its paragraphs that come before them.
PICTURES = [
    [("microscope.jpg", 0), ("t-cells.jpg", 3)],
    [("umbrella.jpg", 0)],
    [("conversation.jpg", 1)],
]


@transaction.atomic
def load(by: User) -> bool:
    """Create and publish the launch content, and fill the glossary, unless they are there.

    Args:
        by: the user in whose name it is published.

    Returns:
        Whether anything was created.
    """
    has_new_terms = _load_glossary()
    if Article.objects.filter(slug_en=SLUGS["en"]).exists():
        return has_new_terms
    article = _write_article(json.loads((DIRECTORY / "article.json").read_text("utf-8")))
    remember_digests(read_working_copy(article))
    publish(article, LANGUAGES, by=by, clearance=CLEARANCE)
    if not Home.objects.exists():
        Home.objects.create(featured=article, **HOME)
    return True


def _load_glossary() -> bool:
    """Fill the glossary with the first terms, unless one of them is there: then they have been
    there before, and what has become of them since is the editors' affair."""
    entries = json.loads(GLOSSARY.read_text("utf-8"))
    terms = [
        Term(
            key=uuid.uuid5(TERMS, entry["term_en"]),
            **{
                name: "\n".join(value) if isinstance(value, list) else value
                for name, value in entry.items()
            },
        )
        for entry in entries
    ]
    if Term.objects.filter(key__in=[term.key for term in terms]).exists():
        return False
    fill_slugs(terms)
    Term.objects.bulk_create(terms, ignore_conflicts=True)
    return True


def _write_article(texts: dict) -> Article:
    topic = Topic.objects.filter(slug_en=TOPIC["slug_en"]).first() or Topic.objects.create(**TOPIC)
    board = Contributor.objects.filter(name_en=BOARD["name_en"]).first()
    board = board or Contributor.objects.create(**BOARD)
    article = Article.objects.create(
        topic=topic,
        **{
            f"{field}_{language}": texts[language][key]
            for language in LANGUAGES
            for field, key in {"title": "title", "hero_line": "hero", "lead": "lead"}.items()
        },
        **{f"slug_{language}": SLUGS[language] for language in LANGUAGES},
    )
    Byline.objects.create(article=article, contributor=board)
    ordering = 0
    for number, pictures in enumerate(PICTURES):
        sections = {language: texts[language]["sections"][number] for language in LANGUAGES}
        for block in _blocks_of_section(sections, pictures):
            ordering += 10
            block.parent, block.region, block.ordering = article, "main", ordering
            block.save()
    return article


def _blocks_of_section(
    sections: dict[str, dict], pictures: list[tuple[str, int]]
) -> Iterator[RichText | Figure]:
    """Yield the texts and figures of a section in order, each in all languages."""
    start, heading = 0, True
    total = len(sections["it"]["paragraphs"])
    for index, (name, before) in enumerate([*pictures, (None, total)]):
        html = {
            f"text_{language}": _html(section, start, before, heading)
            for language, section in sections.items()
        }
        if html["text_it"]:
            yield RichText(**html)
            heading = False
        if name:
            yield Figure(
                image=_image(name),
                **{
                    f"alternative_text_{language}": section["images"][index]["alt"]
                    for language, section in sections.items()
                },
            )
        start = before


def _html(section: dict, start: int, end: int, with_heading: bool) -> str:
    parts = [f"<p>{escape(paragraph)}</p>" for paragraph in section["paragraphs"][start:end]]
    if with_heading and section["heading"]:
        parts.insert(0, f"<h2>{escape(section['heading'])}</h2>")
    return "".join(parts)


def _image(name: str) -> Image:
    """Return an illustration of the launch article, from the library or newly added to it."""
    path = DIRECTORY / "illustrations" / name
    with path.open("rb") as file:
        try:
            return library.add(File(file, name=name), title=IMAGE_TITLES[name], **CREDIT)
        except library.AlreadyInLibrary as error:
            image: Image = error.row
            return image

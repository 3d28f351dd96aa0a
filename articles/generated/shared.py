"""What generated articles share: topics, contributors, sources and pictures."""

from collections.abc import Container, Iterable
from dataclasses import dataclass
from itertools import count
from typing import TypeVar
from uuid import UUID, uuid5

from articles.generated import pictures, texts
from articles.generated.texts import LANGUAGES, VOCABULARY
from articles.models import Contributor, Image, Source, Topic
from articles.models.keys import KeyedModel
from articles.text.slugs import slug_from
from immunoportal.actors import User

PEOPLE, SOURCES = 40, 400

# Keys of shared rows follow from their names: they are found again, whatever the seed.
NAMESPACE = UUID("6f2a4f4e-6b0e-4c38-9a51-0f1d3c1c7a10")

Row = TypeVar("Row", bound=KeyedModel)


@dataclass(frozen=True)
class Shared:
    """The rows that articles choose among, in an order that is always the same."""

    topics: list[Topic]
    people: list[Contributor]
    sources: list[Source]
    images: list[Image]


def prepare(by: User) -> Shared:
    """Return the shared rows, made where they are missing."""
    people = [
        Contributor(
            key=uuid5(NAMESPACE, name),
            **{f"name_{LANGUAGES[0]}": name},
            **in_languages("qualification", qualification),
        )
        for name, qualification in texts.people(PEOPLE)
    ]
    sources = [
        # The prefix is that of examples: none of these leads to a study that somebody has made.
        Source(key=uuid5(NAMESPACE, citation), citation=citation, doi=f"10.5555/portal.{number}")
        for number, citation in enumerate(texts.citations(SOURCES), start=1)
    ]
    return Shared(
        stored(Topic, _topics()),
        stored(Contributor, people),
        stored(Source, sources),
        pictures.prepare(by),
    )


def stored(model: type[Row], rows: list[Row]) -> list[Row]:
    """Return rows as they are in the database, in the given order; those missing are stored."""
    objects = model._default_manager
    keys = [row.key for row in rows]
    there = set(objects.filter(key__in=keys).values_list("key", flat=True))
    missing = [row for row in rows if row.key not in there]
    if missing:
        objects.bulk_create(missing)
    found = {row.key: row for row in objects.filter(key__in=keys)}
    return [found[key] for key in keys]


def _topics() -> list[Topic]:
    topics = []
    for number, entry in enumerate(VOCABULARY["topics"]):
        names, descriptions = entry[: len(LANGUAGES)], entry[len(LANGUAGES) :]
        key = uuid5(NAMESPACE, names[0])
        others = Topic.objects.exclude(key=key)
        slugs = [
            free_slug(
                slug_from(name, 90),
                taken=set(others.values_list(f"slug_{language}", flat=True)),
            )
            for language, name in zip(LANGUAGES, names, strict=True)
        ]
        topics.append(
            Topic(
                key=key,
                ordering=10 + number,
                **in_languages("name", names),
                **in_languages("slug", slugs),
                **in_languages("description", descriptions),
            )
        )
    return topics


def in_languages(field: str, values: Iterable[str]) -> dict[str, str]:
    """Return a text as the fields of a row."""
    return {f"{field}_{language}": text for language, text in zip(LANGUAGES, values, strict=True)}


def free_slug(stem: str, taken: Container[str]) -> str:
    """Return a slug, numbered if others have it."""
    numbered = (f"{stem}-{number}" for number in count(2))
    slug = stem
    while slug in taken:
        slug = next(numbered)
    return slug

"""Which pages are behind those in another language.

What counts is decided by ``articles.publishing.agreement``; here its answer is read from the rows,
and repeated by the language versions, which lists and counts ask.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery

from articles.models import Article, Edition, LanguageVersion, Settlement, Severity
from articles.models.language_versions import store_columns
from articles.publishing.agreement import NOTHING, Settled, StalePart, Step, stale_parts
from articles.publishing.parts import known_digests
from articles.publishing.severity import severity_of, with_severity
from immunoportal import languages


@dataclass(frozen=True)
class Standing:
    """How the languages of one article stand to one another.

    Attributes:
        steps: by language, the editions that have begun, in their order.
        keys: the primary keys of the editions, by language and number.
        live: the languages that have a live page.
        settled: by the pair of a language and the other one that it is compared with.
    """

    steps: Mapping[str, Sequence[Step]]
    keys: Mapping[tuple[str, int], int]
    live: Collection[str]
    settled: dict[tuple[str, str], list[Settled]]

    def add(self, row: Settlement) -> None:
        """Count a settlement that has just been made."""
        settled = Settled(row.part, row.edition.number, row.own_digest, row.own_number)
        self.settled[row.language, row.edition.language].append(settled)

    def stale_parts(self, language: str, other: str) -> list[StalePart]:
        """Return the parts of the newest page in a language that are behind another one."""
        settled = self.settled.get((language, other), ())
        return stale_parts(self.steps.get(language, ()), self.steps.get(other, ()), settled)

    def dangers(self, language: str, other: str) -> set[int]:
        """Return the numbers of the safety editions of another language that the newest page in a
        language has not followed."""
        parts = self.stale_parts(language, other)
        behind = {part.part: part.base for part in parts if part.severity == Severity.SAFETY}
        steps = self.steps.get(other, ())
        return {
            step.number
            for before, step in pairwise(steps)
            if step.severity == Severity.SAFETY
            and any(
                base < step.number
                and step.digests.get(part, NOTHING) != before.digests.get(part, NOTHING)
                for part, base in behind.items()
            )
        }

    def all_stale_parts(self, language: str) -> list[StalePart]:
        """Return the parts of the live page in a language that are behind any other one."""
        if language not in self.live:
            return []
        others = languages.others(language)
        return [part for other in others for part in self.stale_parts(language, other)]


def standing_of(article: Article) -> Standing:
    """Read how the languages of an article stand to one another, in two queries."""
    editions = Edition.objects.begun().filter(article=article).order_by("number")
    steps: dict[str, list[Step]] = defaultdict(list)
    keys, live = {}, set()
    for edition in with_severity(editions).defer("plain_text", "content"):
        steps[edition.language].append(step_of(edition))
        keys[edition.language, edition.number] = edition.pk
        if edition.is_live:
            live.add(edition.language)
    settled: dict[tuple[str, str], list[Settled]] = defaultdict(list)
    rows = article.settlements.values_list(
        "language", "edition__language", "part", "edition__number", "own_digest", "own_number"
    )
    for language, other, part, number, own_digest, own_number in rows:
        settled[language, other].append(Settled(part, number, own_digest, own_number))
    return Standing(steps, keys, live, settled)


def step_of(edition: Edition) -> Step:
    """Return an edition as far as its agreement with the other language is concerned."""
    parts = known_digests(edition)
    return Step(
        edition.number,
        severity_of(edition),
        edition.valid_from,
        parts["digests"],
        frozenset(parts["only_here"]),
    )


def restate(article: Article, standing: Standing) -> None:
    """Have the language versions of an article repeat whether they are stale.

    Call it in the transaction that changes anything that it depends on, after that.
    """
    versions = [
        LanguageVersion(article=article, language=language, **columns)
        for language, columns in stale_columns(standing).items()
    ]
    store_columns(versions, ["stale_since", "stale_severity"])


def stale_columns(standing: Standing) -> dict[str, dict[str, Any]]:
    """Return by language what its version repeats of whether it is stale."""
    found = {}
    for language in languages.codes():
        stale = standing.all_stale_parts(language)
        found[language] = {
            "stale_since": min((part.since for part in stale), default=None),
            "stale_severity": max((part.severity for part in stale), default=None),
        }
    return found


def behind(articles: QuerySet[Article], language: str) -> QuerySet[Article]:
    """Return the articles whose page in a language is stale."""
    stale = LanguageVersion.objects.filter(language=language, stale_since__isnull=False)
    return articles.filter(pk__in=stale.values("article"))


def behind_since(language: str) -> Subquery:
    """Return what sorts articles by how long their page in a language has been stale."""
    versions = LanguageVersion.objects.filter(article=OuterRef("pk"), language=language)
    return Subquery(versions.values("stale_since"))


def count_behind(language: str) -> int:
    """Return the number of pages in a language that are stale."""
    return LanguageVersion.objects.filter(language=language, stale_since__isnull=False).count()

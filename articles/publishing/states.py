"""Where a language version stands: derived from what it repeats of its editions, and the time.

This is the one place that relates the two models; neither knows of the other's rules.
"""

from collections.abc import Iterable
from datetime import datetime
from functools import reduce
from itertools import zip_longest
from operator import and_, itemgetter, or_
from typing import Any

from django.db import models
from django.db.models import Case, Exists, F, FilteredRelation, OuterRef, Q, QuerySet, Value, When
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from articles.models import Article, LanguageVersion
from articles.models.editions import is_valid_at, valid_at
from articles.models.language_versions import MAY_HAVE_CHANGED, NAMES, RepeatedEdition
from immunoportal import languages


class State(models.TextChoices):
    """Where an article stands in one language."""

    NEVER = "never", _("never published")
    LIVE = "live", _("live")
    CHANGED = "changed", _("live, with unpublished changes")
    SCHEDULED = "scheduled", _("scheduled")
    WITHDRAWN = "withdrawn", _("withdrawn")


class TooManyToCome(Exception):
    """Besides what is live, one edition of a language may be to come, and no more."""


def live_edition(version: LanguageVersion) -> RepeatedEdition | None:
    """Return what is live of a version."""
    now = timezone.now()
    live = [
        edition
        for edition in version.editions
        if is_valid_at(now, edition.valid_from, edition.valid_until)
    ]
    return live[0] if live else None


def scheduled_for(version: LanguageVersion) -> datetime | None:
    """Return when the next edition of a version begins."""
    now = timezone.now()
    coming = [edition.valid_from for edition in version.editions if edition.valid_from > now]
    return min(coming, default=None)


def state_of(version: LanguageVersion) -> State:
    """Return the state of a version; ``in_state`` says the same to the database."""
    live = live_edition(version)
    if live:
        return State.LIVE if live.page_digest == version.page_digest else State.CHANGED
    if scheduled_for(version):
        return State.SCHEDULED
    return State.WITHDRAWN if version.last_number else State.NEVER


def versions_of(article: Article) -> dict[str, LanguageVersion]:
    """Return an article's versions by language.

    The database is asked once for each article, or once for many that were read with
    ``prefetch_related("language_versions")``.
    """
    models.prefetch_related_objects([article], "language_versions")
    found = {version.language: version for version in article.language_versions.all()}
    return {
        # An empty one, for a language that is newer than the article's last save.
        language: found.get(language) or LanguageVersion(article=article, language=language)
        for language in languages.codes()
    }


def in_state(articles: QuerySet[Article], language: str, state: str) -> QuerySet[Article]:
    """Return the articles that are in a state in a language; ``state_of`` says the same."""
    of_language = Q(language_versions__language=language)
    version, found = f"version_{language}", f"state_{language}"
    articles = articles.alias(
        **{version: FilteredRelation("language_versions", condition=of_language)}
    )
    if state == State.NEVER:
        # What has no version in the language is among them.
        return articles.filter(**{f"{version}__last_number": None})
    published = articles.filter(**{f"{version}__last_number__isnull": False})
    return published.alias(**{found: _state_of_published(f"{version}__")}).filter(**{found: state})


def count_in_state(language: str, state: str) -> int:
    """Return the number of articles that are in a state in a language.

    The versions alone are counted, in their index: that is a quarter of the work.
    """
    published = LanguageVersion.objects.filter(language=language, last_number__isnull=False)
    if state == State.NEVER:
        return Article.objects.count() - published.count()
    if state == State.CHANGED:
        published = published.filter(MAY_HAVE_CHANGED)
    return published.alias(state=_state_of_published("")).filter(state=state).count()


def lacking(articles: QuerySet[Article], language: str) -> QuerySet[Article]:
    """Return the articles that have a live page, and never had one in a language."""
    return articles.filter(pk__in=_untranslated(language).values("article"))


def count_lacking(language: str) -> int:
    """Return the number of articles that have a live page, and never had one in a language."""
    return _untranslated(language).count()


def _untranslated(language: str) -> QuerySet[LanguageVersion]:
    now = timezone.now()
    live = reduce(or_, [valid_at(now, f"{slot}_") for slot in LanguageVersion.SLOTS])
    others = LanguageVersion.objects.filter(live, article=OuterRef("article"))
    never = LanguageVersion.objects.filter(language=language, last_number=None)
    return never.filter(Exists(others.exclude(language=language)))


def _state_of_published(prefix: str) -> Case:
    """Return the state of a version that was ever published; its names may have a prefix."""
    now = timezone.now()
    slots = [f"{prefix}{slot}_" for slot in LanguageVersion.SLOTS]
    live = [valid_at(now, slot) for slot in slots]
    same = [Q(**{f"{slot}page_digest": F(f"{prefix}page_digest")}) for slot in slots]
    coming = [Q(**{f"{slot}valid_from__gt": now}) for slot in slots]
    return Case(
        When(reduce(or_, map(and_, live, same)), then=Value(State.LIVE)),
        When(reduce(or_, live), then=Value(State.CHANGED)),
        When(reduce(or_, coming), then=Value(State.SCHEDULED)),
        default=Value(State.WITHDRAWN),
        output_field=models.CharField(),
    )


def repeated(editions: Iterable[dict[str, Any]]) -> dict[str, Any]:
    """Return what a version repeats of its editions, by the names of its fields.

    Args:
        editions: the values of all editions of its article in its language.

    Raises:
        TooManyToCome: a version has no place for so many.
    """
    editions = sorted(editions, key=itemgetter("valid_from", "number"))
    now = timezone.now()
    standing = [
        edition
        for edition in editions
        if edition["valid_until"] is None
        or edition["valid_until"] > max(now, edition["valid_from"])
    ]
    if len(standing) > len(LanguageVersion.SLOTS):
        raise TooManyToCome
    found = {"last_number": max((edition["number"] for edition in editions), default=None)}
    empty = LanguageVersion()
    for slot, edition in zip_longest(LanguageVersion.SLOTS, standing):
        for name in NAMES:
            column = f"{slot}_{name}"
            found[column] = edition[name] if edition else getattr(empty, column)
    return found

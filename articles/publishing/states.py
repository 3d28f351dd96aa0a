"""Where a language version stands: derived from its article's editions and the time.

This is the one place that relates the two models; neither knows of the other's rules.
"""

from django.db import models
from django.db.models import Exists, OuterRef, QuerySet, Subquery
from django.utils.translation import gettext_lazy as _

from articles.models import Article, Edition, LanguageVersion
from articles.models.editions import EditionQuerySet
from immunoportal import languages


class State(models.TextChoices):
    """Where an article stands in one language."""

    NEVER = "never", _("never published")
    LIVE = "live", _("live")
    CHANGED = "changed", _("live, with unpublished changes")
    SCHEDULED = "scheduled", _("scheduled")
    WITHDRAWN = "withdrawn", _("withdrawn")


def with_editions(versions: QuerySet[LanguageVersion]) -> QuerySet[LanguageVersion]:
    """Read with the versions, in one query, what ``state_of`` needs of their editions."""
    editions = _editions_of(OuterRef("article"), OuterRef("language"))
    live = editions.live()
    facts = {
        "live_number": live.values("number"),
        "live_slug": live.values("slug"),
        "live_digest": live.values("page_digest"),
        "scheduled_for": editions.scheduled().order_by("valid_from").values("valid_from"),
        "last_number": editions.order_by("-number").values("number"),
    }
    return versions.annotate(**{name: Subquery(rows[:1]) for name, rows in facts.items()})


def state_of(version: LanguageVersion) -> State:
    """Return the state of a version that was read with ``with_editions``.

    ``in_state`` says the same to the database.
    """
    if version.live_number:
        same = version.live_digest == version.page_digest
        return State.LIVE if same else State.CHANGED
    if version.scheduled_for:
        return State.SCHEDULED
    return State.WITHDRAWN if version.last_number else State.NEVER


def versions_of(article: Article) -> dict[str, LanguageVersion]:
    """Return an article's versions by language, ready for ``state_of``.

    The database is asked once for each article, or once for many that were read with
    ``prefetch_versions``.
    """
    if "language_versions" not in getattr(article, "_prefetched_objects_cache", {}):
        models.prefetch_related_objects([article], prefetch_versions())
    found = {version.language: version for version in article.language_versions.all()}
    return {
        language: found.get(language) or _blank(article, language) for language in languages.codes()
    }


def prefetch_versions() -> models.Prefetch:
    """Return the prefetch that reads the versions of many articles in one query."""
    return models.Prefetch("language_versions", with_editions(LanguageVersion.objects.all()))


def in_state(articles: QuerySet[Article], language: str, state: str) -> QuerySet[Article]:
    """Return the articles that are in a state in a language; ``state_of`` says the same."""
    editions = _editions_of(OuterRef("pk"), language)
    versions = LanguageVersion.objects.filter(article=OuterRef("pk"), language=language)
    same = Exists(
        versions.filter(
            page_digest__in=_editions_of(OuterRef("article"), language).live().values("page_digest")
        )
    )
    live, scheduled, ever = Exists(editions.live()), Exists(editions.scheduled()), Exists(editions)
    conditions = {
        State.NEVER: ~ever,
        State.LIVE: live & same,
        State.CHANGED: live & ~same,
        State.SCHEDULED: ~live & scheduled,
        State.WITHDRAWN: ever & ~live & ~scheduled,
    }
    return articles.filter(conditions[State(state)])


def _editions_of(article: OuterRef, language: str | OuterRef) -> EditionQuerySet:
    return Edition.objects.filter(article=article, language=language).order_by()


def _blank(article: Article, language: str) -> LanguageVersion:
    """Return an empty version, for a language that is newer than the article's last save."""
    version = LanguageVersion(article=article, language=language)
    version.live_number = version.live_slug = version.live_digest = None
    version.scheduled_for = version.last_number = None
    return version

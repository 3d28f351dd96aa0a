"""The verbs of publication. Nothing else changes what readers see of an article.

Each checks, changes, and advances the publication clock, in one transaction.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from articles.freezing import blocks_of, freeze, text_in
from articles.models import (
    Article,
    Audience,
    Block,
    Byline,
    Callout,
    Edition,
    Figure,
    RichText,
)
from articles.models.editions import EditionImage
from immunoportal import audit, clock
from immunoportal.languages import LANGUAGE_PHRASES

PERMISSION = "articles.publish_article"


@dataclass(frozen=True)
class Missing:
    """Something a reader needs and the working copy does not have.

    Attributes:
        message: a sentence for the editor.
        field: the form field where it can be mended, with its language suffix if it has one.
        block: the block it belongs to, or ``None`` for the article itself.
    """

    message: str
    field: str
    block: Block | None = None


class Incomplete(Exception):
    """A publication was refused; ``missing`` says why, in the order of the page."""

    def __init__(self, missing: Sequence[Missing]):
        super().__init__("; ".join(item.message for item in missing))
        self.missing = missing


class NotLive(Exception):
    """There is nothing to withdraw in that language."""


def obstacles(article: Article, languages: Collection[str]) -> list[Missing]:
    """All that has to be mended before these languages can be published at one moment."""
    found = [item for language in languages for item in missing(article, language)]
    found.extend(_for_other_readers(article, languages))
    # What both languages lack is said once.
    return list(dict.fromkeys(found))


def missing(article: Article, language: str) -> list[Missing]:
    """What one language of an article lacks, whatever becomes of the other one.

    A block that speaks in another language only counts as missing: a warning that is not
    translated is worse than a page that waits for it.
    """
    found = []
    where = {"language": LANGUAGE_PHRASES[language]}

    def need(field: str, message: str) -> None:
        if not text_in(article, field, language):
            found.append(Missing(message % where, f"{field}_{language}"))

    need("title", _("The title is missing %(language)s."))
    need("slug", _("The address is missing %(language)s."))
    need("lead", _("The lead is missing %(language)s."))

    blocks = blocks_of(article)
    if not any(
        isinstance(block, RichText) and text_in(block, "text", language) for block in blocks
    ):
        empty = next((block for block in blocks if isinstance(block, RichText)), None)
        found.append(
            Missing(_("There is no text %(language)s.") % where, f"text_{language}", empty)
        )
    for position, block in enumerate(blocks, start=1):
        found.extend(_missing_in_block(block, position, language, found))

    authors = [
        line.contributor
        for line in article.bylines.select_related("contributor")
        if line.role == Byline.Role.AUTHOR
    ]
    if not any(author.name_in(language) for author in authors):
        found.append(Missing(_("No author is named."), "bylines"))
    found.extend(_address_taken(article, language))
    return found


def _missing_in_block(block: Block, position: int, language: str, found) -> list[Missing]:
    where = {
        "block": capfirst(block._meta.verbose_name),
        "position": position,
        "language": LANGUAGE_PHRASES[language],
    }
    if isinstance(block, Figure):
        if block.decorative or text_in(block, "alternative_text", language):
            return []
        message = _(
            "%(block)s, block %(position)d: the alternative text is missing %(language)s. "
            "Write it, or tick “decorative”."
        )
        return [Missing(message % where, f"alternative_text_{language}", block)]
    if any(item.block is block for item in found):
        return []
    for field in ("title", "text") if isinstance(block, Callout) else ("text",):
        if not text_in(block, field, language) and getattr(block, f"{field}_{_other(language)}"):
            message = _("%(block)s, block %(position)d: the text is missing %(language)s.")
            return [Missing(message % where, f"{field}_{language}", block)]
    return []


def _other(language: str) -> str:
    return "en" if language == "it" else "it"


def _address_taken(article: Article, language: str) -> list[Missing]:
    """Whether a page of another article still has the address."""
    slug = text_in(article, "slug", language)
    others = Edition.objects.in_language(language).exclude(article=article)
    holder = others.filter(slug=slug, valid_until__isnull=True).first() if slug else None
    if holder is None:
        return []
    message = _("The address “%(slug)s” is that of a published page, “%(title)s”. Choose another.")
    return [Missing(message % {"slug": slug, "title": holder.title}, f"slug_{language}")]


def _for_other_readers(article: Article, languages: Collection[str]) -> list[Missing]:
    """Which live pages that stay as they are would speak to other readers than the new ones.

    What one language reserves, the other must not give away.
    """
    staying = article.editions.live().exclude(language__in=languages)
    messages = {
        Audience.PUBLIC: _(
            "The page %(language)s is still open to everyone: publish both languages together, "
            "or withdraw that page first."
        ),
        Audience.PROFESSIONAL: _(
            "The page %(language)s is still for health professionals only: publish both "
            "languages together, or withdraw that page first."
        ),
    }
    return [
        Missing(
            messages[Audience(edition.audience)] % {"language": LANGUAGE_PHRASES[edition.language]},
            "audience",
        )
        for edition in staying.exclude(audience=article.audience).defer("content", "plain_text")
    ]


def demand_permission(user) -> None:
    """Raise ``PermissionDenied`` unless the user may publish."""
    if not user.has_perm(PERMISSION):
        raise PermissionDenied(_("You may not publish: ask somebody who may."))


@transaction.atomic
def publish(
    article: Article, languages: Collection[str], *, by, notes: dict[str, str] | None = None
) -> list[Edition]:
    """Freeze the working copy in each of the languages, and make the editions live.

    Either all of the languages are published or none; a language whose live edition
    already says the same gets no new one.

    Args:
        article: as it is stored: what is only in a form is not published.
        languages: codes such as ``["it", "en"]``.
        by: the user; must have the permission to publish.
        notes: by language, what changed, in a sentence for the history.

    Returns:
        The new editions; none where what is live already says the same.

    Raises:
        PermissionDenied: ``by`` may not publish.
        Incomplete: something a reader needs is missing, or the page in another language would
            have another audience.
    """
    demand_permission(by)
    # Two who publish at once take turns here.
    article = Article.objects.select_for_update().get(pk=article.pk)
    problems = obstacles(article, languages)
    if problems:
        raise Incomplete(problems)
    now = timezone.now()
    published = []
    for language in languages:
        edition = freeze(article, language)
        earlier = article.editions.in_language(language)
        if earlier.live().filter(digest=edition.digest).exists():
            continue
        _close(earlier, now)
        first = earlier.order_by("number").first()
        last = earlier.order_by("number").last()
        edition.number = last.number + 1 if last else 1
        edition.valid_from = now
        edition.first_published_at = first.first_published_at if first else now
        edition.published_by = by
        edition.change_note = (notes or {}).get(language, "")
        edition.save()
        EditionImage.objects.bulk_create(
            EditionImage(edition=edition, image=image)
            for image in dict.fromkeys(edition.frozen_images)
        )
        audit.record(
            audit.Act.PUBLISHED, by=by, about=edition, language=language, edition=edition.number
        )
        published.append(edition)
    remember_digests(article)
    if published:
        clock.advance()
    return published


@transaction.atomic
def withdraw(article: Article, language: str, *, by, note: str = "") -> Edition:
    """End the live edition of a language: from now on that page is gone.

    Returns:
        The edition that was live.

    Raises:
        PermissionDenied: ``by`` may not publish.
        NotLive: no edition of that language is live.
    """
    demand_permission(by)
    article = Article.objects.select_for_update().get(pk=article.pk)
    editions = article.editions.in_language(language)
    edition = editions.live().first()
    if edition is None:
        raise NotLive
    _close(editions, timezone.now(), withdrawn_by=by, withdrawal_note=note)
    audit.record(
        audit.Act.WITHDRAWN, by=by, about=edition, language=language, edition=edition.number
    )
    clock.advance()
    edition.refresh_from_db()
    return edition


def _close(editions, moment, **closing) -> None:
    """End what is live or scheduled; what has not begun ends as it begins."""
    for edition in editions.live() | editions.scheduled():
        edition.valid_until = max(edition.valid_from, moment)
        for field, value in closing.items():
            setattr(edition, field, value)
        edition.save(update_fields=["valid_until", *closing])


def remember_digests(article: Article) -> None:
    """Store what would be frozen now, so that lists can tell "live" from "with changes".

    Call it after every change of the working copy or of what it shows.
    """
    digests = {
        f"digest_{language}": freeze(article, language).digest for language in LANGUAGE_PHRASES
    }
    Article.objects.filter(pk=article.pk).update(**digests)
    for field, value in digests.items():
        setattr(article, field, value)


def mark_changed(articles) -> None:
    """Say of articles that their working copies differ from what is live.

    For rows that many articles share, such as a contributor: one statement, whatever their
    number. The next save of an article, or an attempt to publish it, compares in earnest.
    """
    articles.update(**{f"digest_{language}": "" for language in LANGUAGE_PHRASES})


def published_by(user) -> list[dict]:
    """The editions that somebody has published, for whoever asks for their data."""
    return [
        {
            "title": edition.title,
            "language": edition.language,
            "number": edition.number,
            "published": timezone.localtime(edition.valid_from).isoformat(timespec="seconds"),
        }
        for edition in Edition.objects.filter(published_by=user).defer("content", "plain_text")
    ]

"""The Atom feeds of the site (RFC 4287): of the articles of a language, with their full text, of
those on a topic, of the editions of one article, and of corrections."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.html import escape, format_html
from django.utils.translation import gettext as _

from articles.models import Correction, Edition, Severity, Topic
from articles.models.editions import EditionQuerySet
from articles.publishing.severity import severity_of, with_severity
from articles.reading import pages
from articles.reading.corrections import Told, in_feed
from articles.reading.full_text import FullText, full_texts
from articles.reading.holds import Held, hold_on
from articles.reading.rights import rights
from immunoportal import languages
from immunoportal.languages import Alternate
from immunoportal.publication import clock
from immunoportal.text import writable_in_xml

CONTENT_TYPE = "application/atom+xml; charset=utf-8"
MOST_ENTRIES = 30


class Feed(Atom1Feed):
    """A feed that is the same whenever it is made of the same entries, and can hold any text.

    An entry may have ``contributors``, ``alternates``, and its full text as ``content``.
    """

    def latest_post_date(self) -> datetime:
        """Return when it was updated last; an empty one when anything public was."""
        return super().latest_post_date() if self.items else clock.moment().changed_at

    def add_entry(self, **parts: Any) -> None:
        """Add an entry that has a content and no summary."""
        parts["description"] = None
        self.add_item(**parts)

    def add_root_elements(self, handler: Any) -> None:
        super().add_root_elements(handler)
        _write_alternates(handler, self.feed["alternates"])

    def add_item_elements(self, handler: Any, item: dict[str, Any]) -> None:
        super().add_item_elements(handler, item)
        _write_alternates(handler, item.get("alternates", ()))
        for role in ("author", "contributor"):
            for name in item.get(f"{role}s", ()):
                handler.startElement(role, {})
                handler.addQuickElement("name", name)
                handler.endElement(role)
        if item.get("content"):
            handler.addQuickElement("content", item["content"], {"type": "html"})


def _write_alternates(handler: Any, alternates: Iterable[Alternate]) -> None:
    for each in alternates:
        link = {
            "rel": "alternate",
            "type": "text/html",
            "hreflang": each.language,
            "href": settings.SITE_URL + each.url,
        }
        handler.addQuickElement("link", "", link)


def _feed(
    title: str,
    path: str,
    feed_path: str,
    language: str,
    *,
    subtitle: str | None = None,
    name: str | None = None,
    alternates: Sequence[Alternate] = (),
) -> Feed:
    """Return a feed without entries.

    Args:
        path: of the page whose feed it is.
        name: its own for ever; the address of the page unless told otherwise.
        alternates: the page in other languages.
    """
    return Feed(
        title=writable_in_xml(title),
        link=settings.SITE_URL + path,
        feed_url=settings.SITE_URL + feed_path,
        feed_guid=name,
        description=None,
        subtitle=subtitle and writable_in_xml(subtitle),
        language=language,
        author_name=settings.SITE_NAME,
        feed_copyright=writable_in_xml(rights()),
        alternates=[each for each in alternates if each.language != language],
    )


def _text(feed: Feed) -> str:
    text: str = feed.writeString("utf-8")
    return text


def articles(language: str) -> str:
    """Return the feed of the newest articles in a language."""
    home = pages.alternates_of(lambda: reverse("articles:home"), "home")
    feed = _feed(
        settings.SITE_NAME,
        reverse("articles:home"),
        reverse("articles:feed"),
        language,
        subtitle=_("All articles on cancer immunotherapy, the newest first."),
        alternates=home,
    )
    _add_articles(feed, pages.public_editions(language), language)
    return _text(feed)


def on_topic(topic: Topic, language: str) -> str:
    """Return the feed of the newest articles on a topic in a language."""
    spoken = pages.languages_of(topic)
    feed = _feed(
        f"{topic.name} – {settings.SITE_NAME}",
        topic.get_absolute_url() or "",
        reverse("articles:topic_feed", args=[topic.slug]),
        language,
        subtitle=topic.description or None,
        name=_name(topic.key, language),
        alternates=languages.alternates(topic.get_absolute_url, spoken),
    )
    _add_articles(feed, pages.public_editions(language).filter(topic=topic), language)
    return _text(feed)


def _add_articles(feed: Feed, editions: EditionQuerySet, language: str) -> None:
    """Add the newest of some articles, each with its full text or, where that is withheld, with
    what its readers are told."""
    newest = list(
        editions.newest_first()
        .select_related("topic", "article")
        .defer("plain_text", "parts")[:MOST_ENTRIES]
    )
    elsewhere: dict[int, list[Edition]] = {}
    found = {edition.article_id for edition in newest}
    for other in Edition.objects.live().public().filter(article__in=found).for_pages():
        elsewhere.setdefault(other.article_id, []).append(other)
    urls = {edition.pk: edition.get_absolute_url() for edition in newest}
    for full in full_texts(newest, urls):
        edition, held = full.edition, hold_on(full.edition)
        alternates = pages.alternates_beside(edition, elsewhere[edition.article_id])
        topic = edition.topic
        feed.add_entry(
            title=writable_in_xml(edition.title),
            link=full.url,
            unique_id=_name(edition.article.key, language),
            pubdate=edition.first_published_at,
            updateddate=_updated(full, held),
            categories=[writable_in_xml(topic.name)] if topic and topic.name else (),
            alternates=[each for each in alternates if each.is_equal and each.language != language],
            **_people(full),
            content=_content(full, held),
        )


def _people(full: FullText) -> dict[str, list[str]]:
    content = full.content
    return {
        role: [writable_in_xml(line["name"]) for line in lines]
        for role, lines in (
            ("authors", content.authors),
            ("contributors", [*content.reviewers, *content.translators]),
        )
    }


def _updated(full: FullText, held: Held | None) -> datetime:
    """Return when readers were last told something new on the page of a live edition."""
    told = [mark.at for mark in full.evidence.marked] + ([held.since] if held else [])
    return max([full.edition.valid_from, *told])


def _content(full: FullText, held: Held | None) -> str:
    """Return what an entry holds: what readers are told, and the text unless it is withheld."""
    context = {"held": held, "html": "" if held and held.is_withheld else full.html}
    return writable_in_xml(render_to_string("articles/reading/_entry.html", context).strip())


def _name(key: UUID, about: str) -> str:
    """Return what a feed or an entry is called for ever, whatever becomes of its address."""
    return uuid5(key, about).urn


def of_article(live: Edition, known: Iterable[Edition], url_of: Callable[[Edition], str]) -> str:
    """Return the feed of the changes of an article: its public editions, the newest first.

    Args:
        live: the edition that is live; everyone may read it.
        known: all that is live of the article.
        url_of: gives the path of an edition's page.
    """
    language = live.language
    key = live.article.key
    feed = _feed(
        f"{_('Editions')}: {live.title} – {settings.SITE_NAME}",
        live.get_absolute_url(),
        live.url_of("article_feed"),
        language,
        name=_name(key, f"{language} editions"),
        alternates=[each for each in pages.alternates_beside(live, known) if each.is_equal],
    )
    lasting = Edition.objects.lasting_public().in_language(language).filter(article=live.article_id)
    editions = list(
        with_severity(lasting).defer("content", "plain_text", "parts").order_by("-number")
    )[:MOST_ENTRIES]
    held = hold_on(live)
    for edition in editions:
        is_live = edition.pk == live.pk
        content, people, updated = _note(edition), {}, edition.valid_from
        if is_live:
            [full] = full_texts([live], {live.pk: live.get_absolute_url()})
            content, people = content + _content(full, held), _people(full)
            updated = _updated(full, held)
        elif held and held.is_withheld:
            content = ""
        feed.add_entry(
            title=writable_in_xml(
                _("Edition %(number)d: %(title)s")
                % {"number": edition.number, "title": edition.title}
            ),
            link=settings.SITE_URL + url_of(edition),
            unique_id=_name(key, f"{language} edition {edition.number}"),
            pubdate=edition.valid_from,
            updateddate=updated,
            **people,
            content=content,
        )
    return _text(feed)


def _note(edition: Edition) -> str:
    """Return what readers are told of the change that an edition brought."""
    severity = severity_of(edition)
    if severity is None:
        return ""
    words = {
        Severity.SAFETY: _("Correction for your safety"),
        Severity.SUBSTANTIVE: _("Correction"),
    }.get(severity, _("Small correction"))
    note = writable_in_xml(edition.change_note)
    return format_html("<p>{}{}</p>", words, f": {note}" if note else "")


def _in_html(told: Told) -> str:
    """Return what an entry says, as the feed declares it."""
    note = escape(told.note)
    if not told.changes_url:
        return note
    words = _("What has changed since edition %(number)s") % {"number": told.corrected}
    url = settings.SITE_URL + told.changes_url
    return format_html('<p>{}</p><p><a href="{}">{}</a></p>', note, url, words)


def corrections(language: str) -> str:
    """Return the feed of what readers of a language are told of corrections, in its language."""
    path = reverse("articles:corrections")
    feed = _feed(
        f"{_('Corrections')} – {settings.SITE_NAME}",
        path,
        reverse("articles:corrections_feed"),
        language,
        subtitle=_("What we have corrected on our pages, and what we warn of, the newest first."),
        alternates=pages.alternates_of(lambda: reverse("articles:corrections"), "corrections"),
    )
    for name, row, told in in_feed(language):
        is_correction = row.kind == Correction.Kind.CORRECTION
        feed.add_item(
            title=writable_in_xml(f"{told.what}: {told.title}" if told.title else told.what),
            link=settings.SITE_URL + (told.url or path),
            description=writable_in_xml(_in_html(told)),
            unique_id=name,
            pubdate=row.edition.valid_from if is_correction else row.at,
            updateddate=row.at,
        )
    return _text(feed)

"""Editions as JSON, for other sites and for programs: read-only, for everyone, from everywhere.

Each public edition has such an address for ever, the live one too. Behind the same gate as its page
(``articles.reading.editions``): what is reserved answers as the page does, and to those who may
read it for them alone; what is withheld for now answers 403, what was withdrawn as wrong 410.

Schema 1; names are only ever added to it::

    schema                1
    id                    a URN: the same edition, whatever becomes of its address
    url, page             of this JSON, and of the page that shows the edition
    language, number, is_live
    title, slug, hero_line, lead, description
    topic                 its name; null where there is none
    audience              "public" or "professional"
    first_published_at    of the article in this language
    valid_from, valid_until   when readers began and ceased to see it; null while they do
    severity              of the change that it brought: "typo", "minor", "substantive", "safety"
    change_note           what readers were told of it
    authors, reviewers, translators   [{name, qualification}]
    interests             [{name, interests}]; empty where there are none to declare
    funding
    blocks                [{key, type, html, text}], in order; addresses are absolute
    sources               [{number, citation, links: [{label, url}], status}], as the text counts
                          them; "retracted", "outdated", or null where it may be relied on
    notices               [{date, text}]: what readers are told at the top of the page
    corrections           [{date, what, note}]
    alternates            [{language, url}]: the article's pages in other languages
    publisher, rights
    licence               {name, url}: under which others may use the text; null where none is given
    text_digest, page_digest   SHA-256 of what reviewers read, and of all that readers get

What goes wrong says so in JSON as well: ``{"schema": 1, "status": 404, "message": "…"}``.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import wraps
from typing import Any
from uuid import uuid5

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from articles.models import Edition, Severity
from articles.publishing.content import Content, Frozen
from articles.publishing.severity import severity_of, with_severity
from articles.reading import pages
from articles.reading.corrections import corrections_of
from articles.reading.editions import (
    Present,
    beside_the_present,
    held_by,
    past_edition,
    refused_to,
)
from articles.reading.full_text import full_texts
from articles.reading.holds import hold_on, outdated_on
from articles.reading.retractions import Marked
from articles.reading.rights import licence, publisher, rights
from articles.reading.views import PageNotFound
from articles.text.html import plain_text
from immunoportal.publication.public_pages import keep_private

SCHEMA = 1

View = Callable[..., HttpResponse]


def in_json(view: View) -> View:
    """Have a view say in JSON what is wrong, and let any site read what is public."""

    @wraps(view)
    def page(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            response = view(request, *args, **kwargs)
        except PageNotFound as missing:
            sentence = missing.context.get("sentence")
            response = wrong(missing.status, str(sentence) if sentence else _gone_or_not(missing))
        except Http404:
            response = wrong(404, _("There is no such edition."))
        # It is the page that search engines shall lead to.
        response.headers["X-Robots-Tag"] = "noindex"
        if "no-store" not in response.headers.get("Cache-Control", ""):
            response.headers["Access-Control-Allow-Origin"] = "*"
            response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
        return response

    return page


def _gone_or_not(missing: PageNotFound) -> str:
    if missing.status == 410:
        return _("This page has been withdrawn")
    return _("There is no such edition.")


def wrong(status: int, message: str, **more: Any) -> JsonResponse:
    """Return the answer that says what is wrong."""
    told = {"schema": SCHEMA, "status": status, "message": message, **more}
    return JsonResponse(told, status=status)


@in_json
@beside_the_present
def edition(request: HttpRequest, present: Present, number: int) -> HttpResponse:
    """Answer with an edition, live or earlier."""
    live = present.live
    shown = live
    warnings: tuple[tuple[datetime, str], ...] = ()
    if number != live.number:
        past = past_edition(present, number)
        if past is None:
            return wrong(410, _("This page has been withdrawn"))
        shown, warnings = past.edition, past.warnings
    refused = refused_to(request, present, shown)
    if refused is not None:
        return refused
    # All of it at once, and not one column after another.
    whole = with_severity(Edition.objects.select_related("article", "topic"))
    shown = whole.get(pk=shown.pk)
    held = held_by(present, warnings)
    notices = _dated(held.notices if held else ())
    now = hold_on(live)
    if now and now.is_withheld:
        response = wrong(403, _("We do not show the text of this page for now."), notices=notices)
    else:
        response = JsonResponse(
            as_data(shown, present, notices), json_dumps_params={"ensure_ascii": False}
        )
    return response if present.is_for_everyone(shown) else keep_private(response)


def as_data(edition: Edition, present: Present, notices: list[Frozen]) -> dict[str, Any]:
    """Return what the JSON of an edition says; see the module."""
    path = present.url_of(edition)
    [full] = full_texts([edition], {edition.pk: path}, present.live)
    content = full.content
    is_live = edition.pk == present.live.pk
    severity = severity_of(edition)
    outdated = outdated_on(edition)
    if outdated:
        notices = [*notices, *_dated([(outdated.since, outdated.sentence)])]
    notices = [*notices, *_dated([(mark.at, _told_of(mark)) for mark in full.evidence.marked])]
    topic = edition.topic
    name, url = licence()
    return {
        "schema": SCHEMA,
        "id": uuid5(edition.article.key, f"{edition.language} edition {edition.number}").urn,
        "url": _absolute(present.live.url_of("edition_json", edition.number)),
        "page": _absolute(path),
        "language": edition.language,
        "number": edition.number,
        "is_live": is_live,
        "title": edition.title,
        "slug": edition.slug,
        "hero_line": edition.hero_line,
        "lead": edition.lead,
        "description": edition.description,
        "topic": (topic and topic.name) or None,
        "audience": edition.audience,
        "first_published_at": _moment(edition.first_published_at),
        "valid_from": _moment(edition.valid_from),
        # When it is going to end is nobody's business yet.
        "valid_until": None if is_live else _moment(edition.valid_until),
        "severity": None if severity is None else Severity(severity).name.lower(),
        "change_note": edition.change_note if severity is not None else "",
        "authors": _people(content.authors),
        "reviewers": _people(content.reviewers),
        "translators": _people(content.translators),
        "interests": [
            {"name": line["name"], "interests": line["interests"]} for line in content.declarations
        ],
        "funding": content.funding,
        "blocks": [
            {"key": block["key"], "type": block["type"], "html": html, "text": plain_text(html)}
            for block in content.blocks
            for html in [full.html_of(block)]
        ],
        "sources": _sources(content),
        "notices": notices,
        "corrections": [
            {"date": _moment(told.at), "what": told.what, "note": told.note}
            for told in corrections_of(edition)
        ],
        "alternates": [
            {"language": each.language, "url": _absolute(each.url)}
            for each in pages.alternates_beside(present.live, present.known)
            if each.is_equal and each.language != get_language()
        ],
        "publisher": publisher(),
        "licence": {"name": name, "url": url} if name else None,
        "rights": rights(),
        "text_digest": edition.text_digest,
        "page_digest": edition.page_digest,
    }


def _told_of(mark: Marked) -> str:
    return plain_text(render_to_string("articles/reading/_retracted_note.html", {"mark": mark}))


def _sources(content: Content) -> list[dict[str, Any]]:
    return [
        {
            "number": number,
            "citation": source["citation"],
            "links": source["links"],
            "status": source["mark"] and source["mark"].status,
        }
        for number, source in enumerate(content.sources, 1)
    ]


def _people(lines: Sequence[Frozen]) -> list[dict[str, str]]:
    return [{"name": line["name"], "qualification": line["qualification"]} for line in lines]


def _dated(told: Sequence[tuple[datetime, str]]) -> list[Frozen]:
    return [{"date": _moment(moment), "text": text} for moment, text in told]


def _moment(moment: datetime | None) -> str | None:
    return moment.isoformat(timespec="seconds") if moment else None


def _absolute(path: str) -> str:
    return settings.SITE_URL + path

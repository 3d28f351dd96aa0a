"""The pages that earlier editions keep: each at its number, and what has changed since.

What somebody has printed or cited can be found again. Such a page is for those whom both that
edition and the live one are for, is nothing for search engines, and says at once what has become of
it. A language without a live page has none.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import wraps

from django.db.models import OuterRef, Subquery
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from articles.models import Edition, RaisedSeverity, Severity
from articles.publishing.comparison import PAGE, SAME, compare, names_told
from articles.publishing.content import read
from articles.reading import cite, feeds, pages
from articles.reading.holds import Held, ended_on, hold_on
from articles.reading.own_articles import live_articles
from articles.reading.views import elsewhere, in_language, refusal
from articles.reading.withdrawn import gone_from
from immunoportal.publication.parting import reader_of
from immunoportal.publication.public_pages import keep_private, public_page, show

# No article ever has so many editions, and not every number fits into a column.
MOST = 1_000_000

View = Callable[..., HttpResponse]


@dataclass(frozen=True)
class Present:
    """What is live of an article, beside one of its earlier editions.

    Attributes:
        live: in the language of the page.
        known: all that is live, in every language.
    """

    live: Edition
    known: Sequence[Edition]

    def url_of(self, edition: Edition) -> str:
        """Return where an edition stays; the live one has the address of the article."""
        if edition.pk == self.live.pk:
            return self.live.get_absolute_url()
        return self.live.url_of("edition", edition.number)

    def changes_url(self, edition: Edition) -> str:
        """Return where what has changed since an edition is shown."""
        return self.live.url_of("changes", edition.number)

    def is_for_everyone(self, edition: Edition) -> bool:
        """Tell whether nothing is reserved of an edition, nor of what is live."""
        return self.live.is_public and edition.is_public


@dataclass(frozen=True)
class Past:
    """An earlier edition, and what has become of it.

    Attributes:
        edition: with its topic; its content is read when it is asked for.
        next: the one that followed.
        warnings: what its readers are told of later changes that were about safety, with the
            dates, the newest first.
    """

    edition: Edition
    next: Edition
    warnings: tuple[tuple[datetime, str], ...]


def beside_the_present(view: View) -> View:
    """Find what is live of the article in an address, for a view of its earlier editions.

    Who may not read what is live may not read what came before. A slug that the article used to
    have leads on to the present one, for ever. As ``detail`` does, it takes ``of_site``.
    """

    @public_page()
    @wraps(view)
    def page(request: HttpRequest, slug: str, of_site: bool = False, **number: int) -> HttpResponse:
        language = get_language()
        known = pages.editions_known_as(slug, language, of_site=of_site)
        live = in_language(language, known)
        if live is None:
            gone = gone_from(slug, language, of_site=of_site)
            return elsewhere(request, known, gone, language)
        if not live.is_public:
            reader = reader_of(request)
            if not live.may_be_read_by(reader):
                return refusal(request, reader)
        if live.slug != slug:
            match = request.resolver_match
            assert match  # set before any view is called
            url = live.url_of(match.url_name or "", *number.values())
            response = redirect(url, permanent=True)
            return response if live.is_public else keep_private(response)
        return view(request, Present(live, known), **number)

    return page


@beside_the_present
def edition_list(request: HttpRequest, present: Present) -> HttpResponse:
    """List the editions of an article in one language, the newest first."""
    live = present.live
    editions = Edition.objects.lasting().in_language(live.language).filter(article=live.article_id)
    if live.is_public:
        # The page is the same for everyone.
        editions = editions.public()
    shown = editions.for_pages(*_ABOUT_CHANGE).order_by("-number")
    context = {"editions": [(each, present.url_of(each)) for each in shown]}
    return answer(request, present, live, "articles/reading/editions.html", context)


@beside_the_present
def edition(request: HttpRequest, present: Present, number: int) -> HttpResponse:
    """Show an edition that was replaced, as it was; the live one is shown at its own address."""
    if number == present.live.number:
        response = redirect(present.live)
        return response if present.live.is_public else keep_private(response)
    past = past_edition(present, number)
    if past is None:
        return gone(request)
    shown = past.edition
    context = pages.article_page(shown, pages.versions_of(shown, present.known)) | {
        "held": held_by(present, past.warnings),
        "updated": shown.valid_from,
        "past": past,
        # Whoever prints it prints the page, which says that it was replaced.
        "leaflet": None,
        "past_url": present.url_of(shown),
        "next_url": present.url_of(past.next),
        "changes_url": present.changes_url(shown),
        "present": present.live,
    }
    return answer(request, present, shown, "articles/reading/detail.html", context)


@beside_the_present
def changes(request: HttpRequest, present: Present, number: int) -> HttpResponse:
    """Show what differs between an earlier edition and the live one."""
    if number == present.live.number:
        return redirect(present.live.url_of("editions"))
    past = past_edition(present, number)
    if past is None:
        return gone(request)
    old, new = past.edition, present.live
    contents = dict(Edition.objects.filter(pk__in=(old.pk, new.pk)).values_list("pk", "content"))
    old.content, new.content = contents[old.pk], contents[new.pk]
    shown = {key for each in (old, new) for key in read(each).own_articles}
    articles = live_articles(new, sorted(shown))
    names = names_told(old, new) | {key: article.title for key, article in articles.items()}
    parts = compare(old, new, names)
    context = {
        "held": held_by(present, past.warnings),
        "past": past,
        "past_url": present.url_of(old),
        "parts": [part for part in parts if part.how != SAME and part.key != PAGE],
    }
    return answer(request, present, old, "articles/reading/changes.html", context)


@public_page()
def feed(request: HttpRequest, slug: str, of_site: bool = False) -> HttpResponse:
    """Answer with the feed of an article's editions, which everyone may read."""
    language = get_language()
    known = pages.editions_known_as(slug, language, of_site=of_site)
    live = in_language(language, known)
    if live is None or not live.is_public:
        raise Http404
    if live.slug != slug:
        return redirect(live.url_of("article_feed"), permanent=True)
    text = feeds.of_article(live, known, Present(live, known).url_of)
    return HttpResponse(text, content_type=feeds.CONTENT_TYPE)


@beside_the_present
def ris(request: HttpRequest, present: Present, number: int) -> HttpResponse:
    """Answer with a record of an edition for reference managers (RIS)."""
    return record(request, present, number, "ris", cite.RIS, cite.ris)


@beside_the_present
def bibtex(request: HttpRequest, present: Present, number: int) -> HttpResponse:
    """Answer with a record of an edition for reference managers (BibTeX)."""
    return record(request, present, number, "bib", cite.BIBTEX, cite.bibtex)


def record(
    request: HttpRequest,
    present: Present,
    number: int,
    ending: str,
    content_type: str,
    written: Callable[[cite.Cited], str],
) -> HttpResponse:
    """Answer with a record of an edition, to whoever may read it."""
    live = present.live
    shown: Edition | None = live
    if number != live.number:
        past = past_edition(present, number)
        shown = past.edition if past else None
    if shown is None:
        return gone(request)
    refused = refused_to(request, present, shown)
    if refused is not None:
        return refused
    response = HttpResponse(
        written(cite.cited(shown, live)),
        content_type=content_type,
        headers={
            "Content-Disposition": f'attachment; filename="{live.slug}-{number}.{ending}"',
            "X-Robots-Tag": "noindex",
        },
    )
    return response if present.is_for_everyone(shown) else keep_private(response)


def answer(
    request: HttpRequest, present: Present, edition: Edition, template: str, context: dict
) -> HttpResponse:
    """Answer with a page about an edition, or without its text where the page is withheld.

    What is reserved, or was, is for those who may read it.
    """
    refused = refused_to(request, present, edition)
    if refused is not None:
        return refused
    live = present.live
    context = {
        "edition": edition,
        "present": live,
        "alternates": pages.alternates_beside(live, present.known),
        **context,
        "noindex": True,
    }
    held = hold_on(live)
    if held and held.is_withheld:
        template, context = "articles/reading/withheld.html", context | {"held": held}
    if present.is_for_everyone(edition):
        return show(request, template, context)
    return keep_private(render(request, template, context))


def refused_to(request: HttpRequest, present: Present, edition: Edition) -> HttpResponse | None:
    """Return the refusal of an edition to whoever may not read it; ``None`` to all others."""
    if present.is_for_everyone(edition):
        return None
    reader = reader_of(request)
    return None if edition.may_be_read_by(reader) else refusal(request, reader)


def gone(request: HttpRequest) -> HttpResponse:
    """Answer that what was here has been withdrawn (410)."""
    return show(request, "articles/reading/gone.html", {"is_error": True}, status=410)


# What an edition tells of its change, and why it ended.
_ABOUT_CHANGE = ("severity", "change_note", "withdrawn_as")


def past_edition(present: Present, number: int) -> Past | None:
    """Return an earlier edition and what followed it; ``None`` if it was withdrawn as wrong.

    Raises:
        Http404: there was none of that number.
    """
    if number > MOST:
        raise Http404
    live = present.live
    raised = RaisedSeverity.objects.filter(edition=OuterRef("pk"), severity=Severity.SAFETY)
    editions = Edition.objects.begun().in_language(live.language).for_pages(*_ABOUT_CHANGE)
    rows = list(
        editions.filter(article=live.article_id, number__gte=number)
        .annotate(raised_note=Subquery(raised.values("note")[:1]))
        .order_by("number")
    )
    if not rows or rows[0].number != number or len(rows) == 1:
        raise Http404
    first, *later = rows
    if first.is_gone:
        return None
    is_public = live.is_public and first.is_public
    warnings = []
    for each in reversed(later):
        raised_note: str | None = each.raised_note  # type: ignore[attr-defined]  # annotated above
        if each.severity == Severity.SAFETY or raised_note is not None:
            note = raised_note or each.change_note
            if is_public and not each.is_public:
                # What was written for health professionals alone.
                note = _("A later edition has corrected this page for the safety of its readers.")
            warnings.append((each.valid_from, note))
    for began, ended, sentence in ended_on(live, is_public=is_public):
        # The text that was held was replaced, however grave that was called.
        replaced = any(began < each.valid_from <= ended for each in later)
        if replaced and sentence not in {note for _moment, note in warnings}:
            warnings.append((began, sentence))
    return Past(first, later[0], tuple(sorted(warnings, reverse=True)))


def held_by(present: Present, warnings: tuple[tuple[datetime, str], ...]) -> Held | None:
    """Return what readers of an earlier edition are told: what those of the live one are told, and
    what was said of changes since."""
    held = hold_on(present.live)
    if not warnings:
        return held
    if held is None:
        return Held(warnings[0][0], warnings, (), is_withheld=False)
    return replace(held, notices=tuple(sorted({*held.notices, *warnings}, reverse=True)))

"""The leaflet of an edition: a PDF to print, or to take along to the doctor.

It is for those whom the page of the edition is for, and only while it says what the page says: of
an edition that was replaced, or of a page that is held or outdated or cites what was retracted, its
address leads to the page, which tells what has become of it. A PDF that somebody keeps could not.
"""

from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.cache import patch_cache_control
from django.utils.http import content_disposition_header

from articles.files import serving
from articles.files.views import INTERNAL_PREFIX
from articles.models import Edition, Leaflet
from articles.models.leaflets import leaflet_name
from articles.models.stored_files import files
from articles.reading.editions import Present, beside_the_present, gone, past_edition
from articles.reading.holds import is_as_published
from articles.reading.retractions import evidence_of
from immunoportal.publication.public_pages import keep_private

SOON = 60  # seconds


@beside_the_present  # type: ignore[arg-type]  # a large file is a stream
def leaflet(request: HttpRequest, present: Present, number: int) -> HttpResponseBase:
    """Send the leaflet of the live edition; of any other edition, lead to its page."""
    live = present.live
    if number != live.number:
        past = past_edition(present, number)
        if past is None:
            return gone(request)
        return keep_private(redirect(present.url_of(past.edition)))
    if not is_as_published(live) or evidence_of(live, live).marked:
        return keep_private(redirect(live))
    if not live.leaflet_digest:
        return _not_made(request, live)
    response = _file(request, live)
    if not live.is_public:
        return keep_private(response)
    # Whoever has it asks again: it goes when the page is held.
    patch_cache_control(response, public=True, no_cache=True)
    return response


def _file(request: HttpRequest, edition: Edition) -> HttpResponseBase:
    """Return the answer with the file, or with the part of it that is asked for.

    Raises:
        Http404: the file is lost.
    """
    digest, size = edition.leaflet_digest, edition.leaflet_bytes
    # Both or none, says the database.
    assert digest
    assert size
    etag = f'"{digest[:20]}"'
    response = serving.answer(
        request, files(), leaflet_name(digest), size=size, etag=etag,
        content_type="application/pdf", folder=INTERNAL_PREFIX,
    )  # fmt: skip
    if edition.is_public and response.status_code != 416:
        response.headers["ETag"] = etag
    # A browser that opened it under the policy of our files would show nothing.
    file_name = f"{edition.slug}-{edition.number}.pdf"
    response.headers["Content-Disposition"] = str(content_disposition_header(True, file_name))
    response.headers["Content-Security-Policy"] = serving.POLICY
    # Search engines lead to the page.
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def _not_made(request: HttpRequest, edition: Edition) -> HttpResponseBase:
    """Answer that the leaflet is being made (503).

    Raises:
        Http404: none is made of it.
    """
    coming = Leaflet.objects.filter(edition=edition, attempts__lt=Leaflet.MAX_ATTEMPTS)
    if not coming.exists():
        raise Http404
    context = {"edition": edition, "is_error": True}
    response = render(request, "articles/reading/leaflet_soon.html", context, status=503)
    response.headers["Retry-After"] = str(SOON)
    return keep_private(response)

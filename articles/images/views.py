"""Serves the pictures, each to those who may see it."""

import mimetypes
import re

from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase

from articles.files import serving
from articles.models import Image, Rendition
from articles.models.images import renditions
from immunoportal.publication import clock
from immunoportal.publication.public_pages import safe_page

NAME = re.compile(rf"([0-9a-f]{{20}})-([0-9]{{1,5}})\.({'|'.join(Rendition.Format.values)})")

# Where our nginx keeps the folder of the renditions, for itself alone.
INTERNAL_PREFIX = "/protected-renditions/"


@safe_page
def rendition(request: HttpRequest, name: str) -> HttpResponseBase:
    """Serve a rendition to those who may read a live edition that shows it, and to editors."""
    match = NAME.fullmatch(name)
    if match is None:
        raise Http404
    # Read before the database is, as for a page.
    moment = clock.moment()
    digest, width, format = match.groups()
    found = (
        Rendition.objects.ready()
        # An interval, which every database looks up in the index: "g" follows on the last digit.
        .filter(image__digest__gte=digest, image__digest__lt=digest + "g")
        .filter(width=int(width), format=format)
        .values_list("bytes", *serving.shown(Image, "image"))
        .first()
    )
    if found is None:
        raise Http404
    size, is_public, is_reserved = found
    if not is_public:
        serving.demand_reader(request, Image, is_reserved=is_reserved)
    etag = f'"{name}"'
    response = serving.answer(
        request, renditions(), name, size=size, etag=etag,
        content_type=mimetypes.guess_type(name)[0] or f"image/{format}", folder=INTERNAL_PREFIX,
    )  # fmt: skip
    return serving.kept_by(request, response, moment, etag, is_public=is_public)

"""Serves the files of the libraries, each to those who may have it."""

import re
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.http import content_disposition_header
from django.utils.text import slugify

from articles.files import serving
from articles.files.withdrawal import libraries
from articles.models import Recording, Transcript
from articles.models.stored_files import StoredFile, files
from immunoportal.publication import clock
from immunoportal.publication.public_pages import safe_page

NAME = re.compile(r"([0-9a-f]{20})\.([a-z0-9]{2,4})")

# Where our nginx keeps the folder of the files, for itself alone.
INTERNAL_PREFIX = "/protected-files/"


@safe_page
def stored_file(request: HttpRequest, name: str) -> HttpResponseBase:
    """Serve a file to those who may read a live edition that shows it, and to editors."""
    match = NAME.fullmatch(name)
    digest, extension = match.groups() if match else ("", "")
    library = library_of(extension)
    if library is None:
        raise Http404
    # Read before the database is, as for a page.
    moment = clock.moment()
    found: Any = (
        library._default_manager.filter(withdrawn_at__isnull=True)
        # An interval, which every database looks up in the index: "g" follows on the last digit.
        .filter(digest__gte=digest, digest__lt=digest + "g", file__endswith=f".{extension}")
        .values_list("title", "file", "bytes", *serving.shown(library))
        .first()
    )
    if found is None:
        raise Http404
    title, stored, size, is_public, is_reserved = found
    if not is_public:
        serving.demand_reader(request, library, is_reserved=is_reserved)
    etag = f'"{name}"'
    response = serving.answer(
        request, files(), stored, size=size, etag=etag,
        content_type=library.content_types[extension], folder=INTERNAL_PREFIX,
    )  # fmt: skip
    file_name = f"{slugify(title)[:80] or digest}.{extension}"
    disposition = content_disposition_header(library.is_attachment, file_name)
    response.headers["Content-Disposition"] = str(disposition)
    response.headers["Content-Security-Policy"] = serving.POLICY
    return serving.kept_by(request, response, moment, etag, is_public=is_public)


def library_of(extension: str) -> type[StoredFile] | None:
    """Return the library whose files have an extension."""
    return next(
        (
            library
            for library in libraries()
            if issubclass(library, StoredFile) and extension in library.content_types
        ),
        None,
    )


@safe_page
def captions(request: HttpRequest, key: UUID) -> HttpResponse:
    """Serve the captions of a video to those who may have the video."""
    moment = clock.moment()
    found = (
        Transcript.objects.filter(key=key, captions__gt="")
        .values_list("captions", *serving.shown(Recording, "recording"))
        .first()
    )
    if found is None:
        raise Http404
    text, is_public, is_reserved = found
    if not is_public:
        serving.demand_reader(request, Recording, is_reserved=is_reserved)
    response = HttpResponse(text, content_type="text/vtt; charset=utf-8")
    response.headers["Content-Security-Policy"] = serving.POLICY
    return serving.kept_by(request, response, moment, f'"{key}"', is_public=is_public)

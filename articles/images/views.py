"""Serves the pictures, each to those who may see it."""

import mimetypes
import re

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.core.files.storage import FileSystemStorage
from django.db.models import Exists, OuterRef
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.utils.cache import patch_cache_control

from articles.models import Edition, Rendition
from articles.models.editions import may_read_reserved
from articles.models.images import renditions
from immunoportal import ranges
from immunoportal.actors import User
from immunoportal.publication import clock
from immunoportal.publication.parting import reader_of
from immunoportal.publication.public_pages import keep_private, safe_page, store_file

NAME = re.compile(rf"([0-9a-f]{{20}})-([0-9]{{1,5}})\.({'|'.join(Rendition.Format.values)})")

# Bytes. What is larger is read while it is sent.
LARGEST_IN_MEMORY = 1024 * 1024

# Where our nginx keeps the folder of the renditions, for itself alone.
INTERNAL_PREFIX = "/protected-renditions/"


@safe_page
def rendition(request: HttpRequest, name: str) -> HttpResponse | FileResponse:
    """Serve a rendition to those who may read a live edition that shows it, and to editors."""
    match = NAME.fullmatch(name)
    if match is None:
        raise Http404
    # Read before the database is, as for a page.
    moment = clock.moment()
    digest, width, format = match.groups()
    live = Edition.objects.live().filter(images=OuterRef("image"))
    shown = (
        Rendition.objects.ready()
        # An interval, which every database looks up in the index: "g" follows on the last digit.
        .filter(image__digest__gte=digest, image__digest__lt=digest + "g")
        .filter(width=int(width), format=format)
        .values_list(Exists(live.public()), Exists(live.for_professionals()))
        .first()
    )
    if shown is None:
        raise Http404
    is_public, is_reserved = shown
    if not (is_public or _may_see(reader_of(request), is_reserved)):
        raise Http404
    response = _file(request, name)
    if not is_public:
        return keep_private(response)
    if response.status_code != 416:
        # The name follows from the content, so a browser may keep the file for good.
        patch_cache_control(response, public=True, max_age=31_536_000, immutable=True)
        response.headers["ETag"] = _etag(name)
    if response.status_code == 200 and not response.streaming:
        store_file(request, moment)
    return response


def _etag(name: str) -> str:
    return f'"{name}"'


def _file(request: HttpRequest, name: str) -> HttpResponse | FileResponse:
    """Return the answer with a file or the part of it that is asked for.

    Raises:
        Http404: there is no such file.
    """
    storage = renditions()
    content_type = mimetypes.guess_type(name)[0] or f"image/{name.rpartition('.')[2]}"
    if settings.BEHIND_NGINX and isinstance(storage, FileSystemStorage):
        if not storage.exists(name):
            raise Http404
        redirect = {"X-Accel-Redirect": INTERNAL_PREFIX + name}
        return HttpResponse(content_type=content_type, headers=redirect)
    try:
        file = storage.open(name)
    except FileNotFoundError:
        raise Http404 from None
    size = file.size
    status, part = ranges.answer(request.META, size, _etag(name))
    response: HttpResponse | FileResponse
    if status == 200 and size > LARGEST_IN_MEMORY:
        response = FileResponse(file, content_type=content_type)
    else:
        with file:
            file.seek(part.start)
            content = file.read(len(part))
        response = HttpResponse(content, content_type=content_type, status=status)
    response.headers["Accept-Ranges"] = "bytes"
    if status != 200:
        response.headers["Content-Range"] = ranges.said(part, size)
    return response


def _may_see(user: User | AnonymousUser, is_reserved: bool) -> bool:
    """Tell whether a picture that is not public is for a user.

    Args:
        is_reserved: whether a live edition for health professionals shows it.
    """
    # Who sees articles or pictures in the administration, sees them there before all others.
    is_writer = user.is_staff and any(
        user.has_perm(f"articles.{verb}_{what}")
        for verb in ("view", "change")
        for what in ("article", "image")
    )
    return is_writer or (is_reserved and may_read_reserved(user))

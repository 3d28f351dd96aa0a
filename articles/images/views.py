"""Serves the pictures, each to those who may see it."""

import mimetypes
import re

from django.contrib.auth.models import AnonymousUser
from django.core.files.storage import storages
from django.db.models import Exists, OuterRef
from django.http import FileResponse, Http404, HttpRequest
from django.utils.cache import patch_cache_control

from articles.models import Edition, Rendition
from articles.models.editions import may_read_reserved
from immunoportal.actors import User
from immunoportal.publication.parting import reader_of
from immunoportal.publication.public_pages import keep_private, safe_page


@safe_page
def rendition(request: HttpRequest, name: str) -> FileResponse:
    """Serve a rendition to those who may read a live edition that shows it, and to editors."""
    digest, _dash, rest = name.partition("-")
    width, _dot, format = rest.partition(".")
    if not (
        re.fullmatch(r"[0-9a-f]{20}", digest)
        and re.fullmatch(r"[0-9]{1,5}", width)
        and format in Rendition.Format.values
    ):
        raise Http404
    live = Edition.objects.live().filter(images=OuterRef("image"))
    shown = (
        Rendition.objects.ready()
        .filter(image__digest__startswith=digest, width=int(width), format=format)
        .values_list(Exists(live.public()), Exists(live.for_professionals()))
        .first()
    )
    if shown is None:
        raise Http404
    is_public, is_reserved = shown
    if not (is_public or _may_see(reader_of(request), is_reserved)):
        raise Http404
    try:
        file = storages["renditions"].open(name)
    except FileNotFoundError:
        raise Http404 from None
    response = FileResponse(file, content_type=mimetypes.guess_type(name)[0] or f"image/{format}")
    if is_public:
        # The name follows from the content, so a browser may keep the file for good.
        patch_cache_control(response, public=True, max_age=31_536_000, immutable=True)
    else:
        keep_private(response)
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

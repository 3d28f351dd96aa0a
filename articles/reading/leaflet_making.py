"""Makes the leaflets: the worker, one at a time, each in a process of its own.

What is new is found as soon as the publication clock has moved, and gets a row. The page is put
together here, with all that it shows, and handed to a process that reads nothing else
(``leaflet_pdf``). docs/decisions/0023-leaflet.md says why.
"""

import hashlib
import io
import json
import logging
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import timezone, translation

from articles.files import sandbox
from articles.files.keeping import keep
from articles.images.markup import Picture
from articles.models import Edition, Leaflet
from articles.models.images import renditions
from articles.models.leaflets import FOLDER, STYLE, lacking_a_leaflet, leaflet_name, newest_live
from articles.models.stored_files import FILES, files
from articles.reading import leaflet_pdf, pages
from articles.reading.leaflet_pdf import ADDRESS, PAGE
from articles.reading.qr_codes import qr_picture
from immunoportal import pango
from immunoportal.claims import claim
from immunoportal.publication import clock

logger = logging.getLogger(__name__)

# Two hundred blocks with forty pictures take a tenth of it.
SECONDS = 180
# So many of the newest editions are looked at whenever something has changed; and so many of the
# others get their leaflets in an hour, after an update say.
MOST_NEW = 20
MOST_PLANNED = 50
# A file without a row may be about to get it.
AGE = timedelta(days=1)

_CODE = settings.BASE_DIR / "immunoportal"
# By the address in the page, what it is set in: our text in the styles that paper needs, and the
# signs that it lacks.
FONTS: Mapping[str, Path] = {
    f"leaflet:{path.name}": path
    for path in (
        _CODE / "static" / "immunoportal" / "fonts" / "literata-600.woff2",
        _CODE / "fonts" / "atkinson-hyperlegible-next-400.ttf",
        _CODE / "fonts" / "atkinson-hyperlegible-next-400-italic.ttf",
        _CODE / "fonts" / "atkinson-hyperlegible-next-700.ttf",
        _CODE / "fonts" / "source-sans-3-400.ttf",
        _CODE / "fonts" / "source-sans-3-700.ttf",
    )
}
QR_CODE = "leaflet:qr.svg"


def make_next() -> bool:
    """Make one of the leaflets that are waiting.

    Returns:
        Whether there was one.
    """
    if pango.missing():
        return False
    clock.remember("new leaflets", plan_new)
    with claim(Leaflet.objects.waiting().select_related("edition")) as leaflet:
        if leaflet is not None:
            _make(leaflet)
        return leaflet is not None


def _make(leaflet: Leaflet) -> None:
    """Make a leaflet, or write down why that failed."""
    edition = leaflet.edition
    if not edition.is_live:
        # It has been replaced before anybody could ask for it.
        Leaflet.objects.claimed(leaflet).delete()
        return
    try:
        bundle = bundle_of(edition)
        digest = hashlib.sha256(bundle).hexdigest()
        said = sandbox.read(
            io.BytesIO(bundle), leaflet_pdf.__name__, seconds=SECONDS, turn="leaflet"
        )
        line, _newline, content = said.partition(b"\n")
        with transaction.atomic():
            # Whoever withdraws a picture just now waits, or has it made anew already.
            mine = Leaflet.objects.claimed(leaflet).select_for_update()
            if mine.filter(next_attempt_at=leaflet.next_attempt_at).exists():
                keep(files(), leaflet_name(digest), ContentFile(content))
                mine.update(
                    made_at=timezone.now(), bytes=len(content), digest=digest, style=STYLE,
                    error="", **json.loads(line),
                )  # fmt: skip
                clock.advance()
    except Exception as error:
        # One leaflet that cannot be made must not hold up the others, nor fill the log.
        if leaflet.attempts == 1:
            logger.exception("The leaflet of %s could not be made: it is tried again.", edition)
        Leaflet.objects.claimed(leaflet).update(
            error=f"{type(error).__name__}: {error}",
            next_attempt_at=timezone.now() + leaflet.RETRY_AFTER * 2 ** (leaflet.attempts - 1),
        )


def bundle_of(edition: Edition) -> bytes:
    """Return the page of a leaflet and all that it shows, as ``leaflet_pdf`` takes them.

    The same edition gives the same bytes, for as long as what it shows is the same.
    """
    with translation.override(edition.language):
        known = pages.versions_of(edition, pages.live_editions_of(edition.article_id))
        context = pages.article_page(edition, known)
        address = context["permanent_url"]
        html = render_to_string(
            "articles/reading/leaflet.html",
            context
            | {
                "SITE_NAME": settings.SITE_NAME,
                "SITE_URL": settings.SITE_URL,
                "is_leaflet": True,
                # Nothing of other pages: they can be withdrawn, and the file stays as it is.
                "articles_shown": (),
                "authors": ", ".join(line["name"] for line in context["content"].authors),
            },
        )
    parts = {PAGE: html.encode(), ADDRESS: address.encode(), QR_CODE: qr_picture(address)}
    parts |= {name: path.read_bytes() for name, path in FONTS.items()}
    parts |= pictures_in(context["pictures"].values())
    return zipped(parts)


def pictures_in(pictures: Iterable[Picture]) -> dict[str, bytes]:
    """Return the small JPEG of each picture, by its address."""
    found = {}
    for picture in pictures:
        if picture.fallback:
            with renditions().open(picture.fallback.rpartition("/")[2]) as file:
                found[settings.SITE_URL + picture.fallback] = file.read()
    return found


def zipped(parts: Mapping[str, bytes]) -> bytes:
    """Return files as a ZIP that is the same for the same files."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in parts.items():
            archive.writestr(zipfile.ZipInfo(name), content)
    return out.getvalue()


def plan_new() -> None:
    """See to it that the editions that have just become live get a leaflet."""
    newest = newest_live()[:MOST_NEW].values_list("pk", "leaflet")
    _plan([edition for edition, leaflet in newest if leaflet is None])


def tidy_up() -> bool:
    """See to it that every live edition gets a leaflet in the present style, the newest first, and
    that no other leaflet is kept.

    Returns:
        False: what is left is for the next time.
    """
    if not pango.missing():
        _plan(list(lacking_a_leaflet()[:MOST_PLANNED].values_list("pk", flat=True)))
    Leaflet.objects.unneeded().delete()
    _delete_unknown()
    return False


def _plan(editions: Sequence[int]) -> None:
    """Have leaflets made of editions, by their numbers, also where there is one in an old style."""
    if editions:
        Leaflet.objects.filter(edition__in=editions).forget()
        Leaflet.objects.bulk_create(
            (Leaflet(edition_id=edition) for edition in editions), ignore_conflicts=True
        )


def _delete_unknown() -> None:
    """Delete the files of which there is no row, and have those made again that are lost."""
    storage = storages[FILES]
    known = set(Leaflet.objects.ready().values_list("digest", flat=True))
    try:
        _folders, names = storage.listdir(FOLDER)
    except FileNotFoundError:  # none has been made yet
        names = []
    found = {name.removesuffix(".pdf") for name in names}
    for digest in found - known:
        name = leaflet_name(digest)
        if storage.get_modified_time(name) < timezone.now() - AGE:
            storage.delete(name)
    lost = Leaflet.objects.filter(digest__in=sorted(known - found)[:MOST_PLANNED])
    if lost.exists():
        lost.forget()
        clock.advance()

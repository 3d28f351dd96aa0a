"""The cards of articles: the pictures by which their pages are shown where somebody shares them.

A card's address has a digest of what is drawn, so it is kept for ever. It is drawn at the first
request, and only for what is live and for everyone: no address of a stranger's own has one drawn.
"""

import re
import threading
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import astuple, dataclass
from datetime import timedelta
from hashlib import sha256
from typing import Any

from django.conf import settings
from django.core.files.base import ContentFile
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from articles.files import serving
from articles.files.keeping import keep
from articles.images import cards
from articles.images.cards import Card
from articles.images.markup import pictures_of
from articles.images.views import INTERNAL_PREFIX
from articles.models import Edition, Image
from articles.models.images import CARDS, card_folder, renditions
from articles.publishing.content import read
from articles.reading import kept
from articles.reading.holds import is_for_search
from immunoportal.open_graph import Shared
from immunoportal.publication import clock
from immunoportal.publication.public_pages import safe_page
from immunoportal.structured_data import moment

NAME = re.compile(r"([0-9]{1,18})-[0-9a-f]{20}\.jpg")

# One is drawn at a time in a process; it takes a tenth of a second.
_pencil = threading.Lock()
PATIENCE = 5  # seconds to wait for one's turn

# Pixels; a smaller picture would be blurred.
NARROWEST = 600
# Of width to height; of any other, too little would be seen.
SHAPES = (0.6, 2.4)

UNUSED_AFTER = timedelta(days=1)


@dataclass(frozen=True)
class Planned:
    """A card that may not be drawn yet.

    Attributes:
        image: the digest of the picture on it; empty where there is none.
        rendition: the name of that picture's file.
    """

    edition: int
    card: Card
    image: str = ""
    rendition: str = ""

    @property
    def name(self) -> str:
        """The last part of its address."""
        drawn = repr((cards.VERSION, astuple(self.card), self.rendition))
        return f"{self.edition}-{sha256(drawn.encode()).hexdigest()[:20]}.jpg"

    @property
    def file(self) -> str:
        """The name of its file, among the renditions."""
        return f"{card_folder(self.image)}/{self.name}"

    def get_absolute_url(self) -> str:
        return reverse("card", args=[self.name])


def card_of(edition: Edition) -> Planned:
    """Return the card of an edition: with its first figure, if that is fit for it."""

    def first_figure() -> tuple[str, ...]:
        return tuple(figure["image"] for figure in read(edition).figures[:1])

    theme = str(edition.topic_id or "")
    card = Card(settings.SITE_NAME, edition.title, edition.hero_line, theme)
    for digest, picture in pictures_of(kept.of(edition, "first figure", first_figure)).items():
        if picture.widest and _is_fit(*picture.widest[1:]):
            return Planned(edition.pk, card, digest, picture.widest[0].rpartition("/")[2])
    return Planned(edition.pk, card)


def _is_fit(width: int, height: int) -> bool:
    narrowest, widest = SHAPES
    return width >= NARROWEST and narrowest <= width / height <= widest


def shared(page: Mapping[str, Any]) -> Shared:
    """Return how the page of an article is shown where it is shared; see ``pages.article_page``."""
    edition: Edition = page["edition"]
    properties = [
        ("article:published_time", moment(edition.first_published_at)),
        ("article:modified_time", moment(page["updated"])),
    ]
    if edition.topic:
        properties.append(("article:section", edition.topic.name))
    card = card_of(edition)
    written = ". ".join(filter(None, (edition.hero_line, edition.title)))
    return Shared(edition.title, card.get_absolute_url(), written, properties)


@safe_page
def card(request: HttpRequest, name: str) -> HttpResponseBase:
    """Serve the card of a live edition that everyone may read; a former one leads to it."""
    match = NAME.fullmatch(name)
    if match is None:
        raise Http404
    # Read before the database is, as for a page.
    moment = clock.moment()
    edition = Edition.objects.live().public().for_pages().filter(pk=int(match[1])).first()
    if edition is None or not is_for_search(edition):
        raise Http404
    planned = card_of(edition)
    if planned.name != name:
        return redirect(planned)
    if not _make(planned):
        return HttpResponse(status=503, headers={"Retry-After": "30"})
    etag = f'"{name}"'
    response = serving.answer(
        request, renditions(), planned.file, size=renditions().size(planned.file), etag=etag,
        content_type=cards.CONTENT_TYPE, folder=INTERNAL_PREFIX,
    )  # fmt: skip
    # It is there for other sites to show.
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return serving.kept_by(request, response, moment, etag, is_public=True)


def _make(planned: Planned) -> bool:
    """Draw a card that is not there.

    Returns:
        Whether it is there; if not, too many others are about to be drawn.

    Raises:
        Http404: its picture has just been withdrawn.
    """
    if renditions().exists(planned.file):
        return True
    if not _pencil.acquire(timeout=PATIENCE):
        return False
    try:
        if renditions().exists(planned.file):
            return True
        content = cards.draw(planned.card, _picture_of(planned))
    finally:
        _pencil.release()
    with transaction.atomic():
        images = Image.objects.select_for_update().filter(withdrawn_at__isnull=True)
        # Whoever withdraws the picture just now waits, or has done so already.
        if planned.image and not images.filter(digest=planned.image).exists():
            raise Http404
        keep(renditions(), planned.file, ContentFile(content))
    return True


def _picture_of(planned: Planned) -> bytes | None:
    if not planned.rendition:
        return None
    with renditions().open(planned.rendition) as file:
        content: bytes = file.read()
    return content


def delete_unused() -> bool:
    """Delete the cards of editions that are not live any more, and former ones of those that are.

    Returns:
        False: what is left is for the next time.
    """
    live = set(Edition.objects.live().public().order_by().values_list("pk", flat=True))
    stored: dict[int, list[str]] = defaultdict(list)
    for number, name in _stored():
        stored[number].append(name)
    made_at = renditions().get_modified_time
    for number, names in stored.items():
        if number in live:
            # The newest one is in use.
            names = sorted(names, key=made_at)[:-1] if len(names) > 1 else []
        for name in names:
            # One that is about to be sent is new.
            if made_at(name) < timezone.now() - UNUSED_AFTER:
                renditions().delete(name)
    return False


def _stored() -> Iterator[tuple[int, str]]:
    """Yield the cards that are stored: the number of the edition, and the name of the file."""
    try:
        folders, _names = renditions().listdir(CARDS)
    except FileNotFoundError:  # none has been drawn yet
        return
    for folder in folders:
        for name in renditions().listdir(f"{CARDS}/{folder}")[1]:
            match = NAME.fullmatch(name)
            if match:
                yield int(match[1]), f"{CARDS}/{folder}/{name}"

"""Sends files, whole or in part, to those who may have them.

A file is behind the gate: it is for everyone if a page that everyone may read shows it, for health
professionals if one that is for them does, and else for those only who see it in the
administration. An earlier edition has such a page for as long as its article has a live one. While
the page of a language is withheld, none of its editions is read.
"""

from collections.abc import Iterator
from typing import Protocol, TypeVar, runtime_checkable

from django.conf import settings
from django.core.files.storage import FileSystemStorage, Storage
from django.db.models import Exists, OuterRef
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import patch_cache_control

from articles.models import Edition, Hold
from articles.models.editions import may_read_reserved, relation_to
from articles.models.withdrawable import WithdrawableModel
from immunoportal import ranges
from immunoportal.publication.clock import Moment
from immunoportal.publication.parting import reader_of
from immunoportal.publication.public_pages import keep_private, store_file

# Bytes. What is larger is read while it is sent.
LARGEST_IN_MEMORY = 1024 * 1024
PIECE = 64 * 1024
# What a browser says of itself where it plays a file (``Sec-Fetch-Dest``).
PLAYERS = ("video", "audio")

# A file that is opened as a page can do nothing: not run, not load, not send.
POLICY = "default-src 'none'; style-src 'unsafe-inline'; sandbox"

Sent = TypeVar("Sent", bound=HttpResponseBase)


@runtime_checkable
class ReadsParts(Protocol):
    """A storage that fetches a part of a file without the rest."""

    def read_part(self, name: str, part: range) -> Iterator[bytes]: ...


def shown(library: type[WithdrawableModel], row: str = "pk") -> tuple[Exists, Exists]:
    """Return the conditions that a page shows an entry of a library, be it live or that of an
    earlier edition: one that everyone may read, and any at all.

    Args:
        row: the name of the entry's number in the query that asks.
    """
    withheld = Hold.objects.standing().withheld()
    of_page = withheld.filter(article=OuterRef("article"), language=OuterRef("language"))
    editions = Edition.objects.filter(
        ~Exists(of_page), **{relation_to(library).name: OuterRef(row)}
    )
    return Exists(editions.lasting_public()), Exists(editions.lasting())


def demand_reader(
    request: HttpRequest, library: type[WithdrawableModel], *, is_reserved: bool
) -> None:
    """Let nobody have a file that is not public unless they may.

    Args:
        is_reserved: whether a page that health professionals may read shows it.

    Raises:
        Http404: they may not.
        ReaderUnknown: see ``reader_of``.
    """
    user = reader_of(request)
    # Who sees articles or the library in the administration, sees it there before all others.
    is_writer = user.is_staff and any(
        user.has_perm(f"articles.{verb}_{what}")
        for verb in ("view", "change")
        for what in ("article", library._meta.model_name)
    )
    if not (is_writer or (is_reserved and may_read_reserved(user))):
        raise Http404


def answer(
    request: HttpRequest,
    storage: Storage,
    name: str,
    *,
    size: int,
    etag: str,
    content_type: str,
    folder: str,
) -> HttpResponseBase:
    """Return the answer with a file, or with the part of it that is asked for.

    Args:
        size: of the file, in bytes.
        etag: of the file, strong.
        folder: where our nginx keeps the files of the storage, for itself alone.

    Raises:
        Http404: there is no such file.
    """
    if settings.BEHIND_NGINX and isinstance(storage, FileSystemStorage):
        if not storage.exists(name):
            raise Http404
        redirect = {"X-Accel-Redirect": folder + name}
        return HttpResponse(content_type=content_type, headers=redirect)
    status, part = ranges.answer(request.META, size, etag)
    if status == 206 and is_played(request):
        # It asks for the rest, takes as much as it plays, and asks for what follows. To send it
        # all would keep a thread for as long as somebody watches, or has stopped.
        part = part[:LARGEST_IN_MEMORY]
    try:
        pieces = _read(storage, name, part) if part else iter(())
        first = next(pieces, b"")
    except FileNotFoundError:
        raise Http404 from None
    response: HttpResponseBase
    if len(part) > LARGEST_IN_MEMORY:
        response = StreamingHttpResponse(
            _joined(first, pieces), content_type=content_type, status=status
        )
        response.headers["Content-Length"] = str(len(part))
    else:
        content = first + b"".join(pieces)
        response = HttpResponse(content, content_type=content_type, status=status)
    response.headers["Accept-Ranges"] = "bytes"
    if status != 200:
        response.headers["Content-Range"] = ranges.said(part, size)
    return response


def is_played(request: HttpRequest) -> bool:
    """Tell whether a browser's player asks for all that is left of a file."""
    is_player = request.META.get("HTTP_SEC_FETCH_DEST") in PLAYERS
    return is_player and request.META.get("HTTP_RANGE", "").rstrip().endswith("-")


def _read(storage: Storage, name: str, part: range) -> Iterator[bytes]:
    if isinstance(storage, ReadsParts):
        yield from storage.read_part(name, part)
        return
    with storage.open(name) as file:
        file.seek(part.start)
        left = len(part)
        while left and (piece := file.read(min(PIECE, left))):
            left -= len(piece)
            yield piece


def _joined(first: bytes, rest: Iterator[bytes]) -> Iterator[bytes]:
    yield first
    yield from rest


def kept_by(
    request: HttpRequest, response: Sent, moment: Moment, etag: str, *, is_public: bool
) -> Sent:
    """Have an answer with a file say who may keep it: anybody for good, or nobody.

    Args:
        moment: in which it was found whether the file is public.
    """
    if not is_public:
        return keep_private(response)
    if response.status_code != 416:
        # The name follows from the content.
        patch_cache_control(response, public=True, max_age=31_536_000, immutable=True)
        response.headers["ETag"] = etag
    if response.status_code == 200 and not response.streaming:
        store_file(request, moment)
    return response

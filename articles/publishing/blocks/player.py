from collections.abc import Iterator

from django.utils.translation import gettext as _

from articles.models import Player
from articles.publishing.blocks.registry import (
    Entries,
    Lack,
    freeze_block,
    lacks,
    put,
    put_file,
    thaw_block,
)
from articles.publishing.content import Frozen
from immunoportal.languages import text_in


@freeze_block.register
def freeze_player(block: Player, language: str) -> Frozen:
    recording = block.recording
    frozen = {
        "type": "player",
        "kind": recording.kind,
        "recording": recording.digest,
        "transcript": recording.transcript_keys.get(language, ""),
        "title": text_in(block, "title", language),
        "format": recording.extension,
        "language": recording.language,
        "milliseconds": recording.milliseconds,
        "bytes": recording.bytes,
        "width": recording.width,
        "height": recording.height,
    }
    return frozen | ({"image": block.poster.digest} if block.poster else {})


@thaw_block.register
def thaw_player(block: Player, frozen: Frozen, language: str, entries: Entries) -> Iterator[str]:
    put(block, language, title=frozen["title"])
    gone = _("The recording “%(title)s” has been withdrawn, and has not come back.")
    yield from put_file(block, "recording", frozen["recording"], entries, gone % frozen)
    if "image" in frozen:
        gone = _("The poster of “%(title)s” has been withdrawn, and has not come back.")
        yield from put_file(block, "poster", frozen["image"], entries, gone % frozen, needed=False)
    else:
        block.poster = None


@lacks.register
def player_lacks(block: Player, language: str) -> Iterator[Lack]:
    recording = block.recording
    if recording.is_video and block.poster is None:
        message = _(
            "%(block)s, block %(position)d: the poster is missing. Choose a picture that the video "
            "shows until it is played."
        )
        yield message, "poster"
    if not text_in(block, "title", language):
        message = _("%(block)s, block %(position)d: the title is missing %(language)s.")
        yield message, f"title_{language}"
    if language not in recording.transcript_keys:
        captions = _(
            "%(block)s, block %(position)d: captions and transcript are missing %(language)s. Add "
            "them to the video in the library, or say that the block is in one language only."
        )
        transcript = _(
            "%(block)s, block %(position)d: the transcript is missing %(language)s. Add it to the "
            "recording in the library, or say that the block is in one language only."
        )
        yield captions if recording.is_video else transcript, "recording"

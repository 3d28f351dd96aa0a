"""The verbs of recordings: what is added, and what is said in it."""

import json
from typing import Any

from django.conf import settings
from django.core.files.base import File
from django.db import transaction

from articles.files import library, recording_probe, sandbox
from articles.files.recording_probe import Facts, Kind, Reason, UnusableRecording
from articles.files.withdrawal import Withdrawn
from articles.models import Recording, Transcript
from articles.models.stored_files import FILES
from immunoportal.actors import User

SECONDS = 30  # to look at a recording


def examine(file: File) -> Facts:
    """Find out what an upload is, in a process of its own.

    Call it before a transaction begins: it takes a while, in which nobody else could write.

    Raises:
        UnusableRecording: too many bytes, or what ``recording_probe.examine`` refuses.
    """
    if file.size > settings.RECORDING_MAX_BYTES:
        raise UnusableRecording(Reason.TOO_HEAVY, settings.RECORDING_MAX_BYTES)
    return look_into(file)


def look_into(file: Any) -> Facts:
    """Have the sandbox look into a recording; see ``recording_probe.examine``."""
    try:
        written = sandbox.read(file, recording_probe.__name__, seconds=SECONDS)
    except sandbox.TooSlow:
        raise UnusableRecording(Reason.TOO_SLOW) from None
    except sandbox.Crashed:
        raise UnusableRecording(Reason.BROKEN) from None
    said = json.loads(written)
    if "refused" in said:
        raise UnusableRecording(Reason(said["refused"]), said["named"])
    return Facts(**said | {"kind": Kind(said["kind"])})


def add(file: File, facts: Facts, *, by: User | None, title: str, language: str = "") -> Recording:
    """Keep a recording that has been found good.

    Args:
        file: the upload.
        facts: what ``examine`` found in it.
        by: the user who adds it.
        language: in which people speak; empty if in none of the site's.

    Raises:
        AlreadyInLibrary, Withdrawn, OSError: nothing is stored; see ``library.add``.
    """
    return library.add(
        Recording, file, facts.extension, by=by, title=title, language=language,
        kind=facts.kind.value, milliseconds=facts.milliseconds,
        width=facts.width, height=facts.height,
    )  # fmt: skip


def discard(file: File, facts: Facts) -> None:
    """Delete the file of an upload whose row the database has not kept; see ``library.discard``."""
    digest = library.digest_of(file)
    library.discard(digest, [[FILES, library.name_of(digest, facts.extension)]])


@transaction.atomic
def write_down(
    recording: Recording, language: str, *, text: str, captions: str, by: User | None
) -> Transcript:
    """Give a recording a new version of what is said in it, in one language.

    Articles show it with their next edition; those of the past show the version that they had.

    Args:
        text: HTML.
        captions: WebVTT, as ``articles.text.captions`` writes it; empty of what is only heard.
        by: the user who wrote it.

    Raises:
        Withdrawn: there is nothing left of it to write down.
    """
    recording = Recording.objects.select_for_update(no_key=True).get(pk=recording.pk)
    if recording.is_withdrawn:
        raise Withdrawn(recording)
    new = Transcript.objects.create(
        recording=recording, language=language, text=text, captions=captions, added_by=by
    )
    recording.transcript_keys[language] = str(new.key)
    recording.save(update_fields=["transcript_keys"])
    return new


def newest_of(recording: Recording) -> dict[str, Transcript]:
    """Return what is said in a recording as it stands now, by language, in one query."""
    keys = recording.transcript_keys.values()
    return {row.language: row for row in recording.transcripts.filter(key__in=keys)}

"""Tells what a video or audio file is, with MediaInfo, which reads heads and decodes nothing.

Pure: takes a file, returns facts. What browsers cannot all play is refused, and named.

    python -m articles.files.recording_probe < recording

looks at one, as ``articles.files.recordings`` has it done in the sandbox.
"""

import json
import sys
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import IO, Any

from pymediainfo import MediaInfo

from articles.files.confinement import confine
from articles.files.mp4_boxes import has_box

MOST_MEMORY = 256 * 1024 * 1024  # bytes; about thirty are needed for a file of any size
MOST_SECONDS = 20  # of a processor's time


class Kind(StrEnum):
    VIDEO = "video"
    AUDIO = "audio"


class Reason(StrEnum):
    """Why a recording is refused."""

    NO_RECORDING = "no recording"
    BROKEN = "broken"
    TOO_HEAVY = "too heavy"
    TOO_SLOW = "too slow"
    HAS_PLACE = "has the place"
    CONTAINER = "container"
    PICTURE_CODEC = "picture codec"
    SOUND_CODEC = "sound codec"


class UnusableRecording(Exception):
    """The file cannot be used; as text it is a sentence for the editor.

    Attributes:
        reason: what is wrong.
        named: the format that the reason speaks of, or the limit in bytes.
    """

    def __init__(self, reason: Reason, named: str | int = ""):
        super().__init__(reason, named)
        self.reason, self.named = reason, named

    def __str__(self) -> str:
        # Imported here, for the process that reads the file has no use for Django.
        from django.template.defaultfilters import filesizeformat
        from django.utils.translation import gettext as _

        match self.reason:
            case Reason.NO_RECORDING:
                return _(
                    "This file is neither a video (MP4 or WebM) nor a sound recording (MP3 or M4A)."
                )
            case Reason.BROKEN:
                return _(
                    "This recording is broken or incomplete: its end is missing. Export it once "
                    "more, or copy it once more from where it is."
                )
            case Reason.TOO_HEAVY:
                return _(
                    "This file is larger than %(limit)s. Export the recording with a lower "
                    "resolution (720p is enough) or bit rate, or part it in two."
                ) % {"limit": filesizeformat(self.named)}
            case Reason.TOO_SLOW:
                return _("This recording took too long to read. Try again in a moment.")
            case Reason.HAS_PLACE:
                return _(
                    "This recording holds the place where it was made, and everybody could read "
                    "it. Export it once more without its location (on a telephone: Share, Options)."
                )
            case Reason.CONTAINER:
                return _(
                    "This recording is in the format %(format)s, which not all browsers play. "
                    "Convert it: a video to MP4 (H.264 and AAC), sound to MP3 or M4A."
                ) % {"format": self.named}
            case Reason.PICTURE_CODEC:
                return _(
                    "The pictures of this video are in the format %(format)s, which not all "
                    "browsers play. Convert it to MP4 with H.264 (8 bits, 4:2:0) and AAC."
                ) % {"format": self.named}
            case Reason.SOUND_CODEC:
                return _(
                    "The sound of this recording is in the format %(format)s, which not all "
                    "browsers play. Convert it to AAC, in an MP4 or M4A file, or to MP3."
                ) % {"format": self.named}


@dataclass(frozen=True)
class Facts:
    """What is known of a recording.

    Attributes:
        kind: video or audio.
        extension: of its file's name, by its real format.
        milliseconds: how long it lasts.
        width, height: of its pictures, upright, in pixels; 0 where there are none.
    """

    kind: Kind
    extension: str
    milliseconds: int
    width: int = 0
    height: int = 0


# What all browsers of the last years play, by MediaInfo's names.
_PICTURES = {"mp4": {"AVC"}, "webm": {"VP8", "VP9"}}
_SOUND = {
    "mp4": {"AAC", "MPEG Audio"}, "webm": {"Opus", "Vorbis"}, "m4a": {"AAC"}, "mp3": {"MPEG Audio"},
}  # fmt: skip
# What a camera writes down: where it stood, as MediaInfo calls it, and in a box of 3GPP TS 26.244.
_PLACE = ("xyz", "location")
_PLACE_BOX = b"loci"

Track = dict[str, Any]


def examine(file: IO[bytes]) -> Facts:
    """Look at a file that can be sought in.

    Raises:
        UnusableRecording: nothing that all browsers play, or not all of it.
    """
    tracks = [track.to_data() for track in MediaInfo.parse(file).tracks]
    whole = next(_of_kind(tracks, "General"), {})
    pictures = next(_of_kind(tracks, "Video"), None)
    sound = list(_of_kind(tracks, "Audio"))
    if whole.get("istruncated") == "Yes" and whole.get("format") in _CONTAINERS:
        raise UnusableRecording(Reason.BROKEN)
    milliseconds = int(float(whole.get("duration") or 0))
    if not milliseconds or not (pictures or sound):
        raise UnusableRecording(Reason.NO_RECORDING)
    extension = _extension(whole, pictures)
    if pictures and not _is_played(pictures, extension):
        raise UnusableRecording(Reason.PICTURE_CODEC, _name(pictures))
    for track in sound:
        is_layer_3 = track.get("format_profile", "Layer 3") == "Layer 3"
        is_mpeg_audio = track.get("format") == "MPEG Audio"
        if track.get("format") not in _SOUND[extension] or (is_mpeg_audio and not is_layer_3):
            raise UnusableRecording(Reason.SOUND_CODEC, _name(track))
    is_named = any(word in name for name in whole for word in _PLACE)
    if is_named or (extension in ("mp4", "m4a") and has_box(file, _PLACE_BOX)):
        raise UnusableRecording(Reason.HAS_PLACE)
    if pictures is None:
        return Facts(Kind.AUDIO, extension, milliseconds)
    return Facts(Kind.VIDEO, extension, milliseconds, *_size(pictures))


def _of_kind(tracks: Iterable[Track], kind: str) -> Iterator[Track]:
    return (track for track in tracks if track["track_type"] == kind)


_CONTAINERS = {"MPEG-4": "mp4", "WebM": "webm", "MPEG Audio": "mp3"}


def _extension(whole: Track, pictures: Track | None) -> str:
    name = whole.get("format", "")
    extension = _CONTAINERS.get(name)
    is_quicktime = whole.get("format_profile") == "QuickTime"
    if extension is None or is_quicktime or (extension == "webm" and pictures is None):
        raise UnusableRecording(Reason.CONTAINER, "QuickTime (MOV)" if is_quicktime else name)
    return "m4a" if extension == "mp4" and pictures is None else extension


def _is_played(pictures: Track, extension: str) -> bool:
    has_common_colours = (
        int(pictures.get("bit_depth") or 8) == 8
        and pictures.get("chroma_subsampling", "4:2:0") == "4:2:0"
    )
    return pictures.get("format") in _PICTURES[extension] and has_common_colours


def _name(track: Track) -> str:
    parts = [track.get("format"), track.get("format_profile")]
    return " ".join(str(part).partition("@")[0] for part in parts if part) or "?"


def _size(pictures: Track) -> tuple[int, int]:
    width, height = int(pictures.get("width") or 0), int(pictures.get("height") or 0)
    is_on_its_side = round(float(pictures.get("rotation") or 0)) % 180 == 90
    return (height, width) if is_on_its_side else (width, height)


def main() -> None:
    """Look at the recording on the standard input, and say what is found as JSON.

    It says what ``Facts`` has, or ``refused`` and ``named``.
    """
    confine(seconds=MOST_SECONDS, memory=MOST_MEMORY)
    try:
        said = asdict(examine(sys.stdin.buffer))
    except UnusableRecording as refusal:
        said = {"refused": refusal.reason, "named": refusal.named}
    sys.stdout.write(json.dumps(said))


if __name__ == "__main__":
    main()

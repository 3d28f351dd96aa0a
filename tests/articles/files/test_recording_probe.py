"""What is found out about a recording, and what is refused. The files in ``recordings/`` last one
or two seconds; the others are made from them, byte by byte."""

import io
from pathlib import Path

import pytest

from articles.files.recording_probe import Facts, Kind, Reason, UnusableRecording, examine

RECORDINGS = Path(__file__).parent / "recordings"


def content(name: str) -> bytes:
    return (RECORDINGS / name).read_bytes()


def as_matroska(webm: bytes) -> bytes:
    return webm.replace(b"\x9fB\x86", b"\xa3B\x86").replace(b"\x84webm", b"\x88matroska")


def with_place(mp4: bytes) -> bytes:
    """A box that a telephone writes, in the place of one with the name of a program."""
    place = b"+45.464200+009.190000/"
    start = mp4.index(b"udta") + 4
    size = int.from_bytes(mp4[start - 8 : start - 4], "big") - 8
    said = len(place).to_bytes(2, "big") + b"\x15\xc7" + place
    box = (len(said) + 8).to_bytes(4, "big") + b"\xa9xyz" + said
    rest = size - len(box)
    return mp4[:start] + box + rest.to_bytes(4, "big") + b"free" + mp4[start + len(box) + 8 :]


def on_its_side(mp4: bytes) -> bytes:
    one, minus_one, none = b"\0\1\0\0", b"\xff\xff\0\0", b"\0" * 4
    upright = one + none * 3 + one
    return mp4.replace(upright, none + one + none + minus_one + none)


class TestExamine:
    @pytest.mark.parametrize(
        ("file", "facts"),
        [
            (content("film.mp4"), Facts(Kind.VIDEO, "mp4", 2064, 96, 54)),
            (on_its_side(content("film.mp4")), Facts(Kind.VIDEO, "mp4", 2064, 54, 96)),
            (content("film.webm"), Facts(Kind.VIDEO, "webm", 1014, 96, 54)),
            (content("talk.mp3"), Facts(Kind.AUDIO, "mp3", 2088)),
            (content("talk.m4a"), Facts(Kind.AUDIO, "m4a", 1064)),
        ],
    )
    def test_tells_what_it_is_by_its_content(self, file, facts):
        assert examine(io.BytesIO(file)) == facts

    @pytest.mark.parametrize(
        ("file", "reason", "named"),
        [
            (b"", Reason.NO_RECORDING, ""),
            (b"%PDF-1.7\n%%EOF", Reason.NO_RECORDING, ""),
            (b"ID3\x03\0\0\0\0\0\0no sound", Reason.NO_RECORDING, ""),
            (content("film.mp4")[:5000], Reason.BROKEN, ""),
            (content("film.mp4")[:1000], Reason.BROKEN, ""),
            (content("film.webm")[:2000], Reason.BROKEN, ""),
            (content("talk.mp3")[:3000], Reason.BROKEN, ""),
            (with_place(content("film.mp4")), Reason.HAS_PLACE, ""),
            (content("film.mp4").replace(b"isom", b"qt  "), Reason.CONTAINER, "QuickTime (MOV)"),
            (as_matroska(content("film.webm")), Reason.CONTAINER, "Matroska"),
            (content("hevc.mp4"), Reason.PICTURE_CODEC, "HEVC Main"),
            (content("talk.mp2"), Reason.SOUND_CODEC, "MPEG Audio Layer 2"),
        ],
    )
    def test_refuses_what_browsers_may_not_play_and_names_it(self, file, reason, named):
        with pytest.raises(UnusableRecording) as refusal:
            examine(io.BytesIO(file))

        assert (refusal.value.reason, refusal.value.named) == (reason, named)

    @pytest.mark.parametrize("reason", Reason)
    def test_says_so_in_a_sentence(self, reason):
        assert str(UnusableRecording(reason, 2_000_000)).endswith(".")

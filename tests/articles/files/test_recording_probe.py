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


def with_box(mp4: bytes, kind: bytes, said: bytes, *, long: bool = False) -> bytes:
    """A box that a telephone writes, in the place of one with the name of a program."""
    start = mp4.index(b"udta") + 4
    end = start + int.from_bytes(mp4[start - 8 : start - 4], "big") - 8
    size = len(said) + (16 if long else 8)
    head = (1).to_bytes(4, "big") + kind + size.to_bytes(8, "big")
    box = (head if long else size.to_bytes(4, "big") + kind) + said
    rest = end - start - size
    return mp4[:start] + box + rest.to_bytes(4, "big") + b"free" + mp4[start + size + 8 :]


PLACE = b"+45.464200+009.190000/"
ISO_6709 = len(PLACE).to_bytes(2, "big") + b"\x15\xc7" + PLACE
# Language, name, role, longitude, latitude, altitude, planet, notes.
LOCI = b"\0\0\0\0\x15\xc7\0\0\0\x09\x30\xa3\0\x2d\x76\xd5\0\0\0\0earth\0\0"


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

    def test_is_not_held_up_by_a_box_of_no_size(self):
        endless = content("film.mp4").replace(b"\0\0\0\x5ameta", b"\0\0\0\0meta")
        assert endless != content("film.mp4")

        assert examine(io.BytesIO(endless)).milliseconds == 2064

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
            (with_box(content("film.mp4"), b"\xa9xyz", ISO_6709), Reason.HAS_PLACE, ""),
            (with_box(content("film.mp4"), b"loci", LOCI), Reason.HAS_PLACE, ""),
            (with_box(content("talk.m4a"), b"loci", LOCI, long=True), Reason.HAS_PLACE, ""),
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

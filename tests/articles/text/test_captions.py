"""Captions: what is taken of a file, and how what is wrong in one is named."""

import pytest

from articles.text import captions
from articles.text.captions import Fault, NoCaptions

LONG = 3_600_000  # milliseconds
LATE = "WEBVTT\n\n00:05.000 --> 00:06.000\na"


def read(text: str, milliseconds: int = LONG) -> list[captions.Cue]:
    return captions.read(text.encode(), milliseconds)


def rewritten(text: str) -> str:
    return captions.write(read(text))


class TestRead:
    def test_keeps_cues_and_what_their_tags_say(self):
        source = (
            "\ufeffWEBVTT - Intervista\r\nKind: captions\r\n\r\n"
            "STYLE\r\n::cue { background: url(https://elsewhere.example/x) }\r\n\r\n"
            "NOTE fatto a mano\r\nsu due righe\r\n\r\n"
            "primo\r\n00:01.000 --> 00:02.500 align:start region:fred position:10%\r\n"
            "<v.loud Anna>Due <b>cellule</b> T</v> &amp; <c.red>una</c> 3 < 4\r\n\r\n"
            "00:59:03.000 --> 01:00:00.000\r\n"
            '<script>alert(1)</script><img src="x" onerror="y"><00:03.500>fine\r\n<i>poi</i>\r\n'
        )

        assert rewritten(source) == (
            "WEBVTT\n\n"
            "00:00:01.000 --> 00:00:02.500 align:start position:10%\n"
            "<v Anna>Due <b>cellule</b> T</v> &amp; una 3 &lt; 4\n\n"
            "00:59:03.000 --> 01:00:00.000\nalert(1)fine\n<i>poi</i>\n"
        )
        assert rewritten(rewritten(source)) == rewritten(source)

    def test_takes_srt(self):
        assert rewritten(
            "1\n00:00:01,000 --> 00:00:02,000\nUno\n\n2\n00:00:03,000 --> 00:00:04,500\nDue\n"
        ) == (
            "WEBVTT\n\n00:00:01.000 --> 00:00:02.000\nUno\n\n00:00:03.000 --> 00:00:04.500\nDue\n"
        )

    @pytest.mark.parametrize(
        ("text", "fault", "line"),
        [
            ("", Fault.NOT_CAPTIONS, 1),
            ("%PDF-1.7\n", Fault.NOT_CAPTIONS, 1),
            ("WEBVTTX\n\n00:01.000 --> 00:02.000\na", Fault.NOT_CAPTIONS, 1),
            ("WEBVTT\n\nNOTE nothing\n", Fault.NO_CUE, 0),
            ("WEBVTT\n\n00:01.000 --> 00:02.000\n", Fault.NO_CUE, 0),
            ("WEBVTT\n\nOnly words\nand more\n", Fault.NO_TIMES, 3),
            ("WEBVTT\n\n00:01.000 --> 0:2\na\n", Fault.BAD_TIMES, 3),
            ("WEBVTT\n\n-00:01.000 --> 00:02.000\na\n", Fault.BAD_TIMES, 3),
            ("WEBVTT\n\n00:01.000 --> 00:02.000\na\n00:02.000 -->\nb", Fault.BAD_TIMES, 5),
            ("WEBVTT\n\nx\n00:02.000 --> 00:01.000\na\n", Fault.BACKWARDS, 4),
            ("WEBVTT\n\n00:01.000 --> 00:01.000\na\n", Fault.BACKWARDS, 3),
            (f"{LATE}\n\n00:04.000 --> 00:07.000\nb", Fault.OUT_OF_ORDER, 6),
            ("WEBVTT\n\nx\n00:59:59.000 --> 01:00:01.001\na\n", Fault.TOO_LONG, 4),
            ("WEBVTT\n" + "\n" * captions.MAX_BYTES, Fault.TOO_LARGE, 0),
        ],
    )  # fmt: skip
    def test_names_what_is_wrong_and_where(self, text, fault, line):
        with pytest.raises(NoCaptions) as refusal:
            read(text)

        assert (refusal.value.fault, refusal.value.line) == (fault, line)

    def test_lets_the_last_cue_end_a_second_late(self):
        assert read("WEBVTT\n\n00:59:59.000 --> 01:00:01.000\na\n")

    def test_names_the_line_of_what_is_not_utf8(self):
        with pytest.raises(NoCaptions) as refusal:
            captions.read("WEBVTT\n\n00:01.000 --> 00:02.000\nperché".encode("cp1252"), LONG)

        assert (refusal.value.fault, refusal.value.line) == (Fault.NOT_UTF8, 4)


class TestText:
    def test_has_a_paragraph_for_each_turn_and_after_each_silence(self):
        cues = read(
            "WEBVTT\n\n00:01.000 --> 00:02.000\n<v Anna>Che cosa\nè?\n\n"
            "00:02.000 --> 00:03.000\n<v Anna>Una <b>cura</b>\n\n"
            "00:03.000 --> 00:04.000\n<v Bea>3 < 4\n\n00:06.500 --> 00:07.000\n<v Bea>Sì\n"
        )

        assert captions.as_text(cues) == (
            "<p><strong>Anna:</strong> Che cosa è? Una cura</p>"
            "<p><strong>Bea:</strong> 3 &lt; 4</p><p><strong>Bea:</strong> Sì</p>"
        )

"""Captions: read from WebVTT or SRT, and written anew as WebVTT with nothing in it but cues. Pure.

A browser shows the text of a cue, so of its tags only those are kept that say something; styles,
regions and notes are left out. What is wrong is named with its line, where ``webvtt-py`` would pass
over it or name none: half of a file of captions is worse than a sentence.
"""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from itertools import groupby

MAX_BYTES = 300_000  # some five hours of talk
TOLERANCE = 1_000  # milliseconds that the last cue may outlast its recording


class Fault(Enum):
    """Why a file holds no captions."""

    TOO_LARGE = "too large"
    NOT_UTF8 = "not UTF-8"
    NOT_CAPTIONS = "not captions"  # neither WebVTT nor SRT
    NO_CUE = "no cue"
    NO_TIMES = "no times"  # a part of text that says not when
    BAD_TIMES = "bad times"
    BACKWARDS = "backwards"  # a cue that ends before it begins
    OUT_OF_ORDER = "out of order"
    TOO_LONG = "too long"  # goes on when the recording is over


class NoCaptions(ValueError):
    """A file cannot be used.

    Attributes:
        fault: what is wrong.
        line: where, from 1; 0 where it is the whole file.
        words: what stands there, shortened.
    """

    def __init__(self, fault: Fault, line: int = 0, words: str = ""):
        super().__init__(fault, line, words)
        self.fault, self.line, self.words = fault, line, words[:60]


@dataclass(frozen=True)
class Cue:
    """What is shown for a while: from and to when in milliseconds, where, and its clean text."""

    start: int
    end: int
    settings: str
    text: str


Part = list[tuple[int, str]]

_CLOCK = r"(?:(\d{2,4}):)?([0-5]\d):([0-5]\d)[.,](\d{3})"
_TIMES = re.compile(rf"{_CLOCK}[ \t]+-->[ \t]+{_CLOCK}(?:[ \t]+(.*))?")
_HEADER = re.compile(r"WEBVTT(?:[ \t].*)?")
_SRT_BEGINNING = re.compile(r"\d+[ \t]*")
_SETTING = re.compile(
    r"vertical:(?:rl|lr)|line:-?[\d.]{1,8}%?(?:,(?:start|center|end))?|size:[\d.]{1,8}%"
    r"|position:[\d.]{1,8}%(?:,(?:line-left|center|line-right))?|align:(?:start|center|end|left|right)"
)
_LEFT_OUT = ("NOTE", "STYLE", "REGION")
# Bold, italic, underlined, and who speaks.
_TAG = re.compile(r"<(/?)([biuv])(?:\.[^ \t>]*)?(?:[ \t]+([^<>]*))?>")
_ANY_TAG = re.compile(r"</?[a-zA-Z][^<>]*>|<[\d:.]+>")
_SPEAKER = re.compile(r"<v ([^<>]*)>")


def read(content: bytes, milliseconds: int) -> list[Cue]:
    """Return the cues of a file.

    Args:
        content: of the file, as it was sent.
        milliseconds: how long the recording lasts.

    Raises:
        NoCaptions: at the first thing that is wrong.
    """
    if len(content) > MAX_BYTES:
        raise NoCaptions(Fault.TOO_LARGE)
    lines = _lines_of(content)
    parts = _parts(lines)
    first = next(iter(parts), [])
    if first and _HEADER.fullmatch(first[0][1]) and first[0][0] == 1:
        parts = parts[1:]
    elif not (len(first) > 1 and _SRT_BEGINNING.fullmatch(first[0][1]) and "-->" in first[1][1]):
        raise NoCaptions(Fault.NOT_CAPTIONS, 1, lines[0])
    cues: list[Cue] = []
    for part in parts:
        line, words = part[0]
        if words.split(maxsplit=1)[0] in _LEFT_OUT and "-->" not in words:
            continue
        place = _place_of_times(part)
        line, words = part[place]
        cue = _cue(part, place)
        if cues and cue.start < cues[-1].start:
            raise NoCaptions(Fault.OUT_OF_ORDER, line, words)
        if cue.end > milliseconds + TOLERANCE:
            raise NoCaptions(Fault.TOO_LONG, line, words)
        cues.append(cue)
    if not any(cue.text for cue in cues):
        raise NoCaptions(Fault.NO_CUE)
    return [cue for cue in cues if cue.text]


def _lines_of(content: bytes) -> list[str]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise NoCaptions(Fault.NOT_UTF8, line) from None
    # As the format has it, with a NUL as the sign of what cannot be read.
    return re.split("\r\n?|\n", text.replace("\0", "\ufffd"))


def _parts(lines: list[str]) -> list[Part]:
    """Return the lines between empty ones, each with its number."""
    numbered = enumerate((line.strip() for line in lines), start=1)
    return [
        list(group) for filled, group in groupby(numbered, lambda line: bool(line[1])) if filled
    ]


def _place_of_times(part: Part) -> int:
    # A name or a number may stand above the times.
    for place, (_line, words) in enumerate(part[:2]):
        if "-->" in words:
            return place
    raise NoCaptions(Fault.NO_TIMES, *part[0])


def _cue(part: Part, place: int) -> Cue:
    line, words = part[place]
    times = _TIMES.fullmatch(words)
    if times is None:
        raise NoCaptions(Fault.BAD_TIMES, line, words)
    *clocks, settings = times.groups()
    start, end = _milliseconds(*clocks[:4]), _milliseconds(*clocks[4:])
    if end <= start:
        raise NoCaptions(Fault.BACKWARDS, line, words)
    for more_line, more in part[place + 1 :]:
        if "-->" in more:
            raise NoCaptions(Fault.BAD_TIMES, more_line, more)
    kept = [each for each in (settings or "").split() if _SETTING.fullmatch(each)]
    text = "\n".join(filter(None, (_clean(words) for _line, words in part[place + 1 :])))
    return Cue(start, end, " ".join(kept), text)


def _milliseconds(hours: str | None, minutes: str, seconds: str, rest: str) -> int:
    return ((int(hours or 0) * 60 + int(minutes)) * 60 + int(seconds)) * 1000 + int(rest)


def _clean(text: str) -> str:
    """Return a line of a cue with the tags that are kept, and everything else as plain text."""
    return "".join(_clean_parts(text)).strip()


def _clean_parts(text: str) -> Iterator[str]:
    place = 0
    for tag in _ANY_TAG.finditer(text):
        yield _escaped(text[place : tag.start()])
        place = tag.end()
        kept = _TAG.fullmatch(tag[0])
        if kept:
            end, name, who = kept.groups()
            who = f" {_escaped(who.strip())}" if name == "v" and not end and who else ""
            yield f"<{end}{name}{who}>"
    yield _escaped(text[place:])


def _escaped(text: str) -> str:
    return html.escape(html.unescape(text), quote=False)


def write(cues: list[Cue]) -> str:
    """Return cues as WebVTT."""
    return "WEBVTT\n" + "".join(
        f"\n{_clock(cue.start)} --> {_clock(cue.end)} {cue.settings}".rstrip() + f"\n{cue.text}\n"
        for cue in cues
    )


def _clock(milliseconds: int) -> str:
    seconds, rest = divmod(milliseconds, 1000)
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}.{rest:03}"


# So long a silence begins a new paragraph of a text that is made from captions.
PAUSE = 2_000  # milliseconds


def as_text(cues: list[Cue]) -> str:
    """Return what cues say as HTML paragraphs: one for each speaker's turn, or between silences."""
    paragraphs: list[tuple[str, list[str]]] = []
    end = 0
    for cue in cues:
        speaker = _SPEAKER.search(cue.text)
        who = speaker[1] if speaker else ""
        if not paragraphs or cue.start - end > PAUSE or who != paragraphs[-1][0]:
            paragraphs.append((who, []))
        # What is in the text is escaped already.
        paragraphs[-1][1].append(re.sub(r"</?[biuv](?: [^<>]*)?>", "", cue.text).replace("\n", " "))
        end = cue.end
    return "".join(
        f"<p>{f'<strong>{who}:</strong> ' if who else ''}{' '.join(words)}</p>"
        for who, words in paragraphs
    )

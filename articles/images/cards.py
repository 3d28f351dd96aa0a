"""Draws the pictures by which pages are shown where somebody shares their address. Pure: takes
texts and a picture, returns the bytes of a JPEG.

No font of the system is used: our own have what titles are written in, a third one has Greek,
mathematical signs and the letters of other languages.

    python -m articles.images.cards "SITE" "TITLE" "LINE" > card.jpg

draws the one of pages that have none of their own.
"""

import io
import math
import re
import sys
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from hashlib import blake2b
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont, ImageOps

SIZE = (1200, 630)
CONTENT_TYPE = "image/jpeg"
MOST_BYTES = 80_000
# Raise it where what is drawn changes: the addresses follow.
VERSION = 1

_PORTAL = Path(__file__).resolve().parents[2] / "immunoportal"
_OWN, _MORE = _PORTAL / "static/immunoportal/fonts", _PORTAL / "fonts"
_FURTHER = _MORE / "literata-600-more.woff2"
_TITLE = (_OWN / "literata-600.woff2", _FURTHER)
_TEXT = (_OWN / "atkinson-hyperlegible-next.woff2", _FURTHER)
_SEMI_BOLD = 600
# Pixels; texts are measured at this size, and their widths follow in proportion.
_MEASURED = 100

# As in tokens.css.
_PAPER, _INK = "#fbf8f3", "#1e2b31"
_PETROL, _CORAL, _WASH, _WASH_LINE = "#0b5563", "#b4431f", "#e9f1f1", "#bcd3d4"
_BLUSH = "#f6e3da"

_MARGIN = 72
_PANEL = (664, 56, 1144, 574)
_ROUND = 24
_TEXT_TOP, _TEXT_BOTTOM = 60, 500
_BRAND_MIDDLE = 552
_WIDTH_BESIDE_PANEL = _PANEL[0] - _MARGIN - 48
_WIDTH_BESIDE_CELLS = 760
_LARGEST, _SMALLEST = 66, 4
_LEADING = 1.19
_LARGEST_LINE = 27
_LINE_LEADING = 1.32
# No font has it: it is no character (Unicode, section 23.7).
_NOWHERE = "\U0010fffe"
# Spaces, but for those that hold together what stands on either side.
_BREAK = re.compile(r"[^\S\u00a0\u2007\u202f]+")
_MOST_OF_LINE = 0.3  # of the height, for the line above the title
_GAP = 22
# Widths and lengths of the mark, of which the cell has this radius (mark.svg).
_RADIUS, _RIM = 15.4, 6
_SMOOTH = 4  # times larger is drawn what has curves


@dataclass(frozen=True)
class Card:
    """What is on a card.

    Attributes:
        site: the name of the site.
        title: shrunk until all of it is there; no word is cut.
        line: stands above the title; may be empty.
        theme: cards with the same one have the same pattern, where they have no picture.
    """

    site: str
    title: str
    line: str = ""
    theme: str = ""


def draw(card: Card, picture: bytes | None = None) -> bytes:
    """Return a card as a file.

    Args:
        picture: one of our own renditions, to stand beside the title.
    """
    ground = Image.new("RGB", SIZE, _PAPER)
    if picture is not None:
        _draw_picture(ground, picture)
    else:
        _draw_cells(ground, card.theme)
    width = _WIDTH_BESIDE_CELLS if picture is None else _WIDTH_BESIDE_PANEL
    _draw_words(ground, card, width)
    _draw_brand(ground, card.site)
    return _encoded(ground)


def _encoded(ground: Image.Image) -> bytes:
    content = b""
    for quality in (88, 82, 74, 64, 50, 30):
        file = io.BytesIO()
        # Colours at full resolution: the edges of letters stay clean.
        ground.save(file, "JPEG", quality=quality, subsampling=0, optimize=True, progressive=True)
        content = file.getvalue()
        if len(content) < MOST_BYTES:
            break
    return content


def _draw_picture(ground: Image.Image, picture: bytes) -> None:
    left, top, right, bottom = _PANEL
    size = (right - left, bottom - top)
    with Image.open(io.BytesIO(picture), formats=("JPEG",)) as opened:
        opened.draft("RGB", (size[0], size[1]))
        shown = ImageOps.fit(opened.convert("RGB"), size, Image.Resampling.LANCZOS)
    corners = Image.new("L", (size[0] * _SMOOTH, size[1] * _SMOOTH), 0)
    box = (0, 0, corners.width - 1, corners.height - 1)
    ImageDraw.Draw(corners).rounded_rectangle(box, _ROUND * _SMOOTH, fill=255)
    ground.paste(shown, (left, top), corners.resize(size, Image.Resampling.LANCZOS))


def _draw_cells(ground: Image.Image, theme: str) -> None:
    """Draw some cells beside the title, which differ from one theme to another."""
    chance = blake2b(theme.encode(), digest_size=8).digest()
    turn = chance[0] / 256 * math.tau
    accent = chance[1] % 2
    colours = [(_WASH_LINE, _WASH), ("#e9b9a5", _BLUSH), (_WASH_LINE, _WASH)]
    places = [(1090, 190, 112), (985, 476, 54), (1178, 474, 66)]
    for number, (across, down, radius) in enumerate(places):
        rim, inside = colours[(number + accent) % len(colours)]
        _draw_cell(ground, (across, down), radius, turn + number, rim, rim, inside)


def _draw_cell(
    ground: Image.Image,
    centre: tuple[float, float],
    radius: float,
    turn: float,
    rim: str,
    accent: str,
    inside: str = "",
) -> None:
    """Draw the cell of the mark, with its eight receptors.

    Args:
        radius: of the middle of its rim.
        turn: in radians.
        accent: the colour of one receptor, the mark's own being to the right above.
    """
    unit = radius / _RADIUS
    reach = math.ceil(24 * unit)
    side = 2 * reach * _SMOOTH
    layers = {colour: Image.new("L", (side, side), 0) for colour in (inside, rim, accent) if colour}
    scale = unit * _SMOOTH

    def place(x: float, y: float, angle: float) -> tuple[float, float]:
        return (
            side / 2 + (x * math.cos(angle) - y * math.sin(angle)) * scale,
            side / 2 + (x * math.sin(angle) + y * math.cos(angle)) * scale,
        )

    def ring(colour: str, outer: float, inner: float = 0) -> None:
        drawn = ImageDraw.Draw(layers[colour])
        for size, fill in ((outer, 255), (inner, 0)):
            if size:
                box = [side / 2 - size * scale] * 2 + [side / 2 + size * scale] * 2
                drawn.ellipse(box, fill=fill)

    if inside:
        ring(inside, _RADIUS)
    ring(rim, _RADIUS + _RIM / 2, _RADIUS - _RIM / 2)
    for number in range(8):
        is_accent = number == 1 and accent != rim
        drawn = ImageDraw.Draw(layers[accent if is_accent else rim])
        width = (2.9 if is_accent else 2.3) * scale
        for side_of in (-1, 1):
            line = [place(x, y, number * math.tau / 8 + turn) for x, y in _receptor(side_of)]
            drawn.line(line, fill=255, width=round(width), joint="curve")
            for x, y in (line[0], line[-1]):
                drawn.ellipse([x - width / 2, y - width / 2, x + width / 2, y + width / 2], 255)
    corner = (round(centre[0]) - reach, round(centre[1]) - reach)
    for colour, layer in layers.items():
        small = layer.resize((2 * reach, 2 * reach), Image.Resampling.LANCZOS)
        ground.paste(Image.new("RGB", small.size, colour), corner, small)


def _receptor(side: int) -> list[tuple[float, float]]:
    """Return one arm of the receptor that points upwards, from the middle of the cell: the curve
    of the mark, in so many steps."""
    (x0, y0), (x1, y1), (x2, y2) = (0, -18.2), (side * 1.61, -19.8), (side * 1.9, -22.6)
    steps = [step / 8 for step in range(9)]
    return [
        (
            (1 - t) ** 2 * x0 + 2 * (1 - t) * t * x1 + t**2 * x2,
            (1 - t) ** 2 * y0 + 2 * (1 - t) * t * y1 + t**2 * y2,
        )
        for t in steps
    ]


def _draw_brand(ground: Image.Image, site: str) -> None:
    _draw_cell(ground, (_MARGIN + 26, _BRAND_MIDDLE), 26 * _RADIUS / 24, 0, _PETROL, _CORAL)
    words = _Words(site, _TITLE)
    words.draw(ground, (_MARGIN + 68, _BRAND_MIDDLE + 10), 31, _INK, words.parts)


def _draw_words(ground: Image.Image, card: Card, width: float) -> None:
    """Draw the line and the title as one block, in the middle of the height that is theirs."""
    height = _TEXT_BOTTOM - _TEXT_TOP
    line = _Words(card.line, _TEXT, weight=_SEMI_BOLD)
    line_size, line_rows = line.fitted(width, height * _MOST_OF_LINE, _LARGEST_LINE, _LINE_LEADING)
    above = len(line_rows) * line_size * _LINE_LEADING
    above += _GAP if line_rows else 0
    title = _Words(card.title, _TITLE)
    size, rows = title.fitted(width, height - above, _LARGEST, _LEADING)
    top = _TEXT_TOP + (height - above - len(rows) * size * _LEADING) / 2
    for number, row in enumerate(line_rows):
        baseline = top + (number + 0.78) * line_size * _LINE_LEADING
        line.draw(ground, (_MARGIN, baseline), line_size, _CORAL, row)
    for number, row in enumerate(rows):
        baseline = top + above + (number + 0.8) * size * _LEADING
        title.draw(ground, (_MARGIN, baseline), size, _INK, row)


class _Words:
    """A text in the first of some fonts that has each of its letters.

    Attributes:
        parts: the words.
    """

    def __init__(self, text: str, fonts: Sequence[Path], *, weight: int = 0) -> None:
        self.fonts, self.weight = fonts, weight
        self.parts = [part for part in _BREAK.split("".join(_drawable(text, fonts))) if part]
        self._space = self._length("n n") - self._length("nn")
        self._lengths = [self._length(part) for part in self.parts]

    def fitted(
        self, width: float, height: float, largest: int, leading: float
    ) -> tuple[int, list[list[str]]]:
        """Return the size, in pixels, at which the text has room, and its words by line.

        It has as few lines as it needs, of about the same length.
        """
        longest = max(self._lengths, default=0.0)
        for size in range(largest, _SMALLEST, -1):
            room = width * _MEASURED / size
            rows = self._rows(room)
            if longest <= room and len(rows) * size * leading <= height:
                break
        while self.parts and longest < room * 0.97 and len(self._rows(room * 0.97)) == len(rows):
            room *= 0.97
        return size, self._rows(room)

    def _rows(self, room: float) -> list[list[str]]:
        rows: list[list[str]] = []
        left = 0.0
        for part, length in zip(self.parts, self._lengths, strict=True):
            if not rows or self._space + length > left:
                rows.append([])
                left = room + self._space
            rows[-1].append(part)
            left -= self._space + length
        return rows

    def _length(self, text: str) -> float:
        return sum(font.getlength(run) for font, run in self._runs(text, _MEASURED))

    def _runs(self, text: str, size: int) -> Iterator[tuple[ImageFont.FreeTypeFont, str]]:
        """Yield the text in runs of one font each."""
        run, used = "", self.fonts[0]
        for character in text:
            path = _font_with(character, self.fonts) or used
            if path != used and run:
                yield _font(used, size, self._weight_of(used)), run
                run = ""
            run, used = run + character, path
        if run:
            yield _font(used, size, self._weight_of(used)), run

    def _weight_of(self, path: Path) -> int:
        return self.weight if path == self.fonts[0] else 0

    def draw(
        self,
        ground: Image.Image,
        start: tuple[float, float],
        size: int,
        colour: str,
        parts: Sequence[str],
    ) -> None:
        """Draw some words in a line that begins on its baseline."""
        drawn = ImageDraw.Draw(ground)
        across, baseline = start
        for font, run in self._runs(" ".join(parts), size):
            drawn.text((across, baseline), run, colour, font, anchor="ls")
            across += font.getlength(run)


def _drawable(text: str, fonts: Sequence[Path]) -> Iterator[str]:
    """Yield the characters of a text that some font has; what has a plainer form, in that."""
    for character in unicodedata.normalize("NFC", text):
        if character.isspace() or _font_with(character, fonts):
            yield character
            continue
        plainer = unicodedata.normalize("NFKD", character)
        yield "".join(each for each in plainer if _font_with(each, fonts))


@cache
def _font_with(character: str, fonts: Sequence[Path]) -> Path | None:
    """Return the first font that has a character; the first one for a space."""
    if character.isspace():
        return fonts[0]
    return next((path for path in fonts if _has(path, character)), None)


def _has(path: Path, character: str) -> bool:
    """Tell whether a font draws something for a character beside what it draws for any that it
    does not have."""
    # The other layout fails at characters that are never drawn.
    font = _font(path, _MEASURED, layout=ImageFont.Layout.BASIC)
    mask = font.getmask(character)
    return mask.getbbox() is not None and bytes(mask) != bytes(font.getmask(_NOWHERE))


@cache
def _font(
    path: Path, size: int, weight: int = 0, layout: ImageFont.Layout | None = None
) -> ImageFont.FreeTypeFont:
    font = ImageFont.truetype(path, size, layout_engine=layout)
    if weight:
        font.set_variation_by_axes([weight])
    return font


def main(site: str, title: str, line: str = "") -> None:
    sys.stdout.buffer.write(draw(Card(site, title, line, title)))


if __name__ == "__main__":
    main(*sys.argv[1:])

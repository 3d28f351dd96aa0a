"""The drawing of cards."""

import io

import pytest
from PIL import Image as Pillow
from PIL import ImageChops

from articles.images import cards
from articles.images.cards import Card
from tests.factories import picture_file

SITE = "ImmunOncologia.org"
LONG = (
    "Interferone α e β, TGF-β e recettori γδ: quando la risposta è ≥ 50 % e la tossicità ≤ 10 %, "
    "che cosa chiedere all’oncologo prima di cominciare la cura"
)


def drawn(card: Card, picture: bytes | None = None) -> Pillow.Image:
    content = cards.draw(card, picture)
    assert len(content) < 80_000
    opened = Pillow.open(io.BytesIO(content))
    assert (opened.format, opened.size, opened.mode) == ("JPEG", (1200, 630), "RGB")
    return opened


def words_of(card: Card, *, beside_picture=False) -> list[list[str]]:
    """The words of its title, as they stand in lines."""
    width = cards._WIDTH_BESIDE_PANEL if beside_picture else cards._WIDTH_BESIDE_CELLS
    return cards._Words(card.title, cards._TITLE).fitted(width, 440, 66, 1.19)[1]


def picture(size=(800, 500), colour=(200, 20, 20)) -> bytes:
    return picture_file(size=size, colour=colour, format="JPEG").read()


class TestDraw:
    @pytest.mark.parametrize("beside", [None, picture()])
    def test_a_long_title_with_greek_letters_fits_and_no_word_is_cut(self, beside):
        assert len(LONG) == 150

        card = Card(SITE, LONG, LONG)
        opened = drawn(card, beside)

        rows = words_of(card, beside_picture=beside is not None)
        assert [word for row in rows for word in row] == LONG.split()
        # Nothing is written beyond the column, nor over the name of the site.
        ground = Pillow.new("RGB", opened.size, cards._PAPER)
        ink = ImageChops.difference(opened, ground).convert("L").point(lambda value: value > 60)
        for box in ((0, 0, 70, 630), (0, 0, 640, 52), (0, 506, 640, 524), (0, 582, 640, 630)):
            assert ink.crop(box).getbbox() is None, box

    def test_each_letter_comes_from_a_font_that_has_it(self):
        for fonts in (cards._TITLE, cards._TEXT):
            for letter in "αβγδκμΩΔ≥≤≠±×→Łřžñßçåø–—«»“”’…€½²":
                path = cards._font_with(letter, fonts)
                assert path is not None, letter
                font = cards._font(path, 100)
                assert bytes(font.getmask(letter)) != bytes(font.getmask("\U0010fffe"))

    def test_a_letter_that_no_font_has_is_plainer_or_left_out(self):
        assert "".join(cards._drawable("CD8⁺ 😀 細胞\u200b\xad\u034f", cards._TITLE)) == "CD8+  "
        assert drawn(Card(SITE, "😀\x00\n\ud800\x85"))

    def test_what_holds_together_is_not_parted(self):
        assert cards._Words("oltre il 10\u00a0% dei casi", cards._TITLE).parts == [
            "oltre", "il", "10\u00a0%", "dei", "casi",
        ]  # fmt: skip

    def test_a_word_without_end_is_shrunk(self):
        words = cards._Words("a" * 150, cards._TITLE)

        size, rows = words.fitted(500, 440, 66, 1.19)

        assert rows == [["a" * 150]]
        assert cards._font(cards._TITLE[0], size).getlength("a" * 150) <= 510

    def test_shows_the_middle_of_a_picture(self):
        opened = drawn(Card(SITE, "Un titolo"), picture(colour=(200, 20, 20)))

        red, green, blue = opened.getpixel((904, 315))  # type: ignore[misc]
        assert red > 180
        assert max(green, blue) < 50

    def test_has_a_pattern_of_its_theme_where_it_has_no_picture(self):
        first, same, other = (
            cards.draw(Card(SITE, "Un titolo", theme=theme)) for theme in ("1", "1", "2")
        )

        assert first == same != other

    def test_a_picture_that_is_hard_to_pack_is_packed_harder(self):
        noise = Pillow.effect_noise((1600, 1000), 120).convert("RGB")
        file = io.BytesIO()
        noise.save(file, "JPEG", quality=82)

        assert drawn(Card(SITE, "Un titolo"), file.getvalue())

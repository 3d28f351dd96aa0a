"""The numbers of a page's citations, and the links there and back, made with the page."""

from dataclasses import replace
from string import ascii_lowercase

from django.utils.translation import gettext as _

from articles.publishing.content import Content, Frozen
from articles.text.citations import Numbering, keys_in


def with_numbers(content: Content) -> Content:
    """Return what an edition holds with its markers as numbers, and its sources in their order.

    A marker of a source with a ``mark`` says so; see ``articles.reading.retractions``.

    Each source has then ``places``, where the text cites it: ``anchor``, and ``sign`` if there are
    several. What cites nothing is returned as it is.
    """
    texts = [block["html"] for block in content.blocks if "html" in block]
    if not any(map(keys_in, texts)):
        return content
    marks = {source["key"]: source["mark"] for source in content.sources if source.get("mark")}
    numbering = Numbering.of(texts, [source["key"] for source in content.sources], marks)
    names = {numbering.numbers[key]: mark.label for key, mark in marks.items()}

    def name(number: int) -> str:
        said = _("Source %(number)d") % {"number": number}
        return f"{said}, {names[number]}" if number in names else said

    blocks = [
        block | {"html": numbering.linked(block["html"], name)} if "html" in block else block
        for block in content.blocks
    ]
    sources = sorted(content.sources, key=lambda source: numbering.numbers[source["key"]])
    return replace(
        content,
        blocks=blocks,
        sources=[source | {"places": _places(source, numbering)} for source in sources],
    )


def _places(source: Frozen, numbering: Numbering) -> list[dict[str, str]]:
    anchors = numbering.places[source["key"]]
    signs = [_letters(place) for place in range(len(anchors))] if len(anchors) > 1 else [""]
    return [{"anchor": anchor, "sign": sign} for anchor, sign in zip(anchors, signs, strict=False)]


def _letters(place: int) -> str:
    """Return a to z for the first places, then aa, ab and so on."""
    above, letter = divmod(place, len(ascii_lowercase))
    return (_letters(above - 1) if above else "") + ascii_lowercase[letter]

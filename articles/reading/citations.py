"""The numbers of a page's citations, and the links there and back, made with the page."""

from dataclasses import replace
from string import ascii_lowercase

from django.utils.translation import gettext as _

from articles.publishing.content import Content, Frozen
from articles.text.citations import Numbering, keys_in


def with_numbers(content: Content) -> Content:
    """Return what an edition holds with its markers as numbers, and its sources in their order.

    Each source has then ``places``, where the text cites it: ``anchor``, and ``sign`` if there are
    several. What cites nothing is returned as it is.
    """
    texts = [block["html"] for block in content.blocks if "html" in block]
    if not any(map(keys_in, texts)):
        return content
    numbering = Numbering.of(texts, [source["key"] for source in content.sources])
    blocks = [
        block | {"html": numbering.linked(block["html"], _name)} if "html" in block else block
        for block in content.blocks
    ]
    sources = sorted(content.sources, key=lambda source: numbering.numbers[source["key"]])
    return replace(
        content,
        blocks=blocks,
        sources=[source | {"places": _places(source, numbering)} for source in sources],
    )


def _name(number: int) -> str:
    return _("Source %(number)d") % {"number": number}


def _places(source: Frozen, numbering: Numbering) -> list[dict[str, str]]:
    anchors = numbering.places[source["key"]]
    signs = [_letters(place) for place in range(len(anchors))] if len(anchors) > 1 else [""]
    return [{"anchor": anchor, "sign": sign} for anchor, sign in zip(anchors, signs, strict=False)]


def _letters(place: int) -> str:
    """Return a to z for the first places, then aa, ab and so on."""
    above, letter = divmod(place, len(ascii_lowercase))
    return (_letters(above - 1) if above else "") + ascii_lowercase[letter]

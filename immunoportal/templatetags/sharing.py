"""What the head of a public page says to search engines and to those that show shared addresses."""

from html import unescape
from typing import Any

from django import template
from django.template import Context
from django.template.loader_tags import BLOCK_CONTEXT_KEY
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from immunoportal.languages import Alternate
from immunoportal.open_graph import tags
from immunoportal.publication import clock
from immunoportal.structured_data import Publisher, encoded, site_nodes

register = template.Library()


@register.simple_tag(takes_context=True)
def open_graph(context: Context, alternates: list[Alternate] | None = None) -> SafeString:
    """Show how the page is shown where its address is shared; see ``immunoportal.open_graph``.

    The page may say something of its own: ``shared`` of its context is a function that gives it.

    Args:
        alternates: its versions that search engines may offer.
    """
    language = str(get_language())
    shared = context.get("shared")
    found = tags(
        title=_block(context, "title"),
        description=_block(context, "description"),
        path=_block(context, "canonical"),
        language=language,
        others=[each.language for each in alternates or () if each.language != language],
        shared=shared and shared(),
    )
    shown = format_html_join("\n  ", '<meta property="{}" content="{}">', found)
    return format_html('{}\n  <meta name="twitter:card" content="summary_large_image">', shown)


def _block(context: Context, name: str) -> str:
    """Return the words of a block of the page, which stands elsewhere in its head."""
    block: Any = context.render_context[BLOCK_CONTEXT_KEY].get_block(name)
    return " ".join(unescape(block.render(context)).split())


@register.simple_tag(takes_context=True)
def structured_data(context: Context, publisher: Publisher, telephone: str) -> SafeString:
    """Show what the page says of itself, as one graph, if it says anything.

    ``structured_data`` of its context is a function that gives its nodes, encoded.

    Args:
        telephone: of the publisher, with its country code.
    """
    of_page = context.get("structured_data")
    if of_page is None:
        return mark_safe("")
    of_site = clock.remember(
        ("structured data", get_language()), lambda: encoded(site_nodes(publisher, telephone))
    )
    # Encoded, so that nothing in it ends the element.
    return mark_safe(  # noqa: S308
        '<script type="application/ld+json">{"@context":"https://schema.org","@graph":['
        f"{of_site},{of_page()}]}}</script>"
    )

"""The addresses of a page's own links, made with the page."""

from collections.abc import Mapping
from dataclasses import replace

from django.conf import settings

from articles.publishing.content import Content
from articles.reading.own_articles import LiveArticle
from articles.text.headings import anchor_named, anchors_of
from articles.text.own_links import OwnLink, own_links_in, with_addresses

# The address of each link that leads to another page, under the tag that is stored.
Addresses = Mapping[str, str]


def links_to_articles(content: Content) -> list[OwnLink]:
    """Return the links of an edition that lead to other articles, each once."""
    return list(
        dict.fromkeys(
            link
            for block in content.blocks
            for link, _words in own_links_in(block.get("html", ""))
            if link.kind == "article"
        )
    )


def address_of(link: OwnLink, article: LiveArticle | None) -> str:
    """Return where a link leads now: to the top of the article if its heading is gone.

    Returns:
        Nothing where the article is not live.
    """
    if article is None:
        return ""
    anchor = anchor_named(link.heading, article.anchors or {}) if link.heading else ""
    return f"{article.url}#{anchor}" if anchor else article.url


def with_links(content: Content, addresses: Addresses) -> Content:
    """Return what an edition holds with its own links as links, or as words where they lead nowhere
    now."""
    if not any("<a data-" in block.get("html", "") for block in content.blocks):
        return content
    anchors = anchors_of((block["key"], block.get("html", "")) for block in content.blocks)

    def attributes_of(link: OwnLink) -> dict[str, str]:
        if not link.kind:
            anchor = anchor_named(link.heading, anchors)
            return {"href": f"#{anchor}"} if anchor else {}
        address = addresses.get(link.tag)
        # The whole of it is printed.
        return {"href": address, "data-address": settings.SITE_URL + address} if address else {}

    return replace(
        content,
        blocks=[
            block | {"html": with_addresses(block["html"], attributes_of)}
            if "html" in block
            else block
            for block in content.blocks
        ],
    )

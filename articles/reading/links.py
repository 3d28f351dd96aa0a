"""The addresses of a page's own links, made with the page."""

from collections.abc import Collection, Mapping
from dataclasses import replace

from django.conf import settings

from articles.models import Document
from articles.publishing.content import Content
from articles.reading.own_articles import MOST_REMEMBERED, LiveArticle
from articles.text.headings import anchor_named, anchors_of
from articles.text.own_links import OwnLink, with_addresses
from immunoportal.publication import clock

# The address of each link that leads elsewhere, under the tag that is stored; empty where nothing
# is there.
Addresses = Mapping[str, str]


def addresses_of(links: Collection[OwnLink], live: Mapping[str, LiveArticle]) -> Addresses:
    """Return where links lead now: to the top of an article if the heading is gone.

    Args:
        live: the articles that are live for the page, by key.
    """
    files = _addresses_of_files({link.key for link in links if link.kind == "file"})
    return {
        link.tag: files[link.key] if link.kind == "file" else _address(link, live.get(link.key))
        for link in links
        if link.kind
    }


def _address(link: OwnLink, article: LiveArticle | None) -> str:
    if article is None:
        return ""
    anchor = anchor_named(link.heading, article.anchors or {}) if link.heading else ""
    return f"{article.url}#{anchor}" if anchor else article.url


def _addresses_of_files(digests: Collection[str]) -> dict[str, str]:
    """Return the addresses of files, in one query at most; empty for what is not there."""
    if not digests:
        return {}
    remembered: dict[str, str] = clock.remember("linked files", dict)
    found = {digest: remembered.get(digest, "") for digest in digests}
    unknown = [digest for digest in digests if digest not in remembered]
    if unknown:
        there = Document.objects.filter(digest__in=unknown, withdrawn_at__isnull=True)
        found |= {row.digest: row.get_absolute_url() for row in there.only("digest", "file")}
        if len(remembered) > MOST_REMEMBERED:
            remembered.clear()
        remembered |= {digest: found[digest] for digest in unknown}
    return found


def with_links(content: Content, addresses: Addresses) -> Content:
    """Return what an edition holds with its own links as links, or as words where they lead nowhere
    now."""
    if not content.links:
        return content
    anchors = anchors_of((block["key"], block.get("html", "")) for block in content.blocks)

    def attributes_of(link: OwnLink) -> dict[str, str]:
        if not link.kind:
            anchor = anchor_named(link.heading, anchors)
            return {"href": f"#{anchor}"} if anchor else {}
        address = addresses.get(link.tag)
        if not address:
            return {}
        kind = {"type": "application/pdf"} if link.kind == "file" else {}
        # The whole of it is printed.
        return {"href": address, "data-address": settings.SITE_URL + address, **kind}

    return replace(
        content,
        blocks=[
            block | {"html": with_addresses(block["html"], attributes_of)}
            if "html" in block
            else block
            for block in content.blocks
        ],
    )

"""The text of editions for machines: what their pages show, by the templates of the pages, as HTML
that can stand anywhere."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string

from articles.files.markup import withdrawn_among
from articles.images.markup import Picture, pictures_of
from articles.models import Edition
from articles.publishing.content import Content, Frozen, read
from articles.reading.citations import with_numbers
from articles.reading.links import addresses_of, with_links
from articles.reading.own_articles import LiveArticle, live_articles
from articles.reading.recordings import Said, said_in
from articles.reading.retractions import Evidence, evidence_of, with_evidence
from articles.text.portable import portable


@dataclass(frozen=True)
class FullText:
    """What an edition shows, as the page of the same edition does.

    Attributes:
        url: of the page, absolute.
        content: with the numbers of its citations and its own links.
        evidence: what it shows of its sources that is not frozen with it.
    """

    edition: Edition
    url: str
    content: Content
    evidence: Evidence
    pictures: Mapping[str, Picture]
    articles: Sequence[LiveArticle]
    withdrawn: Sequence[str]
    said: Mapping[str, Said]

    @property
    def html(self) -> str:
        """The whole of it: lead, blocks and sources."""
        return self._rendered("articles/reading/_full_text.html", self.content)

    def html_of(self, block: Frozen) -> str:
        """Return one of its blocks."""
        name = f"articles/blocks/{block['type']}.html"
        return self._rendered(name, replace(self.content, blocks=[block]), block=block)

    def _rendered(self, template: str, content: Content, **more: Any) -> str:
        context = {
            "edition": self.edition,
            "content": content,
            "evidence": self.evidence,
            "pictures": self.pictures,
            "articles_shown": self.articles,
            "withdrawn": self.withdrawn,
            "said": self.said,
            "group": content.blocks,
            "SITE_URL": settings.SITE_URL,
            **more,
        }
        return portable(render_to_string(template, context), settings.SITE_URL, self.url)


def full_texts(
    editions: Iterable[Edition], urls: Mapping[int, str], present: Edition | None = None
) -> list[FullText]:
    """Look up what editions of one language and audience show, in as many queries as for one.

    Args:
        editions: with their content.
        urls: the path of each one's page, by the number of its row.
        present: the edition that is live of the same page, if they are of the past.
    """
    editions = list(editions)
    contents = [read(edition) for edition in editions]
    links = {link for content in contents for link in content.links}
    to_articles = [link for link in links if link.kind == "article"]
    shown = [key for content in contents for key in content.own_articles]
    live = (
        live_articles(
            editions[0],
            list(dict.fromkeys([*shown, *(link.key for link in to_articles)])),
            {link.key for link in to_articles if link.heading},
        )
        if editions
        else {}
    )
    addresses = addresses_of(links, live)
    pictures = pictures_of({image for content in contents for image in content.images})
    withdrawn = withdrawn_among([file for content in contents for file in content.files])
    said = said_in([key for content in contents for key in content.transcripts])
    evidence = [evidence_of(edition, present) for edition in editions]
    return [
        FullText(
            edition,
            settings.SITE_URL + urls[edition.pk],
            with_numbers(with_evidence(with_links(content, addresses), known)),
            known,
            pictures,
            [live[key] for key in content.own_articles if key in live],
            withdrawn,
            said,
        )
        for edition, content, known in zip(editions, contents, evidence, strict=True)
    ]

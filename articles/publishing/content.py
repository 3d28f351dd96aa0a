"""What an edition stores, in every schema that was ever written, and its digests.

An edition's ``content`` is plain data that outlives the code: it names its ``schema``, and
``read`` understands each one. Schema 2:

``blocks``
    in order. Each has the ``key`` (UUID) of the block that it was made from, its ``type`` (as
    ``articles.publishing.blocks`` freezes it) and the texts of its kind. A figure names its picture
    by the SHA-256 of the file (``image``), an attachment its PDF likewise (``document``, with its
    ``title``, ``language``, ``bytes`` and ``pages``), an own article the article by its key
    (``article``): all are looked up when the page is made. A player names its file likewise
    (``recording``), its poster as a figure does, and what is said by the key of the ``transcript``.
    Key points come first. A question that readers may ask their doctor says so (``purpose``). A
    block that is meant for this language alone says so (``only``).
    ``html`` cites sources by their keys: ``<cite data-source="…"></cite>``; see
    ``articles.text.citations``. Its own links name by keys what they lead to:
    ``<a data-article="…">``; see ``articles.text.own_links``.
``contents``
    the headings of level 2 (``text``, ``anchor``), for "on this page".
``bylines``
    in order: the contributor's ``key``, and ``role``, ``name`` and ``qualification``; and the
    declared ``interests``, or that there are none (``no_interests``), once somebody has asked.
``sources``
    in order: the source's ``key``, its ``citation`` and its ``links`` (``label``, ``url``).

``funding``
    who paid for it; not there where nobody has said.

Schema 1 is the same with fewer types: ``richtext``, ``figure``, ``quote`` and ``callout``, which
could be ``urgent``.
"""

import hashlib
import json
import re
from dataclasses import dataclass
from operator import itemgetter
from typing import Any

from articles.models import Byline, Edition
from articles.text.citations import with_citations
from articles.text.own_links import OwnLink, own_links_in

Frozen = dict[str, Any]

SCHEMA = 2

_TAG = re.compile(r"<[^>]*>")
# How an own link names what it leads to, but for files.
_TARGET = re.compile(r' data-(?:article|heading)="[^"]*"')

# What a byline has to say of interests before somebody asks.
_NOT_ASKED: Frozen = {"interests": "", "no_interests": False}

# The purpose of a question that readers may ask their doctor.
FOR_DOCTOR = "for-doctor"

# Those that follow one another are shown as one.
_IN_GROUPS = {"question", "timelineentry"}


class UnknownSchema(Exception):
    """The content was written by a version of the portal that is newer than this one."""


@dataclass(frozen=True)
class Content:
    """What an edition holds, as this version of the code understands it.

    Attributes: as the newest schema has them; see the module.
    """

    blocks: list[Frozen]
    contents: list[Frozen]
    bylines: list[Frozen]
    sources: list[Frozen]
    funding: str = ""

    @property
    def figures(self) -> list[Frozen]:
        """The blocks that show a picture."""
        return [block for block in self.blocks if block["type"] == "figure"]

    @property
    def images(self) -> list[str]:
        """The digests of the pictures: those of figures, and those that stand for a video."""
        return [block["image"] for block in self.blocks if "image" in block]

    @property
    def files(self) -> list[str]:
        """The digests of the files that readers can keep, see or hear."""
        names = ("document", "recording")
        return [block[name] for block in self.blocks for name in names if name in block]

    @property
    def transcripts(self) -> list[str]:
        """The keys of what is said in recordings."""
        return [block["transcript"] for block in self.blocks if block.get("transcript")]

    @property
    def links(self) -> list[OwnLink]:
        """The own links of the texts, each once."""
        texts = [block["html"] for block in self.blocks if "html" in block]
        return list(dict.fromkeys(link for text in texts for link, _words in own_links_in(text)))

    @property
    def own_articles(self) -> list[str]:
        """The keys of the articles that are shown by title and lead."""
        return [block["article"] for block in self.blocks if block["type"] == "ownarticle"]

    @property
    def key_points(self) -> list[str]:
        """What stands under the lead."""
        return [
            point
            for block in self.blocks
            if block["type"] == "keypoints"
            for point in block["points"]
        ]

    @property
    def groups(self) -> list[list[Frozen]]:
        """The blocks of the body, as lists of those that are shown as one."""
        groups: list[list[Frozen]] = []
        for block in self.blocks:
            if block["type"] == "keypoints":
                continue
            if groups and block["type"] in _IN_GROUPS and _kind(block) == _kind(groups[-1][0]):
                groups[-1].append(block)
            else:
                groups.append([block])
        return groups

    @property
    def for_doctor(self) -> list[Frozen]:
        """The questions that readers may ask their doctor."""
        return [block for block in self.blocks if block.get("purpose") == FOR_DOCTOR]

    @property
    def declarations(self) -> list[Frozen]:
        """The bylines of those who have declared interests or that there are none, each once."""
        people = {line["key"]: line for line in self.bylines}.values()
        return [line for line in people if line["interests"] or line["no_interests"]]

    @property
    def authors(self) -> list[Frozen]:
        return self._in_role(Byline.Role.AUTHOR)

    @property
    def reviewers(self) -> list[Frozen]:
        return self._in_role(Byline.Role.REVIEWER)

    @property
    def translators(self) -> list[Frozen]:
        return self._in_role(Byline.Role.TRANSLATOR)

    def _in_role(self, role: str) -> list[Frozen]:
        return [line for line in self.bylines if line["role"] == role]


def read(edition: Edition) -> Content:
    """Return what an edition holds, whichever schema it was written in.

    Raises:
        UnknownSchema: this code does not know the schema.
    """
    content = edition.content
    match content.get("schema"):
        case 1 | 2:
            return Content(
                blocks=content["blocks"],
                contents=content["contents"],
                bylines=[_NOT_ASKED | line for line in content["bylines"]],
                sources=content["sources"],
                funding=content.get("funding", ""),
            )
        case unknown:
            raise UnknownSchema(f"Schema {unknown!r} of {edition}: install a newer version.")


def write(content: Content) -> dict[str, Any]:
    """Return what is stored of a content: always in the newest schema."""
    return {
        "schema": SCHEMA,
        "blocks": content.blocks,
        "contents": content.contents,
        "bylines": content.bylines,
        "sources": content.sources,
        **({"funding": content.funding} if content.funding else {}),
    }


def text_digest(edition: Edition) -> str:
    """Return the digest of what a medical reviewer reads: title, lead, blocks and sources.

    Of what an edition names by a key, it binds what a reviewer judges. A picture, a file and a
    recording are the bytes that their digest stands for; a marker is the citation of its source.
    Another article has reviews of its own, so which one a link or a block leads to is left out; and
    so are the keys of blocks: what is taken away and typed again is the same text.

    What holds none of these has the digest that it has had since the first schema.

    Returns:
        A SHA-256 in hexadecimal.
    """
    content = read(edition)
    citations = {source["key"]: source["citation"] for source in content.sources}
    return _sha256(
        edition.language,
        edition.title,
        edition.lead,
        # The credit of a picture is about the page, not about medicine.
        [_read_by_reviewers(block, citations) for block in content.blocks],
        list(map(itemgetter("citation"), content.sources)),
    )


def page_digest(edition: Edition) -> str:
    """Return the digest of all that readers get: the text, and what stands around it.

    Returns:
        A SHA-256 in hexadecimal.
    """
    content = read(edition)
    targets = [target for block in content.blocks for target in _targets(block)]
    return _sha256(
        text_digest(edition),
        edition.slug,
        edition.hero_line,
        edition.description,
        str(edition.topic.key) if edition.topic else "",
        edition.audience,
        [_declared(_without(line, "key")) for line in content.bylines],
        [source["links"] for source in content.sources],
        [figure["credit"] for figure in content.figures],
        *([targets] if targets else []),
        *([content.funding] if content.funding else []),
    )


def _kind(block: Frozen) -> tuple[str, str]:
    return block["type"], block.get("purpose", "")


def _declared(line: Frozen) -> Frozen:
    """Return a byline without the interests that nobody has asked for."""
    return {name: value for name, value in line.items() if value or name not in _NOT_ASKED}


def _read_by_reviewers(block: Frozen, citations: dict[str, str]) -> Frozen:
    said = _without(block, "key", "only", "credit", "article")
    if "html" in said:
        cited = with_citations(said["html"], citations)
        said["html"] = _TAG.sub(lambda tag: _TARGET.sub("", tag[0]), cited)
    return said


def _targets(block: Frozen) -> list[str]:
    """Return the articles and headings that a block and its own links lead to."""
    tags = "".join(_TAG.findall(block.get("html", "")))
    return _TARGET.findall(tags) + ([block["article"]] if "article" in block else [])


def _without(frozen: Frozen, *names: str) -> Frozen:
    return {name: value for name, value in frozen.items() if name not in names}


def _sha256(*parts: Any) -> str:
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()

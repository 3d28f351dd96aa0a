"""What the pages of articles say of themselves to machines; see ``immunoportal.structured_data``.

It is what their readers see, and no more. ``lastReviewed`` and ``reviewedBy`` speak of reviews that
are bound to a text; a byline is none.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

from django.conf import settings
from django.core.paginator import Page
from django.urls import reverse
from django.utils.translation import gettext as _

from articles.files.markup import file_address
from articles.images.markup import Picture
from articles.models import Edition, Home, SitePage, Topic
from articles.publishing.content import Content, Frozen, read
from articles.reading import kept
from articles.reading.corrections import Told
from articles.reading.glossary import Entry
from articles.reading.recordings import Said
from articles.reading.rights import licence
from articles.text.html import plain_text
from immunoportal.languages import Alternate, codes
from immunoportal.publication import clock
from immunoportal.structured_data import (
    Named,
    Node,
    absolute,
    breadcrumb,
    collection,
    defined_term,
    defined_term_set,
    encoded,
    id_of,
    moment,
    node,
    page,
    publisher_id,
    reference,
    website_id,
)

LONGEST_HEADLINE = 110  # characters, as Google asks
LONGEST_CITATION = 160
# Of a page with more, the first ones stand for all: each costs its readers bytes.
MOST_CITATIONS = 30
MOST_CORRECTIONS = 10
LONGEST_TRANSCRIPT = 5_000

_DOI = "https://doi.org/"
_PUBMED = "https://pubmed.ncbi.nlm.nih.gov/"


@dataclass(frozen=True)
class Translation:
    """The page of an article in another language.

    Attributes:
        path: of the page.
        is_first: whether it was there before the page that speaks of it.
    """

    language: str
    path: str
    is_first: bool


@dataclass(frozen=True)
class ArticlePage:
    """What the page of an article shows.

    Attributes:
        updated: when readers are told that it was.
        pictures: how to show its images, by digest.
        said: in its recordings, by the key of the transcript.
        withdrawn: the digests of files that are gone for good.
        license: the address of its terms; empty where there are none.
    """

    edition: Edition
    content: Content
    updated: datetime
    corrections: Sequence[Told]
    translations: Sequence[Translation]
    pictures: Mapping[str, Picture]
    said: Mapping[str, Said]
    withdrawn: Sequence[str]
    license: str = ""

    @property
    def path(self) -> str:
        return self.edition.get_absolute_url()


def of_article(shown: Mapping[str, Any], editions: Mapping[str, Edition]) -> str:
    """Return the nodes of the page of a live public edition, encoded; kept as the page is.

    Args:
        shown: see ``pages.article_page``.
        editions: by language, all live editions of the article.
    """
    edition = shown["edition"]
    translations = translations_of(edition, shown["alternates"], editions)
    _name, license = clock.remember("licence", licence)
    follows = ("updated", "corrections", "looks", "withdrawn")
    topic = edition.topic and (edition.topic.name, edition.topic.get_absolute_url())

    def make() -> str:
        said = ("updated", "corrections", "pictures", "said", "withdrawn")
        page = ArticlePage(
            edition,
            read(edition),
            translations=translations,
            license=license,
            **{name: shown[name] for name in said},
        )
        return encoded(nodes_of(page))

    key = ("structured data", translations, topic, license, *(shown[name] for name in follows))
    return kept.of(edition, key, make)


def nodes_of(shown: ArticlePage) -> list[Node]:
    """Return the nodes of the page of a live public edition."""
    way = breadcrumb(shown.path, way_to(shown.edition))
    return [_article(shown) | {"breadcrumb": reference(way["@id"])}, way, *_parts(shown)]


def way_to(edition: Edition) -> list[Named]:
    """Return the way to the page of a public article, as its breadcrumb shows it."""
    home = (_("Home"), reverse("articles:home"))
    if edition.site_page:
        return [home]
    topic = edition.topic
    topic_url = topic.get_absolute_url() if topic else ""
    if topic and topic_url:
        return [home, (topic.name, topic_url)]
    return [home, (_("Articles"), reverse("articles:list"))]


def _type_of(edition: Edition) -> str:
    if not edition.site_page:
        return "MedicalWebPage"
    return "AboutPage" if edition.site_page == SitePage.ABOUT else "WebPage"


def _article(shown: ArticlePage) -> Node:
    edition, content = shown.edition, shown.content
    topic = edition.topic
    topic_url = topic.get_absolute_url() if topic else ""
    of_patients = {
        "timeRequired": f"PT{edition.reading_minutes}M",
        "medicalAudience": node("Patient"),
    }
    type, others = _type_of(edition), shown.translations
    return node(
        type,
        id=id_of(shown.path, "article"),
        url=absolute(shown.path),
        name=edition.title,
        headline=shortened(edition.title, LONGEST_HEADLINE),
        description=edition.description,
        inLanguage=edition.language,
        datePublished=moment(edition.first_published_at),
        dateModified=moment(shown.updated),
        version=edition.number,
        isAccessibleForFree=True,
        **({} if edition.site_page else of_patients),
        about=topic and node("Thing", name=topic.name, url=topic_url and absolute(topic_url)),
        author=list(map(_person, content.authors)),
        translator=list(map(_person, content.translators)),
        image=_image(shown),
        publisher=reference(publisher_id()),
        isPartOf=reference(website_id()),
        license=shown.license,
        translationOfWork=[_translation(type, each) for each in others if each.is_first],
        workTranslation=[_translation(type, each) for each in others if not each.is_first],
        correction=[_correction(each) for each in islice(_told(shown), MOST_CORRECTIONS)],
        citation=[_citation(source) for source in content.sources[:MOST_CITATIONS]],
    )


def _person(line: Frozen) -> Node:
    if settings.SITE_NAME in line["name"]:
        # "The editorial board of …".
        return node("Organization", name=line["name"], description=line["qualification"])
    return node("Person", name=line["name"], jobTitle=line["qualification"])


def _translation(type: str, other: Translation) -> Node:
    id = id_of(other.path, "article")
    return node(type, id=id, url=absolute(other.path), inLanguage=other.language)


def _image(shown: ArticlePage) -> Node | None:
    for figure in shown.content.figures:
        picture = shown.pictures.get(figure["image"])
        if picture and picture.widest:
            return node(
                "ImageObject",
                url=absolute(picture.widest[0]),
                caption=figure["caption"] or figure["alternative_text"],
                creditText=figure["credit"],
            )
    return None


def _told(shown: ArticlePage) -> Iterable[Told]:
    return (correction for correction in shown.corrections if correction.note)


def _correction(told: Told) -> Node:
    return node(
        "CorrectionComment",
        text=f"{told.what}: {told.note}",
        datePublished=moment(told.at),
        url=told.changes_url and absolute(told.changes_url),
    )


def _citation(source: Frozen) -> Node:
    addresses = [link["url"] for link in source["links"]]
    scholarly = [each for each in addresses if each.startswith((_DOI, _PUBMED))]
    return node(
        "ScholarlyArticle" if scholarly else "CreativeWork",
        name=shortened(source["citation"], LONGEST_CITATION),
        identifier=[
            each.replace(_DOI, "doi:").replace(_PUBMED, "pmid:").rstrip("/") for each in scholarly
        ],
        sameAs=scholarly,
        url="" if scholarly else next(iter(addresses), ""),
    )


def _parts(shown: ArticlePage) -> list[Node]:
    """Return the nodes of the questions and recordings of a page."""
    part_of = reference(id_of(shown.path, "article"))
    questions = [
        node("Question", name=block["title"], acceptedAnswer=node("Answer", text=answer))
        for block in shown.content.blocks
        if block["type"] == "question" and block["title"]
        if (answer := plain_text(block["html"]))
    ]
    nodes = [
        _recording(shown, block) for block in shown.content.blocks if block["type"] == "player"
    ]
    if questions:
        id = id_of(shown.path, "questions")
        nodes.append(node("FAQPage", id=id, mainEntity=questions))
    return [each | {"isPartOf": part_of} for each in nodes if each]


def _recording(shown: ArticlePage, block: Frozen) -> Node | None:
    """Return the node of a recording that can be played and of which is known what Google needs."""
    said = shown.said.get(block["transcript"])
    if said is None or not block["title"] or block["recording"] in shown.withdrawn:
        return None
    is_video = block["kind"] == "video"
    poster = shown.pictures.get(block.get("image", ""))
    thumbnail = poster.fallback if poster else ""
    if is_video and not thumbnail:
        return None
    transcript = plain_text(said.text)
    return node(
        "VideoObject" if is_video else "AudioObject",
        id=id_of(shown.path, f"_{block['key']}"),
        name=block["title"],
        description=shown.edition.description,
        thumbnailUrl=thumbnail and absolute(thumbnail),
        uploadDate=moment(said.recorded_at),
        duration=duration(block["milliseconds"]),
        contentUrl=absolute(file_address(block["recording"], block["format"])),
        inLanguage=block["language"],
        transcript=transcript if len(transcript) <= LONGEST_TRANSCRIPT else "",
    )


def duration(milliseconds: int) -> str:
    """Return how long something lasts, in the form of ISO 8601: "PT3M25S"."""
    minutes, seconds = divmod(max(1, round(milliseconds / 1000)), 60)
    return f"PT{minutes}M{seconds}S" if minutes else f"PT{seconds}S"


def shortened(text: str, longest: int) -> str:
    """Return a text of at most so many characters, cut between words where it has to be cut."""
    if len(text) <= longest:
        return text
    start = text[:longest]
    return f"{start.rpartition(' ')[0] or start[:-1]}…"


def of_home(home: Home) -> str:
    """Return the nodes of the home page, encoded."""
    said = home.introduction or home.hero_line
    return encoded(
        [page("WebPage", reverse("articles:home"), settings.SITE_NAME, description=said)]
    )


def of_articles(shown: Page[Edition]) -> str:
    """Return the nodes of a page of the list of all articles, encoded."""
    said = _("All articles on cancer immunotherapy, the newest first.")
    return encoded(_list(shown, reverse("articles:list"), _("Articles"), said))


def of_topic(shown: Page[Edition], topic: Topic) -> str:
    """Return the nodes of a page of a topic, encoded."""
    way = [(_("Home"), reverse("articles:home")), (_("Topics"), reverse("articles:topics"))]
    path = topic.get_absolute_url() or ""
    return encoded(_list(shown, path, topic.name, topic.description, steps=way))


def _list(
    shown: Page[Edition], path: str, name: str, description: str, steps: Sequence[Named] = ()
) -> list[Node]:
    address = f"{path}?page={shown.number}" if shown.number > 1 else path
    items = [
        (edition.title, edition.get_absolute_url())
        for edition in shown
        if not (edition.held and edition.held.is_withheld)
    ]
    return collection(address, name, description, items, start=shown.start_index(), steps=steps)


def of_topics(topics: Iterable[Topic]) -> str:
    """Return the nodes of the list of topics, encoded."""
    items = [(topic.name, topic.get_absolute_url() or "") for topic in topics]
    said = _("What our articles on cancer immunotherapy are about.")
    return encoded(collection(reverse("articles:topics"), _("Topics"), said, items))


def of_glossary(entries: Iterable[Entry]) -> str:
    """Return the nodes of the list of terms, encoded.

    Args:
        entries: the terms that it names to machines.
    """
    path, name = reverse("articles:glossary"), _("Glossary")
    said = _("The words of cancer immunotherapy, explained in a few sentences.")
    terms = defined_term_set(path, name, said, [(entry.term, entry.url) for entry in entries])
    listed = page("CollectionPage", path, name, description=said, mainEntity=_of(terms))
    return encoded([listed, terms])


def of_term(entry: Entry, spoken: Mapping[str, Entry]) -> str:
    """Return the nodes of the page of a term, encoded.

    Args:
        spoken: by language, the same term for its readers.
    """
    glossary = reverse("articles:glossary")
    way = breadcrumb(entry.url, [(_("Home"), reverse("articles:home")), (_("Glossary"), glossary)])
    term = defined_term(
        entry.url,
        entry.term,
        entry.definition,
        of=glossary,
        aliases=entry.others,
        translations={code: each.url for code, each in spoken.items()},
    )
    shown = page("WebPage", entry.url, entry.term, breadcrumb=_of(way), mainEntity=_of(term))
    return encoded([shown, way, term])


def _of(described: Node) -> Node:
    return reference(described["@id"])


def translations_of(
    edition: Edition, alternates: Iterable[Alternate], editions: Mapping[str, Edition]
) -> tuple[Translation, ...]:
    """Return where the article of an edition stands in other languages; what was published first
    is the original.

    Args:
        editions: by language, all live editions of the article.
    """

    def began(language: str) -> tuple[datetime, int]:
        of_language = edition if language == edition.language else editions[language]
        return of_language.first_published_at, codes().index(language)

    return tuple(
        Translation(each.language, each.url, began(each.language) < began(edition.language))
        for each in alternates
        if each.is_equal and each.language != edition.language
    )

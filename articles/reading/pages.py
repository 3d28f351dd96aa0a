"""What the reader's pages show, whoever makes them: a view, a feed, a search or a preview.

All of them start from the editions that are live. Each function returns the context of a template,
or the rows that go into one; none knows of requests.
"""

from collections.abc import Callable, Hashable, Iterable
from functools import partial

from django.core.paginator import Paginator
from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery
from django.urls import reverse
from django.utils import translation
from django.utils.functional import SimpleLazyObject

from articles.files.markup import withdrawn_among
from articles.images.markup import Picture, pictures_of
from articles.models import Correction, Edition, FormerSlug, Home, Topic
from articles.models.editions import EditionQuerySet
from articles.publishing.content import Content, read
from articles.reading import kept, structured_data
from articles.reading.cards import shared
from articles.reading.citations import with_numbers
from articles.reading.cite import cited, permanent_url
from articles.reading.corrections import as_told, corrections_of, listing_of
from articles.reading.glossary import glossary_in, with_terms
from articles.reading.holds import hold_on, is_for_search, listed, outdated_on, set_holds
from articles.reading.links import addresses_of, with_links
from articles.reading.listing import Listing
from articles.reading.own_articles import live_articles
from articles.reading.recordings import said_in
from articles.reading.retractions import evidence_of, with_evidence
from articles.text.own_links import own_links_in
from immunoportal import languages
from immunoportal.publication import clock

PER_PAGE = 12
CORRECTIONS_PER_PAGE = 20
LATEST = 6


def article_page(edition: Edition, editions: dict[str, Edition]) -> dict:
    """Return what the page of an article shows; the edition need not be stored.

    Args:
        edition: the one to show.
        editions: by language, all live editions of the article.
    """

    def names_of_images() -> tuple[str, ...]:
        return tuple(read(edition).images)

    def keys_of_articles() -> tuple[str, ...]:
        return tuple(read(edition).own_articles)

    def links() -> str:
        return "".join(f"{link.tag}</a>" for link in read(edition).links)

    def names_of_files() -> tuple[str, ...]:
        return tuple(read(edition).files)

    images = kept.of(edition, "images", names_of_images)
    pictures = pictures_of(images)
    shown = kept.of(edition, "own articles", keys_of_articles)
    linked = [link for link, _words in own_links_in(kept.of(edition, "own links", links))]
    to_articles = [link for link in linked if link.kind == "article"]
    live = live_articles(
        edition,
        [*shown, *(link.key for link in to_articles)],
        {link.key for link in to_articles if link.heading},
    )
    addresses = addresses_of(linked, live)
    held = hold_on(edition) if edition.pk else None
    outdated = outdated_on(edition) if edition.pk else None
    present = editions.get(edition.language, edition)
    evidence = evidence_of(edition, present)

    def content() -> Content:
        linked = with_terms(with_links(read(edition), addresses), edition.language)
        return with_numbers(with_evidence(linked, evidence))

    page = {
        "edition": edition,
        "held": held,
        "outdated": outdated,
        "corrections": corrections_of(edition),
        "updated": max(edition.valid_from, held.since) if held else edition.valid_from,
        # Not read at all where the page need not be rendered.
        "content": SimpleLazyObject(content),
        # Of what its terms are made into links from.
        "terms": glossary_in(edition.language).digest,
        "evidence": evidence,
        "present": present,
        # A preview has no address that stays.
        "cited": SimpleLazyObject(lambda: cited(edition, present)) if edition.pk else None,
        "pictures": pictures,
        "articles_shown": tuple(live[key] for key in shown if key in live),
        "addresses": tuple(addresses.items()),
        "withdrawn": withdrawn_among(kept.of(edition, "files", names_of_files)),
        # Never changes, so it is read only where the page is rendered.
        "said": SimpleLazyObject(lambda: said_in(read(edition).transcripts)),
        "looks": tuple(pictures[image].look if image in pictures else "" for image in images),
        "noindex": not edition.is_public or bool(outdated or (held and held.is_withheld)),
        "leaflet": None if held or outdated or evidence.marked else leaflet_of(edition),
        "permanent_url": permanent_url(edition, present),
        "alternates": alternates_beside(edition, editions.values()),
    }
    return page | {
        "shared": lambda: shared(page),
        "structured_data": lambda: structured_data.of_article(page, editions),
    }


def leaflet_of(edition: Edition) -> tuple[str, int, int] | None:
    """Return where the leaflet of a live edition is, its pages and its size in bytes; ``None``
    while there is none."""
    if not (edition.leaflet_digest and edition.leaflet_pages and edition.leaflet_bytes):
        return None
    with translation.override(edition.language):
        address = edition.url_of("leaflet", edition.number)
    return address, edition.leaflet_pages, edition.leaflet_bytes


def alternates_beside(edition: Edition, editions: Iterable[Edition]) -> list[languages.Alternate]:
    """Return where the article of an edition is live in each language.

    Args:
        editions: what is live of it.
    """
    of_language = {each.language: each for each in editions}
    return [
        languages.Alternate(
            code,
            kept.of(of_language[code], "address", of_language[code].get_absolute_url),
            is_equal=is_for_search(of_language[code]),
        )
        for code in languages.codes()
        # What one language reserves, the other one does not point at.
        if code in of_language and of_language[code].audience == edition.audience
    ]


def editions_known_as(slug: str, language: str, *, of_site: bool = False) -> list[Edition]:
    """Return the live editions of the article to which a slug belongs in a language.

    If it belongs to none there, those of all articles that have or once had it in another language.
    What is reserved is among them.

    Args:
        of_site: look among the pages of the site, and not among the articles.
    """
    # One query for the page, for where its language switch leads, and for who has moved.
    had = Edition.objects.begun().filter(slug=slug)
    had = had.of_site() if of_site else had.of_articles()
    owner = had.in_language(language).order_by("-valid_from", "-pk").values("article")[:1]
    live = Edition.objects.live().filter(article__in=had.values("article")).for_pages()
    of_owner = live.annotate(owner=Subquery(owner)).filter(Q(owner=None) | Q(owner=F("article")))
    return by_language(of_owner)


def live_editions_of(article: int) -> list[Edition]:
    """Return what is live of an article, by the number of its row, in the order of languages.

    What is reserved is among them.
    """
    return by_language(Edition.objects.live().filter(article=article).for_pages())


def by_language(editions: Iterable[Edition]) -> list[Edition]:
    """Return editions in the order of languages, but for those in one that is spoken no more."""
    spoken = languages.codes()
    found = [edition for edition in editions if edition.language in spoken]
    return sorted(found, key=lambda edition: spoken.index(edition.language))


def holder_of(slug: str, language: str, known: Iterable[Edition]) -> Edition | None:
    """Return the edition whose page in a language has a slug."""
    for edition in known:
        if (edition.slug, edition.language) == (slug, language):
            return edition
    return None


def versions_of(edition: Edition, known: Iterable[Edition]) -> dict[str, Edition]:
    """Return the editions of the same article, by language."""
    return {other.language: other for other in known if other.article_id == edition.article_id}


def home_page(language: str) -> dict:
    """Return what the home page shows: hero line, featured article, topics, latest articles."""
    page = clock.remember("home", Home.get)
    featured, latest = clock.remember(
        ("home", language), lambda: _editions_of_home(language, page.featured_id)
    )
    return {
        "page": page,
        "featured": featured,
        "latest": latest,
        "topics": topics_with_articles(language),
        "has_glossary": bool(glossary_in(language).entries),
        "pictures": pictures_in_list([featured, *latest] if featured else latest),
        "alternates": alternates_of(lambda: reverse("articles:home"), "home"),
        "x_default": reverse("choose_language"),
        "structured_data": partial(structured_data.of_home, page),
    }


def _editions_of_home(language: str, chosen: int | None) -> tuple[Edition | None, list[Edition]]:
    """Return the featured article and the latest ones, in a language.

    Args:
        chosen: the key of the article to feature, if somebody has chosen one.
    """
    editions = public_editions(language).for_lists().newest_first()
    latest = list(editions[: LATEST + 1])
    featured = next((edition for edition in latest if edition.article_id == chosen), None)
    if chosen and not featured:
        featured = editions.filter(article_id=chosen).first()
    featured = featured or next(iter(latest), None)
    latest = [edition for edition in latest if edition != featured][:LATEST]
    shown = [featured, *latest] if featured else latest
    set_topics(shown)
    set_holds(shown)
    return featured, latest


def public_editions(language: str) -> EditionQuerySet:
    """Return the articles that lists show to everyone in a language; the pages of the site are in
    no list."""
    return listed(Edition.objects.live().public().of_articles().in_language(language))


def all_articles(language: str) -> Listing[Edition]:
    """Return the list of all articles that everyone may read in a language."""
    return Listing(("all", language), public_editions(language))


def articles_on(topic: Topic, language: str) -> Listing[Edition]:
    """Return the list of the articles on a topic that everyone may read in a language."""
    return Listing(("topic", topic.pk, language), public_editions(language).filter(topic=topic))


def reserved_articles(language: str) -> Listing[Edition]:
    """Return the list of the articles for health professionals, for those who may read them."""
    editions = Edition.objects.live().for_professionals().in_language(language)
    return Listing(("reserved", language), listed(editions))


def list_page(
    listing: Listing[Edition],
    number: str | int,
    url_in: Callable[[], str | None],
    spoken: Iterable[str] | None = None,
) -> dict:
    """Return what one page of a list of articles shows.

    Args:
        listing: all of the list.
        number: of the page, from 1.
        url_in: gives the address of the list in the active language.
        spoken: the languages that have the list; all, unless told otherwise.

    Raises:
        InvalidPage: there is no page of that number.
    """
    # It is asked for its length and for slices only.
    paginator: Paginator[Edition] = Paginator(listing, PER_PAGE)  # type: ignore[arg-type]
    page = paginator.page(number)
    set_topics(page.object_list)
    set_holds(page.object_list)
    return {
        "page": page,
        "pictures": pictures_in_list(page),
        # The first picture that is seen is fetched at once.
        "pictured": next((edition for edition in page if edition.image_digest), None),
        # The further pages of a list have no twin: another language lists other articles.
        "alternates": alternates_of(url_in, listing.name, spoken) if page.number == 1 else [],
    }


def corrections_page(language: str, number: str | int) -> dict:
    """Return what a page of the list of corrections shows.

    Raises:
        InvalidPage: there is no page of that number.
    """
    listing = listing_of(language)
    # As in ``list_page``.
    paginator: Paginator[Correction] = Paginator(listing, CORRECTIONS_PER_PAGE)  # type: ignore[arg-type]
    page = paginator.page(number)
    url_in = partial(reverse, "articles:corrections")
    return {
        "page": page,
        "corrections": as_told(page.object_list, language),
        "alternates": alternates_of(url_in, "corrections") if page.number == 1 else [],
    }


def topics_page(language: str) -> dict:
    """Return what the list of topics shows."""
    topics = topics_with_articles(language)
    return {
        "topics": topics,
        "alternates": alternates_of(lambda: reverse("articles:topics"), "topics"),
        "structured_data": partial(structured_data.of_topics, topics),
    }


def alternates_of(
    url_in: Callable[[], str | None], name: Hashable, spoken: Iterable[str] | None = None
) -> list[languages.Alternate]:
    """Return the versions of a page, remembered under its name; see ``languages.alternates``."""
    return clock.remember(("alternates", name), lambda: languages.alternates(url_in, spoken))


def pictures_in_list(editions: Iterable[Edition]) -> dict[str, Picture]:
    """Return how to show the pictures of a list, by digest."""
    return pictures_of(edition.image_digest for edition in editions if edition.image_digest)


def set_topics(editions: Iterable[Edition]) -> None:
    """Tell the editions of a list their topics, which are few, without reading them with each."""
    topics = clock.remember("topics", Topic.objects.in_bulk)
    for edition in editions:
        edition.topic = topics.get(edition.topic_id)


def topics_with_articles(language: str) -> list[Topic]:
    """Return the topics that have a page in a language and something on it, in their order."""
    return clock.remember(("topics", language), lambda: list(_topics_with_articles(language)))


def _topics_with_articles(language: str) -> QuerySet[Topic]:
    on_topic = public_editions(language).filter(topic=OuterRef("pk"))
    # A page has a name and a slug: neither missing (NULL) nor empty.
    with_page = Topic.objects.filter(**{f"name_{language}__gt": "", f"slug_{language}__gt": ""})
    return with_page.filter(Exists(on_topic))


def topic_that_had(slug: str, language: str) -> Topic | None:
    """Return the topic whose page in a language once had a slug, if it still has one there."""
    former = clock.remember(
        ("former slugs of topics", language),
        lambda: dict(FormerSlug.objects.filter(language=language).values_list("slug", "topic")),
    )
    topics = topics_with_articles(language)
    return next((topic for topic in topics if topic.pk == former.get(slug)), None)


def languages_of(topic: Topic) -> list[str]:
    """Return the languages in which a topic has a page with something on it."""
    return [code for code in languages.codes() if topic in topics_with_articles(code)]

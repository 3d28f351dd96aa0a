"""What the reader's pages show, whoever makes them: a view, a feed, a search or a preview.

All of them start from the editions that are live. Each function returns the context of a template,
or the rows that go into one; none knows of requests.
"""

from collections.abc import Callable, Iterable

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.urls import reverse

from articles.images.markup import Picture, pictures_of
from articles.models import Edition, Home, Topic
from articles.models.editions import Reader
from articles.publishing.content import read
from immunoportal import languages

PER_PAGE = 12
LATEST = 6


def article_page(edition: Edition, editions: dict[str, Edition]) -> dict:
    """Return what the page of an article shows; the edition need not be stored.

    Args:
        edition: the one to show.
        editions: by language, all live editions of the article.
    """
    content = read(edition)
    return {
        "edition": edition,
        "content": content,
        "pictures": pictures_of(figure["image"] for figure in content.figures),
        "first_figure": next(iter(content.figures), None),
        "noindex": not edition.is_public,
        "alternates": [
            languages.Alternate(code, editions[code].get_absolute_url())
            for code in languages.codes()
            # What one language reserves, the other one does not point at.
            if code in editions and editions[code].audience == edition.audience
        ],
    }


def live_editions(slug: str, language: str) -> dict[str, Edition]:
    """Return the live editions, by language, of the article whose page in a language has a slug."""
    # One query for the page and for where its language switch leads.
    live = Edition.objects.live()
    holder = live.in_language(language).filter(slug=slug).values("article")
    found = live.filter(article__in=holder).select_related("topic")
    return {edition.language: edition for edition in found}


def editions_that_had(slug: str, user: Reader) -> list[Edition]:
    """Return the live editions, in any language, of the articles that have or once had a slug.

    Only those that the user may read, so that nothing is told of the others.
    """
    known = Edition.objects.exclude(pk__in=Edition.objects.scheduled().values("pk"))
    articles = known.filter(slug=slug).values("article")
    live = Edition.objects.live().for_reader(user)
    spoken = languages.codes()
    found = live.filter(article__in=articles, language__in=spoken).defer("content", "plain_text")
    return sorted(found, key=lambda edition: spoken.index(edition.language))


def home_page(language: str) -> dict:
    """Return what the home page shows: hero line, featured article, topics, latest articles."""
    page = Home.get()
    editions = public_editions(language)
    featured = editions.filter(article_id=page.featured_id).first() if page.featured_id else None
    latest = list(editions[: LATEST + 1])
    featured = featured or next(iter(latest), None)
    latest = [edition for edition in latest if edition != featured][:LATEST]
    return {
        "page": page,
        "featured": featured,
        "latest": latest,
        "topics": topics_with_articles(language),
        "pictures": pictures_in_list([featured, *latest] if featured else latest),
        "alternates": languages.alternates(lambda: reverse("articles:home")),
        "x_default": reverse("choose_language"),
    }


def public_editions(language: str) -> QuerySet[Edition]:
    """Return the articles that everyone may read in a language, for lists, the newest first."""
    return Edition.objects.live().public().in_language(language).for_lists().newest_first()


def reserved_editions(language: str, user: Reader) -> QuerySet[Edition]:
    """Return the articles for health professionals in a language, if the user may read them."""
    live = Edition.objects.live().for_reader(user).for_professionals()
    return live.in_language(language).for_lists().newest_first()


def list_page(
    editions: QuerySet[Edition],
    number: str | int,
    url_in: Callable[[], str | None],
    spoken: Iterable[str] | None = None,
) -> dict:
    """Return what one page of a list of articles shows.

    Args:
        editions: all of the list.
        number: of the page, from 1.
        url_in: gives the address of the list in the active language.
        spoken: the languages that have the list; all, unless told otherwise.

    Raises:
        InvalidPage: there is no page of that number.
    """
    page = Paginator(editions, PER_PAGE).page(number)
    return {
        "page": page,
        "pictures": pictures_in_list(page),
        # The further pages of a list have no twin: another language lists other articles.
        "alternates": languages.alternates(url_in, spoken) if page.number == 1 else [],
    }


def pictures_in_list(editions: Iterable[Edition]) -> dict[str, Picture]:
    """Return how to show the pictures of a list, by digest."""
    return pictures_of(edition.image.digest for edition in editions if edition.image)


def topics_with_articles(language: str) -> QuerySet[Topic]:
    """Return the topics that have a page in a language and something on it, in their order."""
    live = Edition.objects.live().public().in_language(language)
    return topics_with_page(language).filter(pk__in=live.order_by().values("topic"))


def topics_with_page(language: str) -> QuerySet[Topic]:
    """Return the topics that have a name and a slug in a language."""
    # Neither missing (NULL) nor empty.
    return Topic.objects.filter(**{f"name_{language}__gt": "", f"slug_{language}__gt": ""})


def languages_of(topic: Topic) -> list[str]:
    """Return the languages in which a topic has articles that everyone may read."""
    live = topic.editions.live().public()
    spoken = set(live.order_by().values_list("language", flat=True).distinct())
    return [code for code in languages.codes() if code in spoken]

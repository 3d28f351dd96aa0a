"""What pages say of themselves to machines: nodes of schema.org, in one graph a page (JSON-LD 1.1).

The nodes that every page has are made here, and those that more than one app needs; all ids and
addresses are absolute. A property without a value is left out.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

from django.conf import settings
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.translation import get_language

from immunoportal import languages, registry

Node = dict[str, Any]
# A name, and the path of its page.
Named = tuple[str, str]

# In a script element, none of these may stand as itself; the last two end a line in old scripts.
_ESCAPES = {ord(each): f"\\u{ord(each):04x}" for each in "<>&\u2028\u2029"}


class Publisher(Protocol):
    """Who answers for the site."""

    name: str
    street: str
    postal_code: str
    city: str
    country: str
    email: str
    vat_number: str

    @property
    def websites(self) -> list[str]: ...


def encoded(nodes: Iterable[Node]) -> str:
    """Return nodes as they stand in a graph, for a script element of a page."""
    return ",".join(
        json.dumps(each, ensure_ascii=False, separators=(",", ":")).translate(_ESCAPES)
        for each in nodes
    )


def node(type: str, /, **properties: Any) -> Node:
    """Return a node without the properties that have no value; ``id`` is its ``@id``."""
    id = properties.pop("id", "")
    named = {"@type": type, **({"@id": id} if id else {})}
    return named | {name: value for name, value in properties.items() if value}


def absolute(path: str) -> str:
    return f"{settings.SITE_URL}{path}"


def id_of(path: str, name: str) -> str:
    """Return the id of what a page is or has."""
    return f"{absolute(path)}#{name}"


def reference(id: str) -> Node:
    """Return what stands for a node that is described elsewhere."""
    return {"@id": id}


def moment(at: datetime) -> str:
    """Return a moment as readers see it, with its offset (ISO 8601)."""
    return timezone.localtime(at).isoformat(timespec="seconds")


def publisher_id() -> str:
    return id_of("/", "publisher")


def website_id() -> str:
    return id_of("/", "website")


def site_nodes(publisher: Publisher, telephone: str) -> list[Node]:
    """Return the nodes of the publisher and of the site, in the active language.

    Args:
        telephone: of the publisher, with its country code.
    """
    return [organization(publisher, telephone), website()]


# The pages about the site that tell of its publisher, by what schema.org calls them.
_ABOUT_THE_PUBLISHER = {
    "publishingPrinciples": "editorial-policy",
    "correctionsPolicy": "corrections",
    "ownershipFundingInfo": "funding",
}


def organization(publisher: Publisher, telephone: str) -> Node:
    """Return the node of the publisher; see ``site_nodes``."""
    address = node(
        "PostalAddress",
        streetAddress=publisher.street,
        postalCode=publisher.postal_code,
        addressLocality=publisher.city,
        addressCountry=publisher.country,
    )
    url, *others = [*publisher.websites, ""]
    about = {
        name: absolute(path)
        for name, key in _ABOUT_THE_PUBLISHER.items()
        if (path := registry.site_page_url(key, str(get_language())))
    }
    return node(
        "Organization",
        id=publisher_id(),
        name=publisher.name,
        url=url,
        sameAs=[other for other in others if other],
        address=address if len(address) > 1 else None,
        telephone=telephone,
        email=publisher.email,
        # What is stored are the digits of an Italian number.
        vatID=publisher.vat_number and f"IT{publisher.vat_number}",
        **about,
    )


def website() -> Node:
    """Return the node of the site, with its search if it has one."""
    return node(
        "WebSite",
        id=website_id(),
        url=absolute(reverse("articles:home")),
        name=settings.SITE_NAME,
        inLanguage=languages.codes(),
        publisher=reference(publisher_id()),
        potentialAction=_search(),
    )


def _search() -> Node | None:
    try:
        address = reverse("articles:search")
    except NoReverseMatch:
        return None
    target = node("EntryPoint", urlTemplate=f"{absolute(address)}?q={{search_term_string}}")
    return node("SearchAction", target=target)


def page(type: str, path: str, name: str, **properties: Any) -> Node:
    """Return the node of a page of the site, in the active language."""
    return node(
        type,
        id=id_of(path, "page"),
        url=absolute(path),
        name=name,
        inLanguage=get_language(),
        isPartOf=reference(website_id()),
        **properties,
    )


def breadcrumb(path: str, steps: Sequence[Named]) -> Node:
    """Return the node of the way to a page, the steps as its readers see them."""
    return node(
        "BreadcrumbList", id=id_of(path, "breadcrumb"), itemListElement=_items(steps, "item")
    )


def collection(
    path: str,
    name: str,
    description: str,
    items: Sequence[Named],
    *,
    start: int = 1,
    steps: Sequence[Named] = (),
) -> list[Node]:
    """Return the nodes of a page that lists others.

    Args:
        start: the place of its first item in the whole list.
        steps: the way to the page, if it shows one.
    """
    way = breadcrumb(path, steps) if steps else None
    listed = node("ItemList", itemListElement=_items(items, "url", start))
    described = page(
        "CollectionPage",
        path,
        name,
        description=description,
        breadcrumb=way and reference(way["@id"]),
        mainEntity=listed if items else None,
    )
    return [described, *([way] if way else [])]


def _items(named: Iterable[Named], address: str, start: int = 1) -> list[Node]:
    """Return the items of a list; what Google asks for differs by list."""
    return [
        node("ListItem", position=position, name=name, **{address: absolute(path)})
        for position, (name, path) in enumerate(named, start)
    ]


def defined_term_set(path: str, name: str, description: str, terms: Iterable[Named]) -> Node:
    """Return the node of a glossary, in the active language.

    Args:
        path: of its page.
        terms: each with the path of its own page.
    """
    return node(
        "DefinedTermSet",
        id=id_of(path, "terms"),
        url=absolute(path),
        name=name,
        description=description,
        inLanguage=get_language(),
        hasDefinedTerm=[
            node("DefinedTerm", id=id_of(each, "term"), name=term, url=absolute(each))
            for term, each in terms
        ],
    )


def defined_term(
    path: str,
    name: str,
    definition: str,
    *,
    of: str,
    aliases: Sequence[str] = (),
    translations: Mapping[str, str] | None = None,
) -> Node:
    """Return the node of a term, in the active language.

    Args:
        path: of its page.
        definition: plain text.
        of: the path of the glossary's page.
        aliases: other names of the same.
        translations: by language, the path of the same term's page there.
    """
    return node(
        "DefinedTerm",
        id=id_of(path, "term"),
        url=absolute(path),
        name=name,
        alternateName=list(aliases),
        description=definition,
        inDefinedTermSet=reference(id_of(of, "terms")),
        sameAs=[
            id_of(each, "term")
            for language, each in (translations or {}).items()
            if language != get_language()
        ],
    )

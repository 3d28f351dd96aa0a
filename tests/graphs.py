"""Reading the structured data of a page as a machine does: JSON-LD, expanded by its rules.

Nothing is fetched: the context of schema.org is one that says the same of the words used here.
"""

import json
from collections.abc import Iterator
from typing import Any

from pyld import jsonld

from tests.pages import page_of

VOCABULARY = "https://schema.org/"
# As in https://schema.org/docs/jsonldcontext.json.
_CONTEXT = {
    "type": "@type",
    "id": "@id",
    "@vocab": VOCABULARY,
    "url": {"@id": "url", "@type": "@id"},
    "sameAs": {"@id": "sameAs", "@type": "@id"},
    "datePublished": {"@id": "datePublished", "@type": "Date"},
    "dateModified": {"@id": "dateModified", "@type": "Date"},
}


def _load(url: str, options: dict[str, Any]) -> dict[str, Any]:
    assert url == VOCABULARY.rstrip("/"), f"no page may need {url}"
    return {"contextUrl": None, "documentUrl": url, "document": {"@context": _CONTEXT}}


def graph_of(response) -> dict[str, dict]:
    """The nodes of a page by their types; it has one graph, and no type twice."""
    element = page_of(response).one("script", type="application/ld+json")
    graph = json.loads(element.text)
    expanded = jsonld.expand(graph, {"documentLoader": _load})
    # Nothing was dropped that the rules do not know.
    assert len(expanded) == len(graph["@graph"])
    nodes = {node["@type"]: node for node in graph["@graph"]}
    assert len(nodes) == len(graph["@graph"])
    return nodes


def has_graph(response) -> bool:
    return b"application/ld+json" in response.content


def used_in(response) -> Iterator[tuple[str, str]]:
    """Yield the types and properties that a page uses, as a machine reads them."""
    element = page_of(response).one("script", type="application/ld+json")

    def walk(value: Any) -> Iterator[tuple[str, str]]:
        if isinstance(value, list):
            for each in value:
                yield from walk(each)
        elif isinstance(value, dict) and "@value" not in value:
            (type,) = value.get("@type", [""])
            for name, inner in value.items():
                if name.startswith(VOCABULARY):
                    yield type.removeprefix(VOCABULARY), name.removeprefix(VOCABULARY)
                    assert inner not in ([], [{"@value": ""}]), f"{name} says nothing"
                    yield from walk(inner)

    yield from walk(jsonld.expand(json.loads(element.text), {"documentLoader": _load}))

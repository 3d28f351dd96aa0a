"""Register what editors use: it lives in the room ``articles.desk``."""

from articles.desk import (
    articles,
    documents,
    editions,
    home,
    library,
    people,
    recordings,
    redirects,
    site_notices,
    sources,
    topics,
)

__all__ = [
    "articles",
    "documents",
    "editions",
    "home",
    "library",
    "people",
    "recordings",
    "redirects",
    "site_notices",
    "sources",
    "topics",
]

"""Register what editors use: it lives in the room ``articles.desk``."""

from articles.desk import (
    articles,
    documents,
    editions,
    feedback,
    glossary,
    home,
    library,
    people,
    recordings,
    redirects,
    searched_in_vain,
    settings,
    site_notices,
    sources,
    topics,
    watched_words,
)

__all__ = [
    "articles",
    "documents",
    "editions",
    "feedback",
    "glossary",
    "home",
    "library",
    "people",
    "recordings",
    "redirects",
    "searched_in_vain",
    "settings",
    "site_notices",
    "sources",
    "topics",
    "watched_words",
]

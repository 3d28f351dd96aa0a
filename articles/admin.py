"""Register what editors use: it lives in the room ``articles.desk``."""

from articles.desk import articles, editions, home, library, people, redirects, sources, topics

__all__ = ["articles", "editions", "home", "library", "people", "redirects", "sources", "topics"]

"""Where Django looks for the admin: the editors' side is the room ``articles.desk``."""

from articles.desk import articles, editions, home, library, people, sources, topics

__all__ = ["articles", "editions", "home", "library", "people", "sources", "topics"]

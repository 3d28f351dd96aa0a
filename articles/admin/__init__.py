"""The editors' side. Everything that editors do is done here."""

from articles.admin import articles, editions, home, library

__all__ = ["articles", "editions", "home", "library"]

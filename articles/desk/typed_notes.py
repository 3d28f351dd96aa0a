"""What was typed in the publication panel and has not been used yet, until the form comes back.

It is kept in the session: an address has no room for it.
"""

from collections.abc import Iterable, Mapping

from django.http import HttpRequest

from articles.models import Article

# In the session: what was typed, by the article's number.
KEY = "typed_notes"
# In the address of the form that shows it.
TYPED = "typed"
# The session is read at each request. Of an article, nobody types more than that by hand.
_MOST_ARTICLES, _LONGEST = 5, 20_000  # characters


def keep(request: HttpRequest, article: Article, names: Iterable[str]) -> bool:
    """Keep what was posted in some fields, and nothing else of that article.

    Returns:
        Whether there is anything.
    """
    posted = {name: request.POST.get(name, "")[:_LONGEST] for name in names}
    typed = {name: value for name, value in posted.items() if value}
    of_others = dict(request.session.get(KEY, {}))
    had_some = of_others.pop(str(article.pk), None)
    if typed or had_some:
        newest = list(of_others.items())[1 - _MOST_ARTICLES :]
        request.session[KEY] = dict(newest) | ({str(article.pk): typed} if typed else {})
    return bool(typed)


def kept(request: HttpRequest, article: Article | None) -> Mapping[str, str]:
    """Return what the form is to show, by the names of the fields."""
    if article is None or TYPED not in request.GET:
        return {}
    typed: Mapping[str, str] = request.session.get(KEY, {}).get(str(article.pk), {})
    return typed

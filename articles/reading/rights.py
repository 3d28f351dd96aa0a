"""Who publishes what machines read, and to whom the rights belong.

The publisher is another app's: its template tag tells, as it does on every page.
"""

from django.template.loader import render_to_string


def publisher() -> str:
    """Return the name of the publisher."""
    return render_to_string("articles/reading/_publisher.txt").strip()


def licence() -> tuple[str, str]:
    """Return the name and the address of the licence of all texts; each empty where none is
    given."""
    name, _line, url = render_to_string("articles/reading/_licence.txt").strip().partition("\n")
    return name, url


def rights() -> str:
    """Return to whom the rights belong, and under which licence others may use the texts."""
    name, url = licence()
    under = f"{name} ({url})" if url else name
    return f"© {publisher()} – {under}" if name else f"© {publisher()}"

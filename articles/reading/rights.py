"""Who publishes what machines read, and to whom the rights belong.

The publisher is another app's: its template tag tells, as it does on every page.
"""

from django.template.loader import render_to_string


def publisher() -> str:
    """Return the name of the publisher."""
    return render_to_string("articles/reading/_publisher.txt").strip()


def rights() -> str:
    """Return to whom the rights belong."""
    return f"© {publisher()}"


def licence_url() -> str:
    """Return the address of the licence of all texts; empty where none is given."""
    return render_to_string("articles/reading/_licence.txt").strip()

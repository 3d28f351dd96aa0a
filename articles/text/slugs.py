"""Slugs and anchors from titles and headings. Pure: takes text, returns text.

``articles/static/articles/slugs.js`` does the same while a title is typed.
"""

import re

from django.utils.text import slugify

# The apostrophe of an elision ("dell'immunoterapia", "un’altra") parts two words; the one of an
# English ending ("patient's", "don’t", "they’ll") does not.
_ELISION = re.compile(r"(?<=[^\W\d_])['’](?!(?:s|t|d|m|re|ve|ll)(?![^\W_]))(?=[^\W_])", re.I)


def slug_from(title: str, max_length: int) -> str:
    """Return the slug to propose for a title, without accents: "L’età d’oro" becomes "l-eta-d-oro".

    Returns:
        At most ``max_length`` characters; nothing where the title has no Latin letter or digit.
    """
    return slugify(_ELISION.sub("-", title))[:max_length].strip("-_")

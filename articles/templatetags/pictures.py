from django import template

from articles.images.markup import SIZES

register = template.Library()


@register.inclusion_tag("articles/reading/_picture.html", takes_context=True)
def picture(context, digest, *, shown: str, alternative_text: str = "", first: bool = False):
    """An image of the library, from the renditions that the view has looked up.

    Args:
        digest: of the image, a key of the context's ``pictures``.
        shown: how wide, a key of ``SIZES``.
        alternative_text: empty for a decorative picture.
        first: whether it is seen without scrolling: then it is fetched at once.
    """
    return {
        "picture": context["pictures"].get(digest),
        "sizes": SIZES[shown],
        "alternative_text": alternative_text,
        "first": first,
    }

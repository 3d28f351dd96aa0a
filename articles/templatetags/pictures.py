from django import template

from articles.images.markup import SIZES

register = template.Library()


@register.inclusion_tag("articles/_picture.html", takes_context=True)
def picture(context, image, *, shown: str, alternative_text: str = "", first: bool = False):
    """An image of the library, from the renditions that the view has looked up.

    Args:
        image: a key of the context's ``pictures``, its digest.
        shown: how wide, a key of ``SIZES``.
        alternative_text: empty for a decorative picture.
        first: whether it is seen without scrolling: then it is fetched at once.
    """
    return {
        "picture": context["pictures"].get(image),
        "sizes": SIZES[shown],
        "alternative_text": alternative_text,
        "first": first,
    }

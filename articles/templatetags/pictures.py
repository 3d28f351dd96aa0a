from django import template

register = template.Library()

# How wide a picture is shown, for the browser to choose the file by.
SIZES = {
    "column": "(min-width: 50rem) 46rem, calc(100vw - 2.3rem)",
    "card": "(min-width: 74rem) 21rem, (min-width: 44rem) 45vw, calc(100vw - 2.3rem)",
    "row": "(min-width: 44rem) 19rem, calc(100vw - 2.3rem)",
    "featured": "(min-width: 58rem) 38rem, calc(100vw - 2.3rem)",
}


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

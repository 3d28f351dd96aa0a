from datetime import datetime

from django import template
from django.utils import dateformat, timezone
from django.utils.translation import get_language

register = template.Library()


@register.filter
def day(moment: datetime) -> str:
    """A date in words, in the language of the page: "23 novembre 2026", "23 November 2026"."""
    text = dateformat.format(timezone.localtime(moment), "j F Y")
    # Django capitalises Italian months; Italian does not.
    return text.lower() if get_language() == "it" else text

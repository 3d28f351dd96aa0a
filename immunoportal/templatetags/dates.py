from datetime import datetime

from django import template
from django.utils import dateformat, timezone
from django.utils.translation import get_language

from immunoportal import languages

register = template.Library()


@register.filter
def day(moment: datetime) -> str:
    """Return a date in words, in the language of the page: "23 November 2026"."""
    text = dateformat.format(timezone.localtime(moment), "j F Y")
    # Django capitalises the months of every language.
    return text if languages.TABLE[get_language()].capital_months else text.lower()

from datetime import date, datetime

from django import template
from django.utils import dateformat, timezone
from django.utils.translation import get_language

from immunoportal import languages

register = template.Library()


@register.filter
def day(moment: date) -> str:
    """Return a day, or that of a moment, in words, in the language of the page: "23 November
    2026"."""
    if isinstance(moment, datetime):
        moment = timezone.localtime(moment)
    text = dateformat.format(moment, "j F Y")
    # Django capitalises the months of every language.
    return text if languages.TABLE[get_language()].capital_months else text.lower()

"""The badge by which lists and pages of the admin show a state."""

from django.utils.html import format_html
from django.utils.safestring import SafeString


def state_badge(colour: str, label: object) -> SafeString:
    """Return a state as a badge.

    Args:
        colour: what ``admin.css`` has a colour for: "live", "changed", "scheduled", "withdrawn",
            or another word for the quiet one.
        label: what the badge says.
    """
    return format_html('<span class="state state-{}">{}</span>', colour, label)

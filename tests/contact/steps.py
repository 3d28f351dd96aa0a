"""What the tests of the contact form share."""

from typing import Any

from contact.forms import new_stamp
from contact.models import Subject


def data(**changes) -> dict[str, Any]:
    """A form as it is filled in, with changes; ``None`` leaves a field out."""
    filled = {
        "name": "Anna Bianchi",
        "email": "anna@example.org",
        "subject": str(Subject.objects.earliest("pk").pk),
        "text": "Buongiorno.",
        "website": "",
        "stamp": new_stamp(renewed=True),
    } | changes
    return {name: value for name, value in filled.items() if value is not None}

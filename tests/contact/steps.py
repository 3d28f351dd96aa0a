"""What the tests of the contact form share."""

from contact.forms import new_stamp
from contact.models import Subject


def data(**changes) -> dict:
    """A form as it is filled in, with changes; ``None`` leaves a field out."""
    filled = {
        "name": "Anna Bianchi",
        "email": "anna@example.org",
        "subject": str(Subject.objects.all()[0].pk),
        "text": "Buongiorno.",
        "website": "",
        "stamp": new_stamp(renewed=True),
    } | changes
    return {name: value for name, value in filled.items() if value is not None}

"""What may be said of a PDF: what is found in it, or why it is refused. Pure."""

from dataclasses import dataclass
from enum import StrEnum


class Reason(StrEnum):
    """Why a document is refused."""

    EMPTY = "empty"
    NO_PDF = "no PDF"
    BROKEN = "broken"
    LOCKED = "locked"
    SCRIPTS = "scripts"
    ACTIONS = "actions"
    ATTACHED = "attached files"
    FORM = "dynamic form"
    MOVING = "sound or film"
    TOO_HEAVY = "too heavy"
    TOO_MANY_PAGES = "too many pages"
    TOO_MUCH_MEMORY = "too much memory"
    TOO_SLOW = "too slow"


class UnusableDocument(Exception):
    """The file cannot be used; as text it is a sentence for the editor.

    Attributes:
        reason: what is wrong.
        limit: the bytes or pages that the reason speaks of.
    """

    def __init__(self, reason: Reason, limit: int = 0):
        super().__init__(reason, limit)
        self.reason, self.limit = reason, limit

    def __str__(self) -> str:
        # Imported here, for the process that reads has no use for Django.
        from django.template.defaultfilters import filesizeformat
        from django.utils.translation import gettext as _

        clean = _(
            "Open it, choose “Print” and then “Save as PDF” in the place of a printer, and upload "
            "the copy."
        )
        match self.reason:
            case Reason.EMPTY:
                return _("This file is empty.")
            case Reason.NO_PDF:
                return _("This file is not a PDF. Save the document as a PDF and upload that.")
            case Reason.BROKEN:
                said = _("This PDF is broken or incomplete: it cannot be read to its end.")
            case Reason.LOCKED:
                return _(
                    "This PDF asks for a password, and readers could not open it. Save it without "
                    "a password and upload that."
                )
            case Reason.SCRIPTS:
                said = _("This PDF has a script in it, which would run on the reader’s device.")
            case Reason.ACTIONS:
                said = _(
                    "This PDF has something in it that starts programs, opens other files or "
                    "sends data."
                )
            case Reason.ATTACHED:
                said = _("This PDF has other files in it, which nobody here can look into.")
            case Reason.FORM:
                said = _(
                    "This PDF is a dynamic form (XFA), which most programs cannot show and which "
                    "may hold scripts."
                )
            case Reason.MOVING:
                said = _("This PDF has sound, video or 3D in it, which few programs can show.")
            case Reason.TOO_HEAVY:
                return _(
                    "This file is larger than %(limit)s. Save the document with smaller pictures "
                    "(“reduced size”), or in several parts."
                ) % {"limit": filesizeformat(self.limit)}
            case Reason.TOO_MANY_PAGES:
                return _("This PDF has more than %(limit)d pages. Save it in several parts.") % {
                    "limit": self.limit
                }
            case Reason.TOO_MUCH_MEMORY:
                said = _("This PDF takes so much memory that many devices could not open it.")
            case Reason.TOO_SLOW:
                said = _("This PDF took too long to read. Try again later, or make it simpler.")
        return f"{said} {clean}"


@dataclass(frozen=True)
class Found:
    """What is known of a document.

    Attributes:
        pages: how many.
        language: that it says of itself, as it writes it ("it-IT"); empty where it says none.
    """

    pages: int
    language: str

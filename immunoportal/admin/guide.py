"""The editors' guide: a page of the administration, one chapter a task, in the user's language.

The texts are templates, ``guide/<language>/<chapter>.html``. The pictures are made by
``make guide``, which has the browser test of an editor's walk take them; beside them lies what
each shows, so that the tests notice when the desk has changed and they have not.
"""

import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.template import TemplateDoesNotExist
from django.template.loader import get_template
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from immunoportal import languages
from immunoportal.languages import StrPromise

PICTURES = Path(__file__).resolve().parent.parent / "static/immunoportal/guide"

# In the order of the page. Admins name those that tell of their pages: ``GuardedAdmin.chapter``
# and ``chapters``.
CHAPTERS = {
    "first-steps": _("First steps"),
    "write": pgettext_lazy("chapter of the guide", "Write an article"),
    "pictures": _("Illustrate it"),
    "blocks": _("Tables, questions and other blocks"),
    "sources": _("Sources and citations"),
    "links": _("Links"),
    "paste": _("Paste from Word and elsewhere"),
    "media": _("Files, video and audio"),
    "checks": _("Checks while you write"),
    "words": _("Watched words and the glossary"),
    "translate": _("Translate"),
    "preview": _("Look at it before readers do"),
    "publish": _("Publish and correct"),
    "agree": _("Keep both languages true"),
    "editions": _("Earlier editions: compare and restore"),
    "withdraw": _("Withdraw a page, or warn on all of them"),
    "trouble": _("When something goes wrong"),
    "messages": _("Answer messages"),
    "accounts": _("Approve accounts"),
    "old-addresses": _("Addresses of the old site"),
    "site-pages": _("Pages of the site"),
}


@dataclass(frozen=True)
class Picture:
    """A picture of the guide.

    Attributes:
        path: among the static files.
        width, height: in pixels of the page that it shows.
        labels: what can be read in it: buttons, labels, headings.
    """

    path: str
    width: int
    height: int
    labels: list[str]


@dataclass(frozen=True)
class Chapter:
    """A chapter of the guide; its name is its anchor on the page."""

    name: str
    title: StrPromise
    template: Any


def written_in() -> str:
    """Return the user's language, or the first one in which the guide is written."""
    for language in (get_language() or "", *languages.codes()):
        try:
            get_template(f"guide/{language}/{next(iter(CHAPTERS))}.html")
        except TemplateDoesNotExist:
            continue
        return language
    raise TemplateDoesNotExist("guide")


def chapters(language: str) -> list[Chapter]:
    """Return the chapters in a language, in the order of the page."""
    return [
        Chapter(name, title, get_template(f"guide/{language}/{name}.html").template)  # type: ignore[attr-defined]
        for name, title in CHAPTERS.items()
    ]


@lru_cache
def pictures(language: str) -> dict[str, Picture]:
    """Return the pictures of the guide in a language, by their names."""
    described = json.loads((PICTURES / language / "pictures.json").read_text("utf-8"))
    return {
        name: Picture(f"immunoportal/guide/{language}/{name}.webp", **fields)
        for name, fields in described.items()
    }

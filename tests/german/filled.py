"""Fill the database of a portal that knows no German yet, and write down its editions."""

import json
import os
from pathlib import Path

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "immunoportal.settings")
django.setup()

from articles import launch_content  # noqa: E402
from articles.models import Edition  # noqa: E402
from articles.publishing import verbs  # noqa: E402
from tests.factories import make_article, make_editor, make_user, publish  # noqa: E402

EDITOR = "redazione@example.org"
READER = "reader@example.org"
SLUGS = {"it": "solo-in-italiano", "en": "only-in-english"}


def all_editions() -> list[dict]:
    """Every column of every edition, as JSON has it."""
    rows = Edition.objects.order_by("pk").values()
    return json.loads(json.dumps(list(rows), default=str))


def written_down() -> Path:
    return Path(os.environ["DATA_DIR"]) / "editions.json"


def fill() -> None:
    """The launch content, a page in one language only, one for professionals, one withdrawn."""
    editor = make_editor(email=EDITOR, preferred_language="en")
    make_user(email=READER, preferred_language="it")
    launch_content.load(by=editor)
    publish(make_article(slug_it=SLUGS["it"], english=False), "it", by=editor)
    publish(make_article(slug_en=SLUGS["en"], italian=False), "en", by=editor)
    publish(make_article(slug_it="riservato", audience="professional"), by=editor)
    withdrawn = make_article(slug_it="ritirato")
    publish(withdrawn, by=editor)
    verbs.withdraw(withdrawn, "it", by=editor)


if __name__ == "__main__":
    fill()
    written_down().write_text(json.dumps(all_editions()), "utf-8")

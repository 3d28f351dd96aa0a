"""What the form tells the scripts that read the clipboard."""

import pytest

from articles.text import html, tables
from tests.articles.desk.steps import change_url
from tests.factories import make_article
from tests.pages import page_of

pytestmark = pytest.mark.django_db


def test_the_form_says_what_it_has_room_for(editor_client, settings):
    page = page_of(editor_client.get(change_url(make_article())))

    (labels,) = [
        element
        for element in page.all("template")
        if element.attributes.get("id") == "paste-labels"
    ]
    told = {
        name: labels.attributes[f"data-{name}"] for name in ("longest", "rows", "form", "tables")
    }
    assert told == {
        # Numbers for a script, in whatever language the page is.
        "longest": str(html.MAX_LENGTH),
        "rows": str(tables.MAX_ROWS),
        "form": str(settings.DATA_UPLOAD_MAX_MEMORY_SIZE),
        "tables": "articles_table_set",
    }

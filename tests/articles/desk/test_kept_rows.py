"""Rows that somebody else has deleted meanwhile."""

import pytest

from articles.models import RichText
from tests.articles.desk.steps import change_url, form_of
from tests.factories import (
    make_article,
)

pytestmark = pytest.mark.django_db


class TestVanishedRows:
    def test_text_in_a_block_that_somebody_deleted_is_stored_anew(self, editor_client):
        article = make_article()
        key = RichText.objects.get().key
        stale = form_of(article, **{"articles_richtext_set-0-text_it": "<p>Mio.</p>"})
        editor_client.post(
            change_url(article),
            form_of(article, _save="1", **{"articles_richtext_set-0-DELETE": "on"}),
        )
        assert not RichText.objects.exists()

        refused = editor_client.post(change_url(article), stale | {"_save": "1"})
        accepted = editor_client.post(change_url(article), stale | {"overwrite": 1, "_save": "1"})

        assert "<p>Mio.</p>" in refused.text.replace("&lt;", "<").replace("&gt;", ">")
        assert accepted.status_code == 302
        assert RichText.objects.get().text_it == "<p>Mio.</p>"
        assert RichText.objects.get().key == key

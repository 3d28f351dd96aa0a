import pytest
from django.urls import reverse

from articles.models import Edition
from tests.factories import (
    make_article,
    publish,
)
from tests.pages import page_of

pytestmark = pytest.mark.django_db


class TestList:
    def test_tells_the_audience(self, editor_client):
        publish(make_article(audience="professional"), "it")
        edition = Edition.objects.get()

        rows = page_of(editor_client.get(reverse("admin:articles_edition_changelist")))
        form = editor_client.get(reverse("admin:articles_edition_change", args=[edition.pk]))

        assert "health professionals only" in rows.one("table", id="result_list").words
        assert "health professionals only" in page_of(form).one("main").words

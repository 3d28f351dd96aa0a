from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from articles.models import Edition
from tests.factories import (
    make_article,
    make_edition,
    publish,
)
from tests.pages import links_of, page_of

pytestmark = pytest.mark.django_db


class TestList:
    def test_tells_the_audience(self, editor_client):
        publish(make_article(audience="professional"), "it")
        edition = Edition.objects.get()

        rows = page_of(editor_client.get(reverse("admin:articles_edition_changelist")))
        form = editor_client.get(reverse("admin:articles_edition_change", args=[edition.pk]))

        assert "health professionals only" in rows.one("table", id="result_list").words
        assert "health professionals only" in page_of(form).one("main").words


class TestEdition:
    def test_leads_to_the_site_only_where_readers_see_it(self, editor_client):
        publish(make_article(slug_it="ora"), "it")
        live = Edition.objects.get()
        later = timezone.now() + timedelta(days=1)
        scheduled = make_edition(make_article(), valid_from=later)

        ways = [
            links_of(
                page_of(
                    editor_client.get(reverse("admin:articles_edition_change", args=[edition.pk]))
                ).one("main")
            ).get("View on site")
            for edition in (live, scheduled)
        ]

        assert ways == ["/it/articoli/ora/", None]

"""Lists of which any page costs as much as the first one."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from articles.models import Edition
from articles.reading import listing
from articles.reading.listing import Listing
from tests.factories import make_article, make_edition

pytestmark = pytest.mark.django_db

COUNT, NEAR = 23, 5
BEGINNING = datetime(2025, 1, 1, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _near(monkeypatch):
    monkeypatch.setattr(listing, "NEAR", NEAR)


@pytest.fixture(scope="class")
def editions(shared_rows):
    """Live editions, of which some have been published in the same moment; the newest first."""
    for number in range(COUNT):
        published_at = BEGINNING + timedelta(hours=number // 3)
        article = make_article(english=False)
        make_edition(article, valid_from=published_at, first_published_at=published_at)
    return list(Edition.objects.live().newest_first())


class TestListing:
    def test_has_on_each_page_what_belongs_there(self, editions):
        found: Listing[Edition] = Listing("all", Edition.objects.live())

        assert len(found) == COUNT
        for size in (1, 2, 4, 7):
            for start in range(COUNT):
                assert found[start : start + size] == editions[start : start + size], (start, size)

    def test_reads_a_page_without_skipping_many(self, editions):
        found: Listing[Edition] = Listing("all", Edition.objects.live())
        assert found.count == COUNT

        for start in range(0, COUNT, 2):
            with CaptureQueriesContext(connection) as captured:
                assert found[start : start + 2]

            # In a transaction nothing is remembered: for the middle the keys are read first.
            *keys, page = (query["sql"] for query in captured.captured_queries)
            assert len(keys) == (start >= NEAR and COUNT - (start + 2) >= NEAR)
            skipped = page.rpartition("OFFSET")[2] if "OFFSET" in page else 0
            assert int(skipped) < NEAR

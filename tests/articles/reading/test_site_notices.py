"""The notices that every page shows, from when to when."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from articles.models import SiteNotice
from articles.models.site_notices import boundaries
from immunoportal.publication import readers
from immunoportal.registry import offers
from tests.articles.reading.test_queries import queries_of
from tests.factories import logged_in, make_editor
from tests.pages import page_of

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
HOUR, TICK = timedelta(hours=1), timedelta(microseconds=1)

# Pages of each kind: public, of forms, of accounts, reserved, and errors.
RESERVED = "/it/professionisti/"
PAGES = [
    "/it/", "/it/articoli/", "/it/correzioni/", "/it/contatti/", "/it/account/login/",
    "/it/articoli/manca/", "/it/manca/", RESERVED, "/it/account/profile/",
]  # fmt: skip


def make_notice(begins_at=NOON, ends_at=None, **fields) -> SiteNotice:
    defaults = {"text_it": "Ritirato un lotto.", "text_en": "A batch was recalled."}
    return SiteNotice.objects.create(begins_at=begins_at, ends_at=ends_at, **defaults | fields)


def notices_on(page) -> list[str]:
    return [line.words for band in page.all("div", role="region") for line in band.all("p")]


@pytest.mark.django_db
class TestEveryPage:
    def test_shows_all_that_are_shown_now(self, client):
        with time_machine.travel(NOON, tick=False):
            make_notice(NOON - HOUR)
            make_notice(text_it="Un altro.", link_it="https://www.aifa.gov.it/avviso")
            make_notice(text_it="", text_en="English only.")
            make_notice(NOON + TICK, text_it="Presto.")
            make_notice(NOON - HOUR, NOON, text_it="Finito.")

            for path in PAGES:
                if path == RESERVED:
                    client = logged_in(client, make_editor())
                page = page_of(client.get(path, headers={"accept-language": "it"}))
                assert notices_on(page) == [
                    "Un altro. Maggiori informazioni su www.aifa.gov.it",
                    "Ritirato un lotto.",
                ], path
                band = page.one("div", role="region")
                assert band["aria-label"] == "Avviso a tutti i lettori"

    def test_has_no_band_without_a_notice(self, client):
        assert list(page_of(client.get("/it/")).all("div", role="region")) == []


@pytest.mark.django_db(transaction=True)
class TestMoment:
    def test_begins_and_ends_at_its_second_and_costs_no_query(self, client, monkeypatch):
        # For so long a reading of the clock holds on PostgreSQL; here time stands still.
        monkeypatch.setattr(readers, "LEASE", 0)

        def shown() -> bool:
            return "Ritirato un lotto." in client.get("/it/").content.decode()

        with time_machine.travel(NOON - TICK, tick=False):
            make_notice(NOON, NOON + HOUR)
            assert not shown()
            assert queries_of(client, "/it/") == []
        with time_machine.travel(NOON, tick=False):
            assert shown()
            assert queries_of(client, "/it/") == []
        with time_machine.travel(NOON + HOUR - TICK, tick=False):
            assert shown()
            SiteNotice.objects.get().delete()
            assert not shown()
            make_notice(NOON, NOON + HOUR)
            assert shown()
        with time_machine.travel(NOON + HOUR, tick=False):
            assert not shown()

    def test_stands_on_the_pages_of_errors_that_ask_nothing_of_the_database(self):
        client = Client(enforce_csrf_checks=True)
        make_notice(timezone.now() - HOUR, timezone.now() + HOUR)
        assert notices_on(page_of(client.post("/it/account/login/"))) == []
        client.get("/it/")

        response = client.post("/it/account/login/")

        assert response.status_code == 403
        assert notices_on(page_of(response)) == ["Ritirato un lotto."]
        with time_machine.travel(timezone.now() + 2 * HOUR, tick=False):
            assert notices_on(page_of(client.post("/it/account/login/"))) == []

    def test_is_told_to_the_clock(self):
        assert boundaries(NOON) == (None, None)
        make_notice(NOON, NOON + 2 * HOUR)
        make_notice(NOON + HOUR)

        assert boundaries(NOON - TICK) == (None, NOON)
        assert boundaries(NOON) == (NOON, NOON + HOUR)
        assert boundaries(NOON + HOUR) == (NOON + HOUR, NOON + 2 * HOUR)
        assert boundaries(NOON + 2 * HOUR) == (NOON + 2 * HOUR, None)
        assert boundaries in [function for offer in offers() for function in offer.boundaries]

"""When an editor hears that a change is public."""

import pytest
from django.db import transaction
from django.http import HttpRequest, HttpResponse

from immunoportal.publication import clock, seen
from immunoportal.publication.seen import SeenMiddleware, time_to_wait
from tests.immunoportal.publication.steps import Clock


@pytest.fixture
def lease(monkeypatch):
    shown = Clock()
    monkeypatch.setattr(clock, "_reader", shown)
    shown.lease = 0.25
    return shown


class TestTimeToWait:
    @pytest.mark.parametrize(
        ("lease_", "nginx", "since", "now", "seconds"),
        [
            (0.0, False, 0.0, 100.0, 0),
            (0.25, False, 0.0, 100.0, 0.25),
            (0.25, False, 0.2, 100.0, 0.05),
            (0.25, False, 1.0, 100.0, 0),
            # Asked for just before the change at 100.3, a page is kept until 101.
            (0.0, True, 0.0, 100.3, 0.75),
            # With the lease, a page of 101.1 may be the old one, and is kept until 102.
            (0.25, True, 0.0, 100.85, 1.2),
            # The clock of nginx may be a little fast.
            (0.0, True, 0.0, 100.97, 1.08),
        ],
    )
    def test_is_the_lease_and_the_second_of_nginx(
        self, lease, settings, lease_, nginx, since, now, seconds
    ):
        lease.lease, settings.BEHIND_NGINX = lease_, nginx

        assert time_to_wait(since, now) == pytest.approx(seconds)

    def test_is_never_longer_than_two_seconds(self, lease, settings):
        settings.BEHIND_NGINX = True

        assert max(time_to_wait(0, 100 + step / 100) for step in range(100)) < 1.5


@pytest.mark.django_db(transaction=True)
class TestMiddleware:
    @pytest.fixture
    def waited(self, monkeypatch):
        naps: list[float] = []
        monkeypatch.setattr(seen.time, "sleep", naps.append)
        return naps

    def answer(self, view):
        return SeenMiddleware(lambda _request: view() or HttpResponse("x"))(HttpRequest())

    def test_waits_after_a_public_change_is_committed(self, lease, waited):
        def change():
            with transaction.atomic():
                clock.advance()
                assert waited == []

        self.answer(change)

        assert waited == [pytest.approx(0.25, abs=0.1)]

    def test_does_not_wait_after_anything_else(self, lease, waited):
        def fail():
            with transaction.atomic():
                clock.advance()
                transaction.set_rollback(True)

        clock.advance()  # of an earlier request of the same thread

        self.answer(fail)

        assert waited == []

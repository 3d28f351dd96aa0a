"""The admin's lists, however long they are."""

from datetime import UTC, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from contact.models import Message
from immunoportal.admin.long_lists import KeysFirstPaginator, PeriodFilter
from tests.factories import logged_in, make_editor, make_message
from tests.immunoportal.admin.steps import ADMINS, address, fill_lists
from tests.pages import page_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def editor_client(client):
    return logged_in(client, make_editor())


class TestPages:
    def test_hold_the_rows_in_their_order_from_either_end(self):
        made = [make_message() for _number in range(11)]
        rows = Message.objects.order_by("number", "pk")

        paginator = KeysFirstPaginator(rows, per_page=3)

        assert [list(paginator.page(number)) for number in paginator.page_range] == [
            made[:3], made[3:6], made[6:9], made[9:],
        ]  # fmt: skip
        assert list(KeysFirstPaginator(rows.none(), per_page=3).page(1)) == []


@pytest.mark.parametrize("model_admin", ADMINS, ids=lambda each: each.opts.label_lower)
def test_a_list_costs_the_same_number_of_queries_at_any_length(model_admin, editor_client):
    def cost() -> int:
        with CaptureQueriesContext(connection) as captured:
            editor_client.get(address(model_admin, "changelist"))
        return len(captured)

    fill_lists()
    cost()  # what the process asks once only
    few = cost()
    for _time in range(2):
        fill_lists()

    assert cost() == few


class TestShowAll:
    @pytest.mark.parametrize(
        ("query", "offered"), [("", False), ("?q=x", True), ("?language=it", True)]
    )
    def test_is_offered_where_something_is_left_out(self, editor_client, query, offered):
        url = reverse("admin:contact_message_changelist")

        page = page_of(editor_client.get(url + query))

        assert ("Show all" in page.one("form", id="changelist-search").words) is offered


class TestPeriods:
    @pytest.fixture
    def titles(self, editor_client):
        """The numbers of the messages that a query of the inbox finds."""
        for number, moment in [
            ("A", datetime(2024, 12, 31, 22, 59, tzinfo=UTC)),
            ("B", datetime(2024, 12, 31, 23, 0, tzinfo=UTC)),  # in Rome the new year has begun
            ("C", datetime(2025, 3, 5, tzinfo=UTC)),
        ]:
            make_message(number=number, created_at=moment)

        def found(query: str) -> str:
            response = editor_client.get(f"{reverse('admin:contact_message_changelist')}?{query}")
            return "".join(message.number for message in response.context["cl"].result_list)

        return found

    @pytest.mark.parametrize(
        ("query", "found"),
        [
            ("", "CBA"),
            ("period=2024", "A"),
            ("period=2025", "CB"),
            ("period=2024-12", "A"),
            ("period=2025-01", "B"),
            ("period=2025-02", ""),
            ("period=nonsense", "CBA"),
        ],
    )
    def test_bound_the_list_in_local_time(self, titles, query, found):
        assert titles(query) == found

    def test_are_offered_from_the_oldest_to_the_newest_row(self, titles, editor_client):
        url = reverse("admin:contact_message_changelist")

        def offered(query: str) -> list:
            specs = editor_client.get(f"{url}?{query}").context["cl"].filter_specs
            return next(spec for spec in specs if isinstance(spec, PeriodFilter)).lookup_choices

        assert offered("") == [("2025", "2025"), ("2024", "2024")]
        assert offered("period=2025-03") == [
            ("2025", "2025"),
            ("2025-03", "March 2025"),
            ("2025-02", "February 2025"),
            ("2025-01", "January 2025"),
            ("2024", "2024"),
        ]

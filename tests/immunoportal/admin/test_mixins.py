"""What no page of the admin sends: every admin of the site answers it in order."""

import pytest
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.messages import get_messages
from django.test import Client, RequestFactory
from django.urls import reverse

from immunoportal.admin.mixins import LONGEST_SEARCH, GuardedAdmin
from tests.factories import logged_in, make_editor
from tests.immunoportal.admin.steps import ADMINS, address, fill_lists

pytestmark = pytest.mark.django_db

HUGE = "9" * 30
# Of what the list's filters ask about.
FILTER_QUERIES = [
    ("", "x"), ("__exact", HUGE), ("__isnull", "x"), ("__gte", "x"), ("__gte", "0001-01-01"),
    ("__id__exact", "x"), ("__id__exact", HUGE), ("__year", "x"), ("__year", HUGE),
    ("__year", "9999"),
    ("", "9999"), ("", "0000-01"),
]  # fmt: skip
QUERIES = [
    ("p", "-1"), ("p", "x"), ("o", "99"), ("o", "1.-2.x"), ("all", "x"), ("q", '"'),
    ("q", "a " * 1500), ("q", "a" * 60_000), ("x", "x"), ("", "x"),
]  # fmt: skip
POPUP_QUERIES = [("_to_field", "x"), ("_to_field", "password"), ("_popup", "x")]


@pytest.fixture(scope="class")
def site(shared_rows):
    fill_lists()


@pytest.fixture
def client(site):
    """A superuser at a site in which the lists have rows; a fault is answered, not raised."""
    return logged_in(Client(raise_request_exception=False), make_editor())


def faults(client, address: str, queries) -> list[tuple[str, str]]:
    return [
        (name, value[:40])
        for name, value in queries
        if client.get(address, {name: value}).status_code >= 500
    ]


def declared(model_admin) -> list[str]:
    """What the list can be filtered by."""
    return [getattr(each, "parameter_name", each) for each in model_admin.list_filter]


# The warnings are Django's: a day without its hour, and what its next version does otherwise.
@pytest.mark.filterwarnings("ignore:DateTimeField", "ignore:The default scheme will be changed")
@pytest.mark.parametrize("model_admin", ADMINS, ids=lambda each: each.opts.label_lower)
class TestEveryAdmin:
    def test_is_guarded(self, model_admin):
        assert isinstance(model_admin, GuardedAdmin)

    def test_answers_any_query_of_its_list(self, client, model_admin):
        about_fields = [(f"{field.name}__contains", "x") for field in model_admin.opts.get_fields()]
        about_filters = [
            (f"{name}{ending}", value)
            for name in declared(model_admin)
            for ending, value in FILTER_QUERIES
        ]
        queries = QUERIES + POPUP_QUERIES + about_fields + about_filters

        assert faults(client, address(model_admin, "changelist"), queries) == []

    def test_answers_any_query_of_a_form(self, client, model_admin):
        row = model_admin.model._default_manager.first() or model_admin.model(pk=1)
        prefilled = {field.name: "x" for field in model_admin.opts.get_fields()}

        assert client.get(address(model_admin, "add"), prefilled).status_code < 500
        for page in ("change", "delete"):
            assert faults(client, address(model_admin, page, row.pk), POPUP_QUERIES) == [], page

    def test_answers_any_number_of_a_row(self, client, model_admin):
        for page in ("change", "delete", "history"):
            for number in ("x", HUGE):
                response = client.get(address(model_admin, page, number))

                assert response.status_code < 500, (page, number)

    def test_answers_an_action_on_rows_that_are_none(self, client, model_admin):
        request = RequestFactory().get("/")
        request.user = make_editor()
        for name in model_admin.get_actions(request):
            for number in ("x", HUGE):
                posted = {"action": name, ACTION_CHECKBOX_NAME: number, "post": "yes"}

                response = client.post(address(model_admin, "changelist"), posted)

                assert response.status_code < 500, (name, number)


class TestGuardedAdmin:
    def test_says_that_an_action_has_done_nothing(self, client):
        response = client.post(
            reverse("admin:contact_message_changelist"),
            {"action": "mark_spam", "index": "0", ACTION_CHECKBOX_NAME: "x"},
        )

        assert response.status_code == 302
        assert [str(each) for each in get_messages(response.wsgi_request)] == [
            "Nothing was done: choose the rows in the list, and try again."
        ]

    @pytest.mark.parametrize(
        ("name", "query", "status"),
        [
            ("articles_edition", "content__contains=x", 400),
            ("articles_edition", "language__exact=it", 200),
            ("articles_edition", "period=2026-11", 200),
            ("articles_edition", "period=2026-13", 302),
            ("articles_article", "state_it=live", 200),
            ("articles_article", "topic__id__exact=1", 200),
            ("articles_article", "bylines__contributor__name__contains=x", 400),
            ("accounts_user", "password__startswith=a", 400),
            ("accounts_user", "registration__state__exact=waiting", 200),
            ("accounts_registration", "user__password__startswith=a", 400),
            ("contact_message", "assignee__isnull=True", 200),
            ("immunoportal_mail", "kind=invitation", 200),
        ],
    )
    def test_takes_the_lookups_of_its_own_filters_only(self, client, name, query, status):
        response = client.get(f"{reverse(f'admin:{name}_changelist')}?{query}")

        assert response.status_code == status

    def test_finds_nothing_for_a_text_that_is_too_long_to_search(self, client):
        address = reverse("admin:contact_message_changelist")

        found = client.get(address, {"q": "Anna " * (LONGEST_SEARCH // 5)})
        too_long = client.get(address, {"q": "Anna " * (LONGEST_SEARCH // 5) + "Anna"})

        assert found.context["cl"].result_count == 1
        assert too_long.context["cl"].result_count == 0

    def test_suggests_nothing_for_one_either(self, client):
        response = client.get(
            reverse("admin:autocomplete"),
            {
                "app_label": "articles",
                "model_name": "byline",
                "field_name": "contributor",
                "term": "a " * 1500,
            },
        )

        assert response.json()["results"] == []

"""Health professionals in the admin: decided with one click."""

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client

from accounts import personal_data
from accounts.models import Registration, User
from accounts.professionals import approval, registrations
from immunoportal.mail.ledger import Mail
from tests.accounts.steps import last_mail_to, listed, mails_to, notes_of, texts_of
from tests.factories import logged_in, make_registration, make_user, member_of, staff_with
from tests.pages import page_of

pytestmark = pytest.mark.django_db

REGISTRATIONS = "/admin/accounts/registration/"
UNCONFIRMED, WAITING, APPROVED, REJECTED, WITHDRAWN = Registration.State


def decide(client, registration, verb, **data):
    data = {"seen": registration.fingerprint} | data
    return client.post(f"{REGISTRATIONS}{registration.pk}/decide/{verb}/", data, follow=True)


class TestRegistrations:
    def test_show_the_confirmed_ones_and_each_state_when_asked(self, desk):
        for state in Registration.State:
            make_registration(state=state, user=make_user(last_name=state.upper()))

        shown = {
            query: {words.split()[0] for words in listed(desk.get(f"{REGISTRATIONS}{query}"))}
            for query in ("", "?state=waiting", "?state=unconfirmed", "?state=nonsense")
        }

        decided = {"WAITING", "APPROVED", "REJECTED", "WITHDRAWN"}
        assert shown == {
            "": decided, "?state=waiting": {"WAITING"}, "?state=unconfirmed": {"UNCONFIRMED"},
            "?state=nonsense": decided,
        }  # fmt: skip

    @pytest.mark.parametrize("word", ["luisa@", "Verdolini", "luisa", "A-778", "Lecce"])
    def test_are_searched_by_what_an_editor_knows(self, desk, word):
        make_registration()
        user = make_user(email="luisa@example.com", first_name="Luisa", last_name="Verdolini")
        make_registration(user=user, number="A-778", order="OMCeO Lecce")

        assert listed(desk.get(REGISTRATIONS, {"q": word})) == ["Luisa Verdolini luisa@example.com"]

    def test_are_decided_with_one_click_in_the_list(self, desk, editor):
        approved, rejected = make_registration(), make_registration(user=make_user())
        page = page_of(desk.get(REGISTRATIONS))
        form = page.one("form", id="changelist-form")
        buttons = {button["formaction"]: button for button in form.all("button", formaction=None)}
        token = form.one("input", name="csrfmiddlewaretoken")["value"]
        strict = Client(enforce_csrf_checks=True)
        strict.cookies = desk.cookies

        for registration, verb in ((approved, "approve"), (rejected, "reject")):
            path = f"{REGISTRATIONS}{registration.pk}/decide/{verb}/"
            assert buttons[path]["formmethod"] == "post"
            assert strict.post(path).status_code == 403
            data = {"csrfmiddlewaretoken": token, "seen": buttons[path]["value"]}
            response = strict.post(path, data)
            assert response["Location"] == REGISTRATIONS

        states = dict(Registration.objects.values_list("pk", "state"))
        assert states == {approved.pk: APPROVED, rejected.pk: REJECTED}
        assert set(Registration.objects.values_list("decided_by", flat=True)) == {editor.pk}
        assert [mail.kind for mail in mails_to(approved.user.email)] == ["registration_approved"]
        assert [mail.kind for mail in mails_to(rejected.user.email)] == ["registration_rejected"]
        for registration, verb in ((approved, "approved"), (rejected, "rejected")):
            event = registration.events.get()
            assert (event.verb, event.by) == (verb, editor)
        assert not LogEntry.objects.exists()

    def test_say_what_was_done_and_how_to_take_it_back(self, desk):
        registration = make_registration(
            user=make_user(first_name="<b>Paola</b>", last_name="Verdi")
        )

        response = decide(desk, registration, "approve")

        assert notes_of(response) == [
            "<b>Paola</b> Verdi is approved, and has been told by mail. Was it a mistake?"
        ]
        link = f"{REGISTRATIONS}{registration.pk}/change/"
        assert f'href="{link}"' in response.text
        page = page_of(desk.get(link))
        buttons = [button.words for button in page.one("div", id="decision").all("button")]
        assert buttons == ["Withdraw the approval"]

    def test_are_rejected_with_a_reason_on_their_page(self, desk):
        registration = make_registration(user=make_user(preferred_language="en"))

        response = decide(
            desk, registration, "reject", reason="The number\n<12> is not there.", _from_page="1"
        )

        assert response.redirect_chain == [(f"{REGISTRATIONS}{registration.pk}/change/", 302)]
        registration.refresh_from_db()
        assert registration.reason == "The number <12> is not there."
        mail = last_mail_to(registration.user.email)
        assert all("The number <12> is not there." in text for text in texts_of(mail))

    def test_have_a_history_in_the_language_of_whoever_reads_it(self, desk, editor):
        registration = make_registration(user=make_user(first_name="Paola", last_name="Verdi"))
        decide(desk, registration, "approve")
        decide(desk, registration, "reject", reason="<i>Number</i> unknown.")
        editor.preferred_language = "it"
        editor.save()
        registrations.correct(registration, {"order": "OMCeO Lecce", "number": "1"})
        path = f"{REGISTRATIONS}{registration.pk}/history/"

        _head, *rows = page_of(desk.get(path)).one("div", id="change-history").all("tr")

        cells = [[cell.words for cell in row.all("td")] for row in rows]
        assert cells == [
            ["Paola Verdi", "Dichiarazione corretta Modificati: ordine professionale, numero di "
             "iscrizione.", "–"],
            [str(editor), "Approvazione revocata", "<i>Number</i> unknown."],
            [str(editor), "Approvata", "–"],
        ]  # fmt: skip
        assert desk.get(f"{REGISTRATIONS}abc/history/").status_code == 302

    def test_keep_the_number_of_an_editor_who_is_gone(self, desk):
        registration = make_registration()
        other = member_of("Administrators")
        approval.approve(registration, by=other)
        number = other.pk

        personal_data.erase(other)

        event = registration.events.get()
        assert (event.by_id, event.by_shown) == (number, "account eliminato")
        page = desk.get(f"{REGISTRATIONS}{registration.pk}/change/").text
        assert "deleted account: approved" in page

    def test_cut_a_reason_that_is_too_long(self, desk):
        registration = make_registration()

        decide(desk, registration, "reject", reason="x" * 10_000)

        registration.refresh_from_db()
        assert registration.reason == "x" * 500

    def test_mail_a_second_decision_of_the_same_kind_to_nobody(self, desk):
        registration = make_registration()
        decide(desk, registration, "approve")

        response = decide(desk, registration, "approve")

        assert notes_of(response) == [
            "That had been decided already. No further mail was sent."
        ]  # fmt: skip
        assert Mail.objects.count() == 1

    @pytest.mark.parametrize("change", ["number", "name"])
    def test_decide_nothing_that_the_editor_has_not_seen(self, desk, change):
        registration = make_registration()
        page = page_of(desk.get(f"{REGISTRATIONS}{registration.pk}/change/"))
        seen = page.one("input", name="seen")["value"]
        if change == "number":
            Registration.objects.update(number="999")
        else:
            User.objects.filter(pk=registration.user.pk).update(last_name="Bianchi")

        response = decide(desk, registration, "approve", seen=seen)

        assert response.redirect_chain == [(f"{REGISTRATIONS}{registration.pk}/change/", 302)]
        [note] = notes_of(response)
        assert note.startswith("Nothing is decided yet")
        registration.refresh_from_db()
        assert registration.state == WAITING
        assert not Mail.objects.exists()

        # and looked at once more, it can be decided
        seen = page_of(response).one("input", name="seen")["value"]
        decide(desk, registration, "approve", seen=seen)
        registration.refresh_from_db()
        assert registration.state == APPROVED

    def test_decide_nothing_about_an_email_that_is_not_confirmed(self, desk):
        registration = make_registration(state="unconfirmed")

        page = page_of(desk.get(f"{REGISTRATIONS}{registration.pk}/change/"))
        response = decide(desk, registration, "approve")

        assert not list(page.all("div", id="decision"))
        assert notes_of(response) == ["Nothing is decided: the email address is not confirmed yet."]
        registration.refresh_from_db()
        assert registration.state == UNCONFIRMED

    @pytest.mark.parametrize(
        "path", ["999999/decide/approve/", "1/decide/delete/", f"{'9' * 30}/decide/reject/"]
    )
    def test_answer_odd_addresses_plainly(self, desk, path):
        assert desk.post(f"{REGISTRATIONS}{path}").status_code == 404

    def test_are_not_decided_by_following_a_link(self, desk):
        registration = make_registration()

        response = desk.get(f"{REGISTRATIONS}{registration.pk}/decide/approve/")

        assert response.status_code in (403, 405)
        registration.refresh_from_db()
        assert registration.state == WAITING

    def test_can_be_seen_and_not_decided_by_who_may_only_look(self, client):
        registration = make_registration()
        logged_in(client, staff_with("view_registration"))

        page = page_of(client.get(REGISTRATIONS))
        response = decide(client, registration, "approve")

        assert listed(client.get(REGISTRATIONS)) == [f"Paola Verdi {registration.user.email}"]
        assert not list(page.all("button", formaction=None))
        assert response.status_code == 403
        registration.refresh_from_db()
        assert registration.state == WAITING

    def test_are_not_for_strangers_readers_and_authors(self, client):
        registration = make_registration()

        for user in (None, registration.user, member_of("Authors")):
            visitor = logged_in(Client(), user) if user else Client()
            for response in (
                visitor.get(REGISTRATIONS, follow=True),
                decide(visitor, registration, "approve"),
            ):
                assert registration.number not in response.text

        registration.refresh_from_db()
        assert registration.state == WAITING

    def test_change_nothing_that_was_declared(self, desk):
        registration = make_registration(number="1")
        path = f"{REGISTRATIONS}{registration.pk}/change/"

        assert desk.post(path, {"number": "2", "state": "approved"}).status_code == 403
        assert desk.get(f"{REGISTRATIONS}add/").status_code == 403
        assert desk.post(f"{REGISTRATIONS}{registration.pk}/delete/").status_code == 403

        registration.refresh_from_db()
        assert (registration.number, registration.state) == ("1", WAITING)

    def test_name_others_with_the_same_number(self, desk):
        registration = make_registration(number="A1")
        make_registration(user=make_user(last_name="Doppi"), number="a1", order="OMCeO Lecce")

        page = desk.get(f"{REGISTRATIONS}{registration.pk}/change/")

        assert "Doppi (physician) (OMCeO Lecce)" in page_of(page).one("main").words

    def test_cost_the_same_when_there_are_many(self, desk, django_assert_max_num_queries):
        for _ in range(20):
            make_registration(user=make_user())

        with django_assert_max_num_queries(14):
            desk.get(REGISTRATIONS)

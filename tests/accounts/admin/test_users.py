"""The accounts in the admin: health professionals decided with one click, users, and who may
change whom."""

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group
from django.test import Client

from accounts import personal_data
from accounts.models import Registration, User
from accounts.professionals import registrations
from immunoportal.mail.ledger import Mail
from tests.accounts.steps import (
    NEW_PASSWORD,
    PASSWORD,
    ask_for_reset,
    follow,
    is_logged_in,
    language_of,
    last_mail_to,
    link_of,
    log_in,
    mails_to,
    notes_of,
    send_resets,
    set_password,
    submit_in_admin,
    texts_of,
)
from tests.factories import (
    logged_in,
    make_editor,
    make_registration,
    make_user,
    member_of,
    staff_with,
)
from tests.pages import page_of

pytestmark = pytest.mark.django_db

REGISTRATIONS = "/admin/accounts/registration/"
USERS = "/admin/accounts/user/"
UNCONFIRMED, WAITING, APPROVED, REJECTED, WITHDRAWN = Registration.State


@pytest.fixture
def editor():
    return member_of("Editors", first_name="Elena", last_name="Rossi")


@pytest.fixture
def desk(client, editor):
    """The client of an editor."""
    return logged_in(client, editor)


@pytest.fixture
def administrator():
    return member_of("Administrators", email="amministra@example.org")


@pytest.fixture
def office(client, administrator):
    """The client of an administrator who is no superuser."""
    return logged_in(client, administrator)


def decide(client, registration, verb, **data):
    data = {"seen": registration.fingerprint} | data
    return client.post(f"{REGISTRATIONS}{registration.pk}/decide/{verb}/", data, follow=True)


def listed(response, field="named") -> list[str]:
    """What a column of a list shows."""
    rows = page_of(response).one("table", id="result_list").one("tbody")
    return [
        cell.words for cell in rows.all() if f"field-{field}" in cell.attributes.get("class", "")
    ]


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
        registrations.approve(registration, by=other)
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
        seen = page_of(desk.get(f"{REGISTRATIONS}{registration.pk}/change/"))
        seen = seen.one("input", name="seen")["value"]
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

    def test_decide_nothing_about_an_address_that_is_not_confirmed(self, desk):
        registration = make_registration(state="unconfirmed")

        page = page_of(desk.get(f"{REGISTRATIONS}{registration.pk}/change/"))
        response = decide(desk, registration, "approve")

        assert not list(page.all("div", id="decision"))
        assert notes_of(response) == ["The address is not confirmed yet: nothing to decide."]
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


class TestNewUser:
    FORM = {"email": "Elena@EXAMPLE.org", "first_name": "Elena", "preferred_language": "it"}

    def test_is_invited_by_mail_and_chooses_the_password(self, office):
        response = office.post(f"{USERS}add/", self.FORM, follow=True)

        user = User.objects.get(email="elena@example.org")
        assert "A mail to elena@example.org says how" in " ".join(notes_of(response))
        assert not user.has_usable_password()
        (mail,) = mails_to("elena@example.org")
        assert language_of(mail) == "it"
        visitor = Client()
        path = follow(visitor, link_of(mail, "/it/account/invitation/"))
        page = page_of(visitor.get(path))
        assert page.one("h1").words == "Scelga la sua password"
        assert page.one("title").words.startswith("Scelga la sua password")
        assert user.email in page.one("main").words
        response = set_password(visitor, path)
        assert "impostata" in page_of(visitor.get(response["Location"])).one("h1").words
        log_in(visitor, user, NEW_PASSWORD)
        assert is_logged_in(visitor)
        assert "invitation" in [mail.kind for mail in mails_to(user.email)]
        assert "password_reset_key" not in [mail.kind for mail in mails_to(user.email)]

    def test_is_nothing_more_than_the_form_asks(self, office):
        office.post(
            f"{USERS}add/",
            self.FORM | {"is_staff": "on", "is_superuser": "on", "password": "x", "groups": "1"},
        )

        user = User.objects.get(email="elena@example.org")
        assert (user.is_staff, user.is_superuser, user.groups.count()) == (False, False, 0)

    @pytest.mark.parametrize(
        "email",
        ["AMMINISTRA@example.org", "amministra@ｅxample.org", "ammİnistra@example.org", "elena",
         "elena@example.org\nBcc: eva@example.org", "elena\x00@example.org", ""],
        ids=range(7),
    )  # fmt: skip
    def test_has_an_address_of_its_own(self, office, email):
        response = office.post(f"{USERS}add/", self.FORM | {"email": email})

        assert response.status_code == 200
        assert list(page_of(response).all("ul", class_="errorlist"))
        assert User.objects.count() == 1
        assert not Mail.objects.exists()


class TestUsers:
    def test_show_their_roles_and_second_factors(self, office):
        member_of("Editors", email="elena@example.org")

        response = office.get(f"{USERS}?q=elena")

        assert listed(response) == ["elena@example.org"]
        assert listed(response, "roles") == ["Editors"]

    @pytest.mark.parametrize(
        "query", ["q=%00", "second_factor=%00", "second_factor=no", "registration__state=waiting",
                  "registration__state=x", "o=9", "p=99", "groups__id__exact=x"]
    )  # fmt: skip
    def test_answer_an_odd_question_plainly(self, office, query):
        assert office.get(f"{USERS}?{query}").status_code in (200, 302, 400)

    def test_cost_the_same_when_there_are_many(self, office, django_assert_max_num_queries):
        for _ in range(25):
            member_of("Editors")

        with django_assert_max_num_queries(16):
            office.get(USERS)

    def test_show_no_hash_of_a_password(self, client, office):
        user = make_user()

        assert user.password not in office.get(f"{USERS}{user.pk}/change/").text

    def test_have_no_password_that_can_be_written_past_its_form(self, office):
        user, other = make_user(), make_user(password=NEW_PASSWORD)

        submit_in_admin(office, f"{USERS}{user.pk}/change/", password=other.password)

        user.refresh_from_db()
        assert user.check_password(PASSWORD)

    def test_are_told_at_both_addresses_when_an_administrator_changes_theirs(self, office):
        user = make_user(email="anna@example.org")

        response = submit_in_admin(office, f"{USERS}{user.pk}/change/", email="New@example.org")

        assert response.status_code == 302
        assert [mail.kind for mail in mails_to("anna@example.org")] == ["email_left"]
        assert [mail.kind for mail in mails_to("new@example.org")] == ["email_changed"]
        visitor = Client()
        log_in(visitor, "new@example.org")
        assert is_logged_in(visitor)

    def test_do_not_change_their_own_address_here(self, office, administrator):
        """It is changed in the account, with the password and at both addresses."""
        path = f"{USERS}{administrator.pk}/change/"
        assert not list(page_of(office.get(path)).all("input", name="email"))

        submit_in_admin(office, path, email="new@example.org", first_name="Ada")

        administrator.refresh_from_db()
        assert administrator.email == "amministra@example.org"
        assert administrator.first_name == "Ada"

    def test_that_are_saved_as_they_were_get_no_mail(self, office):
        user = make_user()

        submit_in_admin(office, f"{USERS}{user.pk}/change/", first_name="Anna")

        assert User.objects.get(pk=user.pk).first_name == "Anna"
        assert not Mail.objects.exists()

    def test_who_become_inactive_are_logged_out(self, office):
        user = make_user()
        visitor = Client()
        log_in(visitor, user)
        assert is_logged_in(visitor)

        response = submit_in_admin(office, f"{USERS}{user.pk}/change/", is_active=None)

        assert (response.status_code, response["Location"]) == (302, USERS)
        assert not is_logged_in(visitor)

    def test_are_invited_again(self, office):
        new = make_user(preferred_language="it", password=None)
        old, gone = make_user(preferred_language="it"), make_user(is_active=False)

        data = {"action": "send_invitation", "_selected_action": [new.pk, old.pk, gone.pk]}
        response = office.post(USERS, data, follow=True)

        assert notes_of(response) == ["2 mails are queued."]
        assert link_of(last_mail_to(new.email), "/it/account/invitation/")
        # Who has a password gets what they would get by asking themselves.
        assert last_mail_to(old.email).kind == "password_reset_key"
        assert mails_to(gone.email) == []

    def test_are_logged_out_everywhere(self, office):
        user = make_user()
        visitors = [Client(), Client()]
        for visitor in visitors:
            log_in(visitor, user)

        response = office.post(
            USERS, {"action": "end_sessions", "_selected_action": [user.pk]}, follow=True
        )  # fmt: skip

        assert notes_of(response) == ["1 user is logged out everywhere."]
        assert not any(map(is_logged_in, visitors))

    def test_are_logged_out_where_their_list_of_devices_has_lost_count(self, office, settings):
        user, visitor = make_user(), Client()
        log_in(visitor, user)
        # A new secret gives the session another key.
        settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
        settings.SECRET_KEY = "another secret"
        before = visitor.session.session_key
        assert is_logged_in(visitor)
        assert visitor.session.session_key != before

        office.post(USERS, {"action": "end_sessions", "_selected_action": [user.pk]})

        assert not is_logged_in(visitor)

    def test_can_log_themselves_out_everywhere(self, client, administrator):
        log_in(client, administrator)

        response = client.post(
            USERS, {"action": "end_sessions", "_selected_action": [administrator.pk]}
        )

        assert response.status_code == 302
        assert not is_logged_in(client)


class TestPasswordOfSomebody:
    def change(self, client, user, password=NEW_PASSWORD):
        data = {"usable_password": "true", "password1": password, "password2": password}
        return client.post(f"{USERS}{user.pk}/password/", data)

    def test_is_temporary_when_an_administrator_sets_it_and_the_user_is_told(self, office):
        editor = member_of("Editors", preferred_language="en")
        visitor = Client()
        log_in(visitor, editor)

        assert self.change(office, editor).status_code == 302

        assert not is_logged_in(visitor)
        log_in(visitor, editor, NEW_PASSWORD)
        response = visitor.get("/admin/", headers={"Accept-Language": "en"})
        assert response["Location"] == "/en/account/password/"
        assert [mail.kind for mail in mails_to(editor.email)] == ["password_changed"]

    def test_of_ones_own_is_changed_where_everybody_changes_it(self, client, administrator):
        log_in(client, administrator)

        response = self.change(client, administrator)

        assert response["Location"] == "/it/account/password/"
        administrator.refresh_from_db()
        assert administrator.check_password(PASSWORD)

    def test_follows_the_same_rules(self, office):
        user = make_user()

        response = self.change(office, user, "passwordpassword")

        assert response.status_code == 200
        assert list(page_of(response).all("ul", class_="errorlist"))
        assert User.objects.get(pk=user.pk).check_password(PASSWORD)

    @pytest.mark.parametrize("pk", ["999999", "x", "9" * 30])
    def test_of_nobody_leads_back(self, office, pk):
        assert office.get(f"{USERS}{pk}/password/").status_code in (302, 404)


class TestEscalation:
    """Nobody makes themselves, or somebody else, more than they are themselves."""

    @pytest.fixture
    def boss(self):
        return make_editor(email="boss@example.org")

    def test_of_an_administrator_to_a_superuser_is_not_possible(self, office, administrator):
        path = f"{USERS}{administrator.pk}/change/"

        submit_in_admin(office, path, is_superuser="on", user_permissions="1")

        administrator = User.objects.get(pk=administrator.pk)
        assert not administrator.is_superuser
        assert not administrator.user_permissions.exists()

    def test_through_the_account_of_a_superuser_is_not_possible(self, office, boss):
        before = User.objects.values().get(pk=boss.pk)
        sessions = Client()
        log_in(sessions, boss)
        before["last_login"] = User.objects.get(pk=boss.pk).last_login

        office.post(f"{USERS}{boss.pk}/change/", {"email": "amministra2@example.org"})
        TestPasswordOfSomebody().change(office, boss)
        office.post(f"{USERS}{boss.pk}/delete/", {"post": "yes"})
        for action in ("delete_selected", "remove_second_factor", "end_sessions"):
            office.post(USERS, {"action": action, "_selected_action": [boss.pk], "post": "yes"})

        assert User.objects.values().get(pk=boss.pk) == before
        assert is_logged_in(sessions)
        assert mails_to(boss.email) == []

    def test_through_an_account_that_is_not_active_is_not_possible(self, office):
        former = staff_with("change_article", "delete_logentry")
        former.is_active = False
        former.save()

        TestPasswordOfSomebody().change(office, former)
        response = office.post(f"{USERS}{former.pk}/change/", {"is_active": "on"})

        assert response.status_code == 403
        former.refresh_from_db()
        assert former.check_password(PASSWORD)
        assert not former.is_active

    def test_through_a_group_that_may_do_more_is_not_possible(self, client):
        user = staff_with("change_user", "view_user")
        logged_in(client, user)
        administrators = Group.objects.get(name="Administrators")

        submit_in_admin(client, f"{USERS}{user.pk}/change/", groups=[administrators.pk])

        assert not User.objects.get(pk=user.pk).has_perm("articles.publish_article")

    def test_through_a_link_in_the_ledger_of_mails_is_not_possible(self, office, boss):
        ask_for_reset(Client(), boss.email)
        send_resets()
        mail = last_mail_to(boss.email)

        page = office.get(f"/admin/immunoportal/mail/{mail.pk}/change/")

        assert page.status_code == 200
        assert mail.subject in page_of(page).one("main").words
        assert link_of(mail, "/it/account/password-reset/") not in page.text

    @pytest.mark.parametrize("lookup", ["regex", "contains", "startswith", "gt", "length__gt"])
    def test_through_questions_about_the_text_of_a_mail_is_not_possible(self, desk, boss, lookup):
        ask_for_reset(Client(), boss.email)
        send_resets()

        for value in ("password-reset", "no such text"):
            response = desk.get("/admin/immunoportal/mail/", {f"content__{lookup}": value})
            assert response.status_code == 400

    def test_by_an_editor_is_not_possible(self, desk, editor):
        for path in (f"{USERS}{editor.pk}/change/", f"{USERS}{editor.pk}/password/"):
            assert desk.post(path, {"is_superuser": "on"}).status_code == 403

        assert not User.objects.get(pk=editor.pk).is_superuser

    def test_a_superuser_may_make_another_one(self, client, boss):
        logged_in(client, boss)
        user = make_user(is_staff=True)

        submit_in_admin(client, f"{USERS}{user.pk}/change/", is_superuser="on")

        assert User.objects.get(pk=user.pk).is_superuser

    def test_an_administrator_gives_the_roles(self, office):
        user = make_user()
        editors = Group.objects.get(name="Editors")

        submit_in_admin(office, f"{USERS}{user.pk}/change/", is_staff="on", groups=[editors.pk])

        user = User.objects.get(pk=user.pk)
        assert user.is_staff
        assert user.has_perm("articles.publish_article")

    @pytest.mark.parametrize(
        "path", ["account/emailaddress/", "mfa/authenticator/", "usersessions/usersession/"]
    )
    def test_tables_of_the_log_in_are_not_in_the_admin(self, client, boss, path):
        logged_in(client, boss)

        assert client.get(f"/admin/{path}").status_code == 404


class TestDeletion:
    def test_by_an_administrator_leaves_nothing(self, office):
        user = make_registration().user

        office.post(f"{USERS}{user.pk}/delete/", {"post": "yes"})
        assert not User.objects.filter(pk=user.pk).exists()

        users = [make_user(), make_user()]
        office.post(
            USERS,
            {"action": "delete_selected", "_selected_action": [user.pk for user in users],
             "post": "yes"},
        )  # fmt: skip
        assert User.objects.count() == 1

    @pytest.mark.parametrize("at_once", [True, False])
    def test_of_the_last_superuser_is_refused_with_a_message(self, client, at_once):
        boss = make_editor()
        log_in(client, boss)

        if at_once:
            response = client.post(
                USERS, {"action": "delete_selected", "_selected_action": [boss.pk], "post": "yes"}
            )  # fmt: skip
        else:
            response = client.post(f"{USERS}{boss.pk}/delete/", {"post": "yes"})

        assert response.status_code < 500
        assert User.objects.get().is_superuser

    def test_of_oneself_is_a_log_out(self, client):
        make_editor()
        boss = make_editor()
        log_in(client, boss)

        response = client.post(f"{USERS}{boss.pk}/delete/", {"post": "yes"})

        assert response.status_code == 302
        assert not is_logged_in(client)

    def test_is_not_for_editors(self, desk):
        user = make_user()

        assert desk.post(f"{USERS}{user.pk}/delete/", {"post": "yes"}).status_code == 403

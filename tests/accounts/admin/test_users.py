"""Users in the admin, and who may change whom."""

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group
from django.test import Client

from accounts import resets, second_factor
from accounts.models import User
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
    listed,
    log_in,
    mails_to,
    notes_of,
    send_resets,
    set_password,
    submit_in_admin,
)
from tests.factories import (
    add_app,
    add_passkey,
    logged_in,
    make_editor,
    make_registration,
    make_user,
    member_of,
    staff_with,
)
from tests.immunoportal.faults import refusing
from tests.pages import page_of

pytestmark = pytest.mark.django_db

REGISTRATIONS = "/admin/accounts/registration/"
USERS = "/admin/accounts/user/"


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
    def test_has_an_email_of_its_own(self, office, email):
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

    def test_show_in_words_what_they_have_and_whether_they_may_come_in(self, office):
        member_of("Editors", email="a@example.net")
        add_app(member_of("Editors", email="b@example.net", is_active=False))

        response = office.get(f"{USERS}?q=example.net")

        assert listed(response, "second_factor_set_up") == ["–", "set up"]
        assert listed(response, "active") == ["Yes", "No"]

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

    def test_are_told_at_both_emails_when_an_administrator_changes_theirs(self, office):
        user = make_user(email="anna@example.org")

        response = submit_in_admin(office, f"{USERS}{user.pk}/change/", email="New@example.org")

        assert response.status_code == 302
        assert [mail.kind for mail in mails_to("anna@example.org")] == ["email_left"]
        assert [mail.kind for mail in mails_to("new@example.org")] == ["email_changed"]
        visitor = Client()
        log_in(visitor, "new@example.org")
        assert is_logged_in(visitor)

    def test_do_not_change_their_own_email_here(self, office, administrator):
        """It is changed in the account, with the password and at both email addresses."""
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

    def test_who_were_inactive_do_not_come_in_by_an_old_invitation(self, office):
        user = make_user(password=None)
        resets.invite(user)
        link = link_of(last_mail_to(user.email), "/it/account/invitation/")
        assert follow(Client(), link)

        for is_active in (None, "on"):
            submit_in_admin(office, f"{USERS}{user.pk}/change/", is_active=is_active)

        assert User.objects.get(pk=user.pk).is_active
        assert not follow(Client(), link)

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


class TestActOnSeveralUsers:
    """An act on several users that breaks off in the middle has done nothing."""

    def is_untouched(self, user, visitor) -> bool:
        return (
            is_logged_in(visitor)
            and second_factor.factors_of(user).exists()
            and not mails_to(user.email)
        )

    @pytest.mark.parametrize(
        ("action", "entries"),  # that it makes of one user in the audit log
        [("send_invitation", 1), ("remove_second_factor", 1), ("end_sessions", 1),
         ("delete_selected", 2)],
    )  # fmt: skip
    def test_is_done_to_all_or_to_none(self, office, action, entries):
        users, visitors = [make_user(), make_user()], [Client(), Client()]
        for user, visitor in zip(users, visitors, strict=True):
            log_in(visitor, user)
            add_passkey(user)
        office.raise_request_exception = False

        data = {"action": action, "_selected_action": [user.pk for user in users], "post": "yes"}
        with refusing('INSERT INTO "immunoportal_auditentry"', after=entries):
            response = office.post(USERS, data)

        assert response.status_code == 503
        assert all(map(self.is_untouched, users, visitors))
        assert not LogEntry.objects.exists()


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

    def test_is_set_with_the_mark_the_entry_and_the_mail_or_not_at_all(self, office):
        user = make_user()
        office.raise_request_exception = False

        with refusing('INSERT INTO "immunoportal_auditentry"'):
            response = self.change(office, user)

        assert response.status_code == 503
        user.refresh_from_db()
        assert user.check_password(PASSWORD)
        assert not user.password_is_temporary

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

"""What accounts leave in the audit log: who did what, and no secret, no name, no email address."""

import json
from datetime import timedelta

import pytest
import time_machine
from django.contrib.auth.models import Group, Permission
from django.test import Client
from django.utils import timezone

from accounts import email_changes, housekeeping, personal_data, resets
from accounts.models import User
from accounts.professionals import approval
from immunoportal.audit import AuditEntry, keyed
from immunoportal.mail.ledger import Mail
from tests.accounts.steps import (
    NEW_PASSWORD,
    PASSWORD,
    PROFILE,
    ask_for_reset,
    code_of,
    follow,
    last_mail_to,
    link_of,
    log_in,
    send_resets,
    set_password,
    submit_in_admin,
)
from tests.factories import add_app, logged_in, make_editor, make_registration, make_user, member_of
from tests.pages import page_of

pytestmark = pytest.mark.django_db

# An answer about a passkey that no browser sends.
BROKEN = '{"id": "x"}'
NEARBY = {"REMOTE_ADDR": "203.0.113.77"}
NETWORK = "203.0.113.0/24"


@pytest.fixture
def anna():
    return make_user(
        email="anna@example.org", first_name="Anna", last_name="Bianchi", preferred_language="en"
    )


def acts() -> list[tuple]:
    """What is recorded: the act, by whom, about which number of a user, and the details."""
    return list(
        AuditEntry.objects.order_by("pk").values_list("act", "by", "number", "detail", "network")
    )


def own(act: str, user: User, network="127.0.0.0/24", **detail) -> tuple:
    """What a user has done to the own account."""
    return (act, user.pk, str(user.pk), detail, network)


class TestLogIn:
    def test_is_recorded_with_the_network(self, client, anna):
        log_in(client, anna, **NEARBY)

        assert acts() == [own("logged in", anna, NETWORK)]

    @pytest.mark.parametrize("typed", ["anna@example.org", "nobody@example.org"])
    def test_that_failed_holds_nothing_but_a_keyed_hash(self, client, anna, typed):
        log_in(client, typed, "a wrong password", **NEARBY)

        (entry,) = AuditEntry.objects.all()
        assert (entry.act, entry.by_id, entry.kind, entry.number) == ("login failed", None, "", "")
        assert entry.detail.keys() == {"typed"}
        assert len(entry.detail["typed"]) == 32
        assert "example" not in entry.as_line()

    def test_that_failed_is_the_same_for_the_same(self, client, anna):
        log_in(client, "anna@example.org", "a wrong password")
        log_in(client, "ANNA@example.org", "another wrong one")
        log_in(client, "eva@example.org", "another wrong one")

        first, second, other = [detail["typed"] for _a, _b, _n, detail, _net in acts()]
        assert first == second == keyed("anna@example.org")
        assert other != first

    def test_that_fails_at_the_second_factor_says_whose(self, client, anna):
        add_app(anna)
        log_in(client, anna)

        client.post("/en/account/second-factor/authenticate/", {"code": "000000"})

        assert acts() == [
            ("second factor failed", None, str(anna.pk), {}, "127.0.0.0/24"),
        ]

    def test_that_fails_with_a_passkey_instead_says_whose(self, client, anna):
        add_app(anna)
        log_in(client, anna)

        client.post("/en/account/second-factor/authenticate/", {"credential": BROKEN})

        assert acts() == [("second factor failed", None, str(anna.pk), {}, "127.0.0.0/24")]

    def test_that_fails_with_a_passkey_alone_says_nothing_more(self, client):
        client.post("/en/account/second-factor/webauthn/login/", {"credential": BROKEN})

        assert acts() == [("login failed", None, "", {}, "127.0.0.0/24")]

    def test_that_fails_again_and_again_does_not_fill_the_log(self, client, settings):
        limits = {"login_failed_here": "2/m/ip"}
        settings.ACCOUNT_RATE_LIMITS = settings.ACCOUNT_RATE_LIMITS | limits

        for _ in range(4):
            client.post("/en/account/second-factor/webauthn/login/", {"credential": BROKEN})

        assert [act for act, *_rest in acts()] == ["login failed"] * 2

    def test_with_a_code_that_was_used_fails_as_with_a_wrong_one(self, client, anna):
        secret, _codes = add_app(anna)
        with time_machine.travel("2026-03-01T12:00:00Z", tick=False) as clock:
            code = {"code": code_of(secret)}
            for browser in (client, Client()):
                log_in(browser, anna)
                browser.post("/en/account/second-factor/authenticate/", code)
                clock.shift(31)

        assert [act for act, *_rest in acts()] == ["logged in", "second factor failed"]


class TestOwnAccount:
    def test_reset(self, client, anna):
        ask_for_reset(client, "anna@example.org")
        send_resets()
        set_password(client, follow(client, link_of(last_mail_to(anna.email))))

        asked, done, *_login = acts()
        assert asked[:3] == ("reset asked", None, "")
        assert asked[3] == {"typed": keyed("anna@example.org")}
        assert done == own("password reset", anna)

    def test_reset_is_recorded_whoever_it_is_for(self):
        resets.request_reset("nobody@example.org")

        assert [act for act, *_rest in acts()] == ["reset asked"]

    def test_first_password(self, client, anna):
        anna.set_unusable_password()
        anna.save()
        resets.invite(anna)
        link = link_of(last_mail_to(anna.email), "/en/account/invitation/")
        set_password(client, follow(client, link))

        invited, done, *_login = acts()
        assert invited == ("invited", None, str(anna.pk), {}, "")
        assert done == own("password reset", anna)

    def test_that_is_not_confirmed_with_the_right_password(self, client, anna):
        client.force_login(anna)

        client.post(f"{PROFILE}delete/", {"password": "wrong wrong wrong"})

        assert [act for act, *_rest in acts()] == ["login failed"]

    def test_that_nobody_confirmed_is_erased_by_the_site(self):
        old = timezone.now() - timedelta(days=8)
        user = make_registration(state="unconfirmed", created_at=old).user

        housekeeping.tidy_up()

        assert acts() == [("erased", None, str(user.pk), {}, "")]

    def test_password(self, client, anna):
        log_in(client, anna)

        client.post(f"{PROFILE}password/", {"oldpassword": PASSWORD, "password1": NEW_PASSWORD})

        assert acts()[1:] == [own("password changed", anna)]

    def test_email(self, anna):
        email_changes.ask(anna, "new@example.org")
        for mail in Mail.objects.order_by("pk"):
            link = link_of(mail, "/en/account/email/")
            email_changes.confirm(link.rstrip("/").rpartition("/")[2])

        assert acts() == [own("email changed", anna, "")]

    def test_second_factor(self, client, anna):
        log_in(client, anna)
        home = f"{PROFILE}second-factor/"
        again = client.get(f"{home}totp/activate/")["Location"]
        client.post(again, {"password": PASSWORD})
        page = page_of(client.get(f"{home}totp/activate/"))

        secret = page.one("code", class_="key").text
        client.post(f"{home}totp/activate/", {"code": code_of(secret)})
        client.post(f"{home}recovery-codes/generate/")
        client.post(f"{home}totp/deactivate/")

        assert acts()[1:] == [
            own("second factor added", anna, factor="totp"),
            own("second factor added", anna, factor="recovery_codes"),
            own("second factor removed", anna, factor="recovery_codes"),
            own("second factor added", anna, factor="recovery_codes"),
            own("second factor removed", anna, factor="totp"),
            own("second factor removed", anna, factor="recovery_codes"),
        ]

    def test_data_and_erasure(self, client, anna):
        client.force_login(anna)
        number = anna.pk

        data = json.loads(client.get(f"{PROFILE}data/").content)
        client.post(f"{PROFILE}delete/", {"password": PASSWORD})

        assert not User.objects.filter(pk=number).exists()
        assert [(act, by, about) for act, by, about, *_rest in acts()] == [
            ("exported", number, str(number)),
            ("erased", number, str(number)),
        ]
        assert AuditEntry.objects.latest("pk").by_shown == "deleted account"
        assert data["audit"] == []


class TestAdministration:
    @pytest.fixture
    def boss(self, client):
        user = make_editor()
        logged_in(client, user)
        return user

    def test_an_account_its_roles_and_its_rights(self, client, boss, anna):
        editors = Group.objects.get(name="Editors")
        authors = Group.objects.get(name="Authors")
        page = f"/admin/accounts/user/{anna.pk}/change/"

        submit_in_admin(client, page, is_staff="on", groups=[editors.pk])
        submit_in_admin(client, page, groups=[authors.pk], is_active=None)

        def changed(**detail) -> tuple:
            return ("rights changed", boss.pk, str(anna.pk), detail, "127.0.0.0/24")

        assert acts() == [
            changed(added=["is_staff"], removed=[]),
            changed(added=["Editors"]),
            changed(added=[], removed=["is_active"]),
            changed(removed=["Editors"]),
            changed(added=["Authors"]),
        ]

    def test_the_permissions_of_a_role(self, client, boss):
        authors = Group.objects.get(name="Authors")
        permission = authors.permissions.get(codename="view_home")
        others = authors.permissions.exclude(pk=permission.pk)

        client.post(
            f"/admin/auth/group/{authors.pk}/change/",
            {"name": "Authors", "permissions": list(others.values_list("pk", flat=True))},
        )

        (entry,) = AuditEntry.objects.all()
        assert (entry.kind, entry.number) == ("auth.group", str(authors.pk))
        assert entry.detail == {"removed": ["articles.view_home"]}

    def test_the_end_of_a_role(self, client, boss):
        role = Group.objects.create(name="Proofreaders")
        role.permissions.add(Permission.objects.get(codename="view_home"))
        reader = make_user()
        reader.groups.add(role)
        number = role.pk

        client.post(f"/admin/auth/group/{number}/delete/", {"post": "yes"})

        assert not Group.objects.filter(pk=number).exists()
        changed = AuditEntry.objects.order_by("pk").values_list("kind", "number", "detail")
        assert list(changed) == [
            ("auth.group", str(number), {"removed": ["articles.view_home"]}),
            ("accounts.user", str(reader.pk), {"removed": ["Proofreaders"]}),
        ]

    def test_a_mail_by_which_somebody_else_gets_in(self, client, boss, anna):
        new = make_user()
        new.set_unusable_password()
        new.save()

        for user in (anna, new):
            selected = {"action": "send_invitation", "_selected_action": [user.pk]}
            client.post("/admin/accounts/user/", selected)

        assert acts() == [
            (act, boss.pk, str(user.pk), {}, "127.0.0.0/24")
            for act, user in (("reset asked", anna), ("invited", new))
        ]

    def test_the_settings_of_all_accounts(self, client, boss):
        page = client.get("/admin/accounts/accountsettings/")["Location"]
        submit_in_admin(client, page, require_second_factor="on")

        (entry,) = AuditEntry.objects.all()
        assert (entry.act, entry.kind) == ("settings changed", "accounts.accountsettings")
        assert entry.detail == {"changed": ["require_second_factor"]}

    def test_what_is_done_for_somebody_else(self, client, boss, anna):
        add_app(anna)
        users = "/admin/accounts/user/"
        page = f"{users}{anna.pk}/change/"

        client.post(f"{users}add/", {"email": "new@example.org", "preferred_language": "en"})
        submit_in_admin(client, page, email="anna.bianchi@example.org")
        client.post(
            f"{users}{anna.pk}/password/", {"password1": NEW_PASSWORD, "password2": NEW_PASSWORD}
        )
        for action in ("remove_second_factor", "end_sessions"):
            client.post(users, {"action": action, "_selected_action": [anna.pk]})
        client.post(f"{users}{anna.pk}/delete/", {"post": "yes"})

        new = User.objects.get(email="new@example.org")
        assert [(act, about) for act, _by, about, *_rest in acts()] == [
            ("account created", str(new.pk)),
            ("invited", str(new.pk)),
            ("email changed", str(anna.pk)),
            ("password changed", str(anna.pk)),
            ("second factor removed", str(anna.pk)),
            ("second factor removed", str(anna.pk)),  # the recovery codes
            ("sessions ended", str(anna.pk)),
            ("erased", str(anna.pk)),
        ]
        assert {by for _act, by, *_rest in acts()} == {boss.pk}

    def test_decisions_about_health_professionals(self, anna):
        registration = make_registration(user=anna)
        editor = member_of("Editors")
        approval.reject(registration, by=editor, reason="Anna Bianchi is no nurse.")
        approval.approve(registration, by=editor)
        approval.approve(registration, by=editor)
        approval.reject(registration, by=editor)

        assert acts() == [
            (act, editor.pk, str(anna.pk), {}, "")
            for act in ("rejected", "approved", "approval withdrawn")
        ]


class TestPrivacy:
    def test_no_entry_holds_a_name_an_email_or_a_secret(self, client, anna):
        secret, codes = add_app(anna)
        log_in(client, anna, "wrong wrong wrong")
        log_in(client, anna)
        client.post("/en/account/second-factor/authenticate/", {"code": codes[0]})
        make_registration(user=anna, number="918273")
        personal_data.erase(anna)

        everything = " ".join(entry.as_line() for entry in AuditEntry.objects.all()).lower()

        assert AuditEntry.objects.count() >= 3
        for word in (
            "anna",
            "bianchi",
            "example.org",
            "wrong",
            PASSWORD,
            secret,
            codes[0],
            "918273",
        ):
            assert word.lower() not in everything

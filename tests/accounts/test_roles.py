"""What the roles may do, which the migration makes as groups."""

from importlib import import_module

import pytest
from django.apps import apps
from django.contrib.auth.models import Group, Permission

from accounts.models import User
from tests.factories import logged_in, make_user, member_of

pytestmark = pytest.mark.django_db

roles = import_module("accounts.migrations.0002_first_roles")

WRITE = {"articles.add_article", "articles.change_article", "articles.add_image"}
PUBLISH = {"articles.publish_article", "articles.delete_article", "articles.change_topic"}
HANDLE = {"contact.view_message", "contact.change_message", "contact.change_contactsettings"}
DECIDE = {"accounts.decide_registration", "accounts.view_registration", "accounts.view_user"}
ADMINISTER = {
    "accounts.add_user", "accounts.change_user", "accounts.delete_user",
    "accounts.change_accountsettings", "contact.delete_message", "articles.withdraw_file",
}  # fmt: skip
NOBODY = {
    "auth.add_group", "auth.change_group", "auth.delete_group", "auth.change_permission",
    "accounts.change_registration", "accounts.add_registration", "immunoportal.add_mail",
    "contact.add_message",
}  # fmt: skip
READ = {"articles.read_reserved"}
EVERYTHING = WRITE | PUBLISH | HANDLE | DECIDE | ADMINISTER | NOBODY | READ


class TestRoles:
    @pytest.mark.parametrize(
        ("group", "may"),
        [
            ("Authors", READ | WRITE),
            ("Editors", READ | WRITE | PUBLISH | HANDLE | DECIDE),
            ("Administrators", READ | WRITE | PUBLISH | HANDLE | DECIDE | ADMINISTER),
        ],
    )
    def test_may_do_what_they_are_for_and_no_more(self, group, may):
        user = member_of(group)

        assert {name for name in EVERYTHING if user.has_perm(name)} == may

    def test_are_all_permissions_that_exist(self):
        names = {
            f"{permission.content_type.app_label}.{permission.codename}"
            for permission in Permission.objects.select_related("content_type")
        }

        assert names >= EVERYTHING

    @pytest.mark.parametrize(
        ("group", "pages"),
        [
            ("Authors", {"articles/article/": 200, "articles/article/add/": 200,
                         "articles/image/add/": 200, "articles/topic/": 200,
                         "articles/topic/add/": 403, "contact/message/": 403,
                         "accounts/user/": 403, "accounts/registration/": 403,
                         "immunoportal/mail/": 403, "auth/group/": 403}),
            ("Editors", {"articles/topic/add/": 200, "contact/message/": 200,
                         "accounts/registration/": 200, "accounts/user/": 200,
                         "accounts/user/add/": 403, "immunoportal/mail/": 200,
                         "accounts/accountsettings/1/change/": 403, "auth/group/": 403}),
            ("Administrators", {"accounts/user/add/": 200, "auth/group/": 200,
                                "auth/group/add/": 403, "accounts/registration/": 200}),
        ],
    )  # fmt: skip
    def test_find_their_pages_in_the_admin(self, client, group, pages):
        logged_in(client, member_of(group))

        assert client.get("/admin/").status_code == 200
        found = {path: client.get(f"/admin/{path}").status_code for path in pages}

        assert found == pages

    def test_open_the_admin_to_nobody_who_is_not_staff(self, client):
        logged_in(client, member_of("Administrators", is_staff=False))

        assert client.get("/admin/accounts/user/", follow=True).status_code == 403

    def test_of_nobody_are_no_permissions(self):
        assert make_user(is_staff=True).get_all_permissions() == set()

    @pytest.mark.parametrize("role", list(roles.ROLES))
    def test_are_worth_nothing_to_who_may_not_enter_the_admin(self, role):
        assert not member_of(role, is_staff=False).get_all_permissions()

    @pytest.mark.parametrize("role", list(roles.ROLES))
    def test_are_worth_nothing_to_who_is_not_active(self, role):
        assert not member_of(role, is_active=False).get_all_permissions()


class TestMigration:
    @pytest.fixture(autouse=True)
    def _apps_as_they_are(self, monkeypatch):
        """The migration borrows the configurations of the apps, which are its own as a rule."""
        for config in apps.get_app_configs():
            monkeypatch.setattr(config, "models_module", config.models_module)

    def test_can_be_made_twice_and_leaves_what_was_added_by_hand(self):
        authors = Group.objects.get(name="Authors")
        extra = Permission.objects.get(codename="view_message")
        authors.permissions.add(extra)
        before = Group.objects.count()

        roles.create(apps, None)

        assert Group.objects.count() == before
        assert extra in authors.permissions.all()

    def test_can_be_taken_back_and_leaves_other_groups(self):
        Group.objects.create(name="Readers")
        user = member_of("Editors")

        roles.remove(apps, None)

        assert [group.name for group in Group.objects.all()] == ["Readers"]
        assert not User.objects.get(pk=user.pk).get_all_permissions()

    def test_gives_every_role_what_the_one_below_has(self):
        authors, editors, administrators = map(set, roles.ROLES.values())

        assert authors < editors < administrators

"""Users: the email address is the log-in, whatever its capitals."""

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth import authenticate, get_user_model
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone, translation

from accounts.models import Registration
from tests.factories import make_registration, make_user

pytestmark = pytest.mark.django_db

User = get_user_model()


class TestEmail:
    @pytest.mark.parametrize("again", ["anna@example.org", "ANNA@example.org", "Anna@EXAMPLE.ORG"])
    def test_is_unique_whatever_its_capitals(self, again):
        make_user(email="anna@example.org")

        with pytest.raises(IntegrityError), transaction.atomic():
            make_user(email=again)

        assert User.objects.count() == 1

    def test_is_unique_in_bulk_too(self):
        make_user(email="anna@example.org")

        with pytest.raises(IntegrityError), transaction.atomic():
            User.objects.bulk_create([User(email="ANNA@example.org")])

    @pytest.mark.parametrize("again", ["anna@example.org", "ANNA@example.org"])
    def test_that_is_taken_is_told_in_a_sentence(self, again):
        make_user(email="anna@example.org")

        with translation.override("en"):
            with pytest.raises(ValidationError) as refusal:
                User(email=again, password="x").full_clean()
            messages = refusal.value.messages

        assert "There is already an account with this email address." in messages

    def test_may_be_saved_again_with_other_capitals(self):
        user = make_user(email="anna@example.org")

        user.email = "Anna@EXAMPLE.org"
        user.full_clean()
        user.save()

        assert User.objects.get().email == "anna@example.org"

    def test_is_needed(self):
        with pytest.raises(ValueError, match="email"):
            User.objects.create_user("")

    @pytest.mark.parametrize(
        ("typed", "kept"),
        [("Anna@EXAMPLE.org", "anna@example.org"), ("anna@Città.it", "anna@xn--citt-3na.it")],
    )
    def test_is_kept_in_the_one_way_to_write_it(self, typed, kept):
        assert make_user(email=typed).email == kept
        assert User.objects.normalize_email(typed) == kept

    def test_is_the_only_confirmed_one(self):
        user = make_user(email="anna@example.org")

        user.email = "new@example.org"
        user.save()
        user.confirm_email()

        emails = user.emailaddress_set.values_list("email", "verified", "primary")
        assert list(emails) == [("new@example.org", True, True)]

    def test_of_a_superuser_is_confirmed(self):
        user = User.objects.create_superuser("anna@example.org", "x")

        assert EmailAddress.objects.get(user=user).verified


class TestLogIn:
    @pytest.mark.parametrize("typed", ["anna@example.org", "ANNA@example.ORG", "Anna@Example.org"])
    def test_finds_the_user_whatever_the_capitals(self, typed):
        user = make_user(email="Anna@example.org")

        assert User.objects.get_by_natural_key(typed) == user
        assert authenticate(username=typed, password="correct horse battery") == user

    @pytest.mark.parametrize("typed", ["", "anna", "anna_@example.org", "%@example.org", "ann%"])
    def test_takes_no_wildcards(self, typed):
        make_user(email="anna1@example.org")

        with pytest.raises(User.DoesNotExist):
            User.objects.get_by_natural_key(typed)
        assert authenticate(username=typed, password="correct horse battery") is None

    def test_is_closed_to_who_is_not_active(self):
        make_user(email="anna@example.org", is_active=False)

        assert authenticate(username="anna@example.org", password="correct horse battery") is None

    def test_is_closed_without_a_password(self):
        user = User.objects.create_user("anna@example.org")

        assert not user.has_usable_password()
        assert authenticate(username="anna@example.org", password="") is None


class TestRegistration:
    @pytest.mark.parametrize(
        ("state", "decided_at"), [("approved", None), ("waiting", timezone.now())]
    )
    def test_is_decided_at_a_time(self, state, decided_at):
        registration = make_registration()

        with pytest.raises(IntegrityError), transaction.atomic():
            Registration.objects.filter(pk=registration.pk).update(
                state=state, decided_at=decided_at
            )

    def test_is_one_a_user(self):
        registration = make_registration()

        with pytest.raises(IntegrityError), transaction.atomic():
            make_registration(user=registration.user)

    def test_outlives_whoever_has_decided_it(self):
        editor = make_user()
        registration = make_registration(state="approved", decided_by=editor)

        editor.delete()

        registration.refresh_from_db()
        assert (registration.state, registration.decided_by) == ("approved", None)


class TestUser:
    def test_may_do_nothing_at_first(self):
        user = make_user()

        assert (user.is_active, user.is_staff, user.is_superuser) == (True, False, False)
        assert user.preferred_language == "it"

    def test_a_superuser_may_do_everything(self):
        user = User.objects.create_superuser("anna@example.org", "x")

        assert user.is_staff
        assert user.has_perm("articles.publish_article")

    @pytest.mark.parametrize(
        ("fields", "full", "short"),
        [
            ({"first_name": "Anna", "last_name": "Bianchi"}, "Anna Bianchi", "Anna"),
            ({"last_name": "Bianchi"}, "Bianchi", "anna@example.org"),
            ({}, "anna@example.org", "anna@example.org"),
        ],
    )
    def test_is_called_by_name_or_else_by_email(self, fields, full, short):
        user = make_user(email="anna@example.org", **fields)

        assert str(user) == full
        assert user.get_short_name() == short

    def test_a_new_password_is_no_longer_temporary(self):
        user = make_user(password_is_temporary=True)
        user.password_is_temporary = True

        user.set_password("quite another one")

        assert user.password_is_temporary is False

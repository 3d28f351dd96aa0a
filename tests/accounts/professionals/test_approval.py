"""An editor's decision about a health professional, and the mails and alerts about it."""

import pytest
from django.core.exceptions import PermissionDenied

from accounts.models import Registration, User
from accounts.professionals import approval
from immunoportal.mail.ledger import Mail
from tests.accounts.steps import (
    language_of,
    last_mail_to,
    links_of,
    mails_to,
    reserved_is_open,
    texts_of,
)
from tests.factories import make_registration, make_user, member_of, staff_with

pytestmark = pytest.mark.django_db

UNCONFIRMED, WAITING, APPROVED, REJECTED, WITHDRAWN = Registration.State


@pytest.fixture
def editor():
    return member_of("Editors", preferred_language="en")


class TestDecision:
    @pytest.mark.parametrize("language", ["it", "en"])
    def test_approval_opens_what_is_reserved_and_is_told(self, editor, language):
        registration = make_registration(user=make_user(preferred_language=language))
        user = registration.user
        assert not reserved_is_open(user)

        assert approval.approve(registration, by=editor)

        registration.refresh_from_db()
        assert (registration.state, registration.decided_by) == (APPROVED, editor)
        assert reserved_is_open(user)
        (mail,) = Mail.objects.all()
        assert (mail.recipient, mail.kind) == (user.email, "registration_approved")
        assert language_of(mail) == language
        assert all(link.startswith(f"/{language}/") for link in links_of(mail))

    def test_rejection_says_the_reason_if_there_is_one(self, editor):
        for reason in ("", "Il numero <12345> non c'è."):
            registration = make_registration(user=make_user())
            approval.reject(registration, by=editor, reason=reason)

            mail = last_mail_to(registration.user.email)
            assert mail.kind == "registration_rejected"
            assert all(reason in text for text in texts_of(mail))
            assert not reserved_is_open(registration.user)

    def test_can_be_taken_back_with_a_mail_of_its_own(self, editor):
        registration = make_registration(state="approved")
        assert reserved_is_open(registration.user)

        told = [approval.reject(registration, by=editor, reason="Mai visto.") for _ in "12"]

        assert told == [True, False]
        assert not reserved_is_open(registration.user)
        registration.refresh_from_db()
        assert registration.state == WITHDRAWN
        (mail,) = mails_to(registration.user.email)
        assert mail.kind == "registration_withdrawn"
        assert all("revocato" in text and "Mai visto." in text for text in texts_of(mail))

        # and given once more
        assert approval.approve(registration, by=editor)
        assert reserved_is_open(User.objects.get(pk=registration.user.pk))

    def test_is_told_once(self, editor):
        registration = make_registration()

        told = [approval.approve(registration, by=editor) for _ in range(2)]

        assert told == [True, False]
        assert Mail.objects.count() == 1

    @pytest.mark.parametrize("verb", [approval.approve, approval.reject])
    def test_needs_a_confirmed_email(self, editor, verb):
        registration = make_registration(state="unconfirmed")

        with pytest.raises(approval.NotConfirmed):
            verb(registration, by=editor)

        assert not reserved_is_open(registration.user)
        assert not Mail.objects.exists()

    @pytest.mark.parametrize("verb", [approval.approve, approval.reject])
    def test_needs_the_permission(self, verb):
        registration = make_registration()

        for user in (member_of("Authors"), staff_with("view_registration"), registration.user):
            with pytest.raises(PermissionDenied):
                verb(registration, by=user)

        registration.refresh_from_db()
        assert registration.state == WAITING
        assert not Mail.objects.exists()


class TestWaiting:
    def test_counts_what_is_to_be_decided_for_those_who_decide(self, editor):
        make_registration()
        make_registration(user=make_user(), state="approved")
        make_registration(user=make_user(), state="unconfirmed")

        (waiting,) = approval.waiting(editor)

        assert waiting.count == 1
        assert approval.waiting(member_of("Authors")) == []

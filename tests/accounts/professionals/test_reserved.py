"""Who may read what is reserved for health professionals."""

import pytest

from accounts.models import Registration, User
from tests.accounts.steps import reserved_is_open
from tests.factories import make_registration, make_user

pytestmark = pytest.mark.django_db

RESERVED = "articles.read_reserved"
UNCONFIRMED, WAITING, APPROVED, REJECTED, WITHDRAWN = Registration.State


class TestApproval:
    @pytest.mark.parametrize(
        ("state", "is_open"),
        [(UNCONFIRMED, False), (WAITING, False), (APPROVED, True), (REJECTED, False)],
    )
    def test_alone_opens_what_is_reserved(self, state, is_open):
        assert reserved_is_open(make_registration(state=state).user) is is_open

    def test_opens_nothing_to_who_is_not_active(self):
        registration = make_registration(state="approved", user=make_user(is_active=False))

        assert not reserved_is_open(registration.user)

    def test_opens_nothing_but_what_is_reserved(self):
        user = make_registration(state="approved").user

        assert User.objects.get(pk=user.pk).get_all_permissions() == {RESERVED}

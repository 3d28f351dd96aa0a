import pytest

from tests.factories import logged_in, member_of


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

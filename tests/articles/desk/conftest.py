import pytest

from tests.factories import logged_in, make_editor


@pytest.fixture
def editor_client(client):
    return logged_in(client, make_editor(first_name="Elena", last_name="Rossi"))

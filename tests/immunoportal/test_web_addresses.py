"""Web addresses as people type them."""

import pytest
from django.core.exceptions import ValidationError
from django.db import models
from django.urls import reverse

from articles.models import Source
from contact.models import Publisher
from immunoportal.fields import WebAddressField
from immunoportal.web_addresses import web_address
from tests.factories import logged_in, make_editor


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("https://www.aiom.it/", "https://www.aiom.it/"),
        ("http://www.effetti.it/a?b=c&d#e", "http://www.effetti.it/a?b=c&d#e"),
        (" HTTPS://WWW.Aiom.IT/Path ", "https://www.aiom.it/Path"),
        ("www.nobelprize.org", "https://www.nobelprize.org"),
        ("nobelprize.org/prizes/", "https://nobelprize.org/prizes/"),
        ("//aiom.it/x", "https://aiom.it/x"),
        ("example.org:8080/x", "https://example.org:8080/x"),
        ("https://it.wikipedia.org/wiki/Immunità_(medicina)", None),
        ("https://example.org/?next=http://a.it/@x", None),
        ("http://192.0.2.1:8000/", None),
    ],
)
def test_are_completed(typed, meant):
    assert web_address(typed) == (meant or typed)


@pytest.mark.parametrize(
    "typed",
    [
        "", " ", "ftp://example.org/", "javascript:alert(1)", "mailto:a@example.org", "data:x",
        "https:example.org", "https://", "https:///x", "aiom", "/it/contatti/", "#x", "?a",
        'https://example.org/"x', "https://example.org/'x", "https://example.org/a b",
        "https://example.org/a\nb", "https://example.org/\x00", "https://example.org/<x>",
        "https://user:secret@example.org/", "https://user@example.org/", "anna@example.org",
        "https://example.org:port/", "https://example.org:99999/", "https://exa_mple-.org/",
        "https://[::1/", "https://example.org\\@evil.example/", "“www.aiom.it”", "https://.it/",
        "https://example.org/\u202efdp", "https://example.org/\u2066x", "http://999.1.1.1/",
    ],
)  # fmt: skip
def test_are_refused(typed):
    with pytest.raises(ValueError):  # noqa: PT011  whatever its words
        web_address(typed)


class TestField:
    @pytest.mark.parametrize(
        "field", [(Source, "url"), (Publisher, "website"), (Publisher, "other_website")]
    )
    def test_every_model_cleans_and_refuses(self, field):
        model, name = field
        column = model._meta.get_field(name)

        assert column.clean("www.aiom.it", None) == "https://www.aiom.it"
        assert column.clean("", None) == ""
        with pytest.raises(ValidationError) as refusal:
            column.clean("ftp://aiom.it/", None)
        assert refusal.value.code == "invalid"

    def test_a_form_takes_a_bare_host_and_checks_the_length_of_the_whole(self):
        field = WebAddressField(max_length=20)

        assert field.formfield().clean("www.aiom.it") == "www.aiom.it"
        with pytest.raises(ValidationError):
            field.clean("www.example.org", None)

    @pytest.mark.django_db
    def test_an_editor_types_a_bare_host_and_reads_why_another_scheme_is_refused(self, client):
        logged_in(client, make_editor())
        url = reverse("admin:articles_source_add")

        client.post(url, {"citation": "Nobel", "url": "www.nobelprize.org"})
        refused = client.post(url, {"citation": "FTP", "url": "ftp://nobelprize.org/"})

        assert Source.objects.get().url == "https://www.nobelprize.org"
        assert "This is no web address. It looks like https://" in refused.text
        assert 'value="ftp://nobelprize.org/"' in refused.text

    def test_is_an_ordinary_column(self):
        assert WebAddressField().deconstruct() == models.URLField().deconstruct()

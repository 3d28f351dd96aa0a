"""What an Italian editor reads in the admin is good Italian, whatever package it comes from."""

import pytest
from django import forms
from django.urls import reverse
from django.utils import translation

from tests.factories import make_editor, make_mail, member_of
from tests.immunoportal.admin.steps import ADMINS, address, fill_lists

pytestmark = pytest.mark.django_db

BAD = [
    # English
    "Add link", "Breadcrumbs", "Can add", "Can view", "Model name", "New item", "No items",
    "content type", "email change", "publication clock", "user session",
    # The wrong article, gender or number
    "un altro", "selezionati", "Seleziona tutti gli", "Per può", "Per creato", "Il immagine",
    # "tu"
    "Benvenuto", "Inizia a scrivere", "Sicuro di",
]  # fmt: skip


@pytest.fixture
def italian_client(client):
    """A superuser who reads Italian, at a site in which the lists have rows."""
    fill_lists()
    client.force_login(make_editor(preferred_language="it"))
    return client


# A warning of Django's: what its next version does otherwise.
@pytest.mark.filterwarnings("ignore:The default scheme will be changed")
@pytest.mark.parametrize("model_admin", ADMINS, ids=lambda each: each.opts.label_lower)
def test_no_page_speaks_english_or_bad_italian(italian_client, model_admin):
    pages = [address(model_admin, "changelist"), address(model_admin, "add")]
    row = model_admin.model._default_manager.first()
    if row is not None:
        pages += [address(model_admin, page, row.pk) for page in ("change", "delete", "history")]

    for page in pages:
        text = italian_client.get(page, follow=True).text
        assert [words for words in BAD if words in text] == [], page


def test_the_first_page_neither(italian_client):
    text = italian_client.get(reverse("admin:index")).text

    assert [words for words in BAD if words in text] == []
    assert "Accesso come" in text


def test_scripts_have_italian_for_what_they_say(italian_client):
    text = italian_client.get(reverse("admin:jsi18n")).text

    for english, italian in [
        ("Choose all %s", "Scegli tutto: %s"),
        ("Available %s", "Disponibili: %s"),
        ("Heading 2", "Titolo di livello 2"),
        ("Paragraph", "Paragrafo"),
    ]:
        assert f'"{english}": "{italian}"' in text


def test_a_list_is_headed_by_what_is_in_it(italian_client):
    listed = italian_client.get(reverse("admin:articles_article_changelist"))
    chosen = italian_client.get(reverse("admin:articles_image_changelist"), {"_popup": "1"})

    assert listed.context["title"] == "Articoli"
    assert chosen.context["title"] == "Scegli immagine"


def test_the_ledger_says_what_kind_a_mail_is(italian_client):
    mail = make_mail(kind="invitation")

    text = italian_client.get(reverse("admin:immunoportal_mail_change", args=[mail.pk])).text
    listed = italian_client.get(reverse("admin:immunoportal_mail_changelist"))

    assert "invito" in text
    kinds = listed.context["cl"].filter_specs[1].choices(listed.context["cl"])
    assert "invito" in [choice["display"] for choice in kinds]


class TestRoles:
    def test_are_called_by_their_italian_names(self, italian_client):
        text = italian_client.get(reverse("admin:auth_group_changelist")).text

        assert "Redattori" in text

    def test_are_shown_in_words_to_who_may_only_look(self, client):
        administrator = member_of("Administrators", preferred_language="it")
        client.force_login(administrator)
        role = administrator.groups.get()

        text = client.get(reverse("admin:auth_group_change", args=[role.pk])).text

        assert "Amministratori" in text
        assert "Articoli | argomento | modificare<br>" in text
        assert "Articoli | articolo | Può pubblicare e ritirare articoli<br>" in text


class Refused(forms.Form):
    email = forms.EmailField(max_length=3)
    slug = forms.SlugField(min_length=9)
    least = forms.IntegerField(min_value=2)
    most = forms.IntegerField(max_value=0)


def test_refusals_speak_to_editors_as_our_pages_do():
    with translation.override("it"):
        errors = Refused({"email": "anna", "slug": "è", "least": 1, "most": 1}).errors
        told = [str(message) for messages in errors.values() for message in messages]

    assert len(told) == 6
    assert [message for message in told if message.startswith(("Inserisci", "Assicurati"))] == []

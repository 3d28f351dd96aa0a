"""Misconfigurations that explain themselves."""

import pytest
from django.core.checks import run_checks

from immunoportal.checks import languages_have_labels, translations_are_compiled

# Some of Django's own checks ask the database what it can do.
pytestmark = pytest.mark.django_db


class TestTranslationsAreCompiled:
    def test_is_silent_when_they_are(self):
        assert translations_are_compiled(None) == []

    def test_says_what_to_do_when_they_are_not(self, settings, tmp_path):
        settings.LOCALE_PATHS = [tmp_path]

        (error,) = translations_are_compiled(None)

        assert error.id == "immunoportal.E001"
        assert "“it”" in error.msg
        assert "make translations" in (error.hint or "")

    def test_is_asked_with_all_the_others(self, settings, tmp_path):
        settings.LOCALE_PATHS = [tmp_path]

        assert "immunoportal.E001" in [message.id for message in run_checks()]

    def test_names_the_catalogue_to_write_for_a_new_language(self, settings):
        settings.LANGUAGES = [*settings.LANGUAGES, ("de", "German")]

        (error,) = translations_are_compiled(None)

        assert error.id == "immunoportal.E001"
        assert "locale/de/LC_MESSAGES/django.po" in (error.hint or "")


class TestLanguagesHaveLabels:
    def test_is_silent_when_they_do(self):
        assert languages_have_labels(None) == []

    def test_says_where_to_write_them_when_one_has_none(self, settings):
        settings.LANGUAGES = [*settings.LANGUAGES, ("de", "German")]

        (error,) = languages_have_labels(None)

        assert error.id == "immunoportal.E002"
        assert "“de”" in error.msg
        assert "TABLE in immunoportal/languages.py" in (error.hint or "")

    def test_is_asked_with_all_the_others(self, settings):
        settings.LANGUAGES = [*settings.LANGUAGES, ("de", "German")]

        assert "immunoportal.E002" in [message.id for message in run_checks()]


class TestProject:
    def test_has_nothing_to_complain_of(self):
        assert run_checks() == []

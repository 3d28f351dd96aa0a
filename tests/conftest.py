"""Fixtures of the whole suite."""

import os
from importlib import import_module

import pytest

# Playwright's synchronous API keeps an event loop in this thread, which Django would take
# for an asynchronous context.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")


@pytest.fixture(autouse=True)
def _storage_of_its_own(settings, monkeypatch, tmp_path):
    """Each test has its own originals and renditions."""
    from django.core.files.storage import storages

    from articles.models import Image

    folders = {"default": tmp_path / "originals", "renditions": tmp_path / "renditions"}
    settings.STORAGES = settings.STORAGES | {
        alias: settings.STORAGES[alias]
        | {"OPTIONS": settings.STORAGES[alias]["OPTIONS"] | {"location": folder}}
        for alias, folder in folders.items()
    }
    # A field asks for its storage once, when the model is made.
    monkeypatch.setattr(Image._meta.get_field("original"), "storage", storages["default"])


@pytest.fixture(autouse=True)
def _rows_of_the_migrations(request):
    """A test that commits leaves an empty database; what migrations have put in is put back."""
    marker = request.node.get_closest_marker("django_db")
    if marker is None or not marker.kwargs.get("transaction"):
        return
    from django.apps import apps

    request.getfixturevalue("transactional_db")
    for name, verb in (
        ("immunoportal.migrations.0002_start_the_clock", "start"),
        ("contact.migrations.0002_effetti", "create"),
        ("contact.migrations.0004_first_subjects", "create"),
        ("accounts.migrations.0004_roles", "create"),
    ):
        getattr(import_module(name), verb)(apps, None)


@pytest.fixture(autouse=True)
def _language_of_the_process():
    """A test that activates a language does not leave it to the next one."""
    from django.utils import translation

    with translation.override("it"):
        yield

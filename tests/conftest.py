"""Fixtures of the whole suite."""

import os

import pytest

# Playwright's synchronous API keeps an event loop in this thread, which Django would take
# for an asynchronous context.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")


@pytest.fixture(autouse=True)
def _storage_of_its_own(settings, tmp_path):
    """Each test has its own originals and renditions."""
    for alias, folder in {"default": "originals", "renditions": "renditions"}.items():
        settings.STORAGES[alias]["OPTIONS"]["location"] = tmp_path / folder
    settings.STORAGES = {**settings.STORAGES}


@pytest.fixture(autouse=True)
def _language_of_the_process():
    """A test that activates a language does not leave it to the next one."""
    from django.utils import translation

    with translation.override("it"):
        yield

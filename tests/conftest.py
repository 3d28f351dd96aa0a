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


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """A thread of the live server may still hold a connection when the suite ends: PostgreSQL
    would not let the database go."""
    yield
    from django.db import connection

    if connection.vendor == "postgresql":
        with django_db_blocker.unblock(), connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )


@pytest.fixture(scope="session", autouse=True)
def _rows_of_the_migrations():
    """A test that commits leaves an empty database; what migrations have put in is put back.

    Django says that it has migrated after it has emptied the tables, too.
    """
    from django.apps import apps
    from django.db.models.signals import post_migrate

    def put_back(**_signal):
        for name, verb in (
            ("immunoportal.migrations.0002_start_the_clock", "start"),
            ("contact.migrations.0002_effetti", "create"),
            ("contact.migrations.0004_first_subjects", "create"),
            ("accounts.migrations.0004_roles", "create"),
        ):
            getattr(import_module(name), verb)(apps, None)

    # The last of the apps: by then the permissions of all are there.
    post_migrate.connect(put_back, sender=apps.get_app_config("contact"), weak=False)


@pytest.fixture(scope="session")
def prepared_data(tmp_path_factory, worker_id):
    """A data directory for ``Portal`` with everything set up, made once for all processes."""
    from tests import portal

    base = tmp_path_factory.getbasetemp()
    return portal.prepared_data(base if worker_id == "master" else base.parent)


@pytest.fixture(autouse=True)
def _language_of_the_process():
    """A test that activates a language does not leave it to the next one."""
    from django.utils import translation

    with translation.override("it"):
        yield


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport():
    """What a test has logged goes from one process to another as UTF-8; some of it is none."""
    report = yield
    report.sections = [
        (title, text.encode(errors="backslashreplace").decode()) for title, text in report.sections
    ]
    return report

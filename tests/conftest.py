"""Fixtures of the whole suite."""

import gc
import io
import os
from pathlib import Path

import pytest
from hypothesis import settings as examples

# Playwright's synchronous API keeps an event loop in this thread, which Django would take
# for an asynchronous context.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")


# Each run draws other examples; a failing one is printed, so none is kept. The thorough profile
# (``--hypothesis-profile=thorough``) is for one test at a time.
examples.register_profile("suite", deadline=None, database=None)
examples.register_profile("thorough", examples.get_profile("suite"), max_examples=10_000)
examples.load_profile("suite")

HERE = Path(__file__).parent
DEPLOY = HERE / "deploy"
# Where one test takes many seconds, and waits in most of them.
BROWSER = HERE / "browser"
LONG = [HERE / "german", HERE / "contact/test_faults.py", HERE / "immunoportal/test_serve.py"]


def pytest_ignore_collect(collection_path, config):
    """The tests of several hosts need nginx, Redis and more, and run where they are named."""
    if collection_path == DEPLOY:
        named = [Path(argument.partition("::")[0]).resolve() for argument in config.args]
        return not any(path.is_relative_to(DEPLOY) for path in named)
    return None


def pytest_collection_modifyitems(config, items):
    """Have two of several processes begin with the long tests: at the end, all would wait for them.
    One of them alone starts a browser."""
    if not hasattr(config, "workerinput"):
        return
    browser = [item for item in items if item.path.is_relative_to(BROWSER)]
    long = [item for item in items if any(item.path.is_relative_to(path) for path in LONG)]
    others = {*browser, *long}
    rest = [item for item in items if item not in others]
    # Each process begins with its share of them, in their order.
    share = len(items) // config.workerinput["workercount"] - len(browser)
    items[:] = [*browser, *rest[:share], *long, *rest[share:]]


def pytest_collection_finish():
    """Hardly look for garbage: what all tests share would be looked through again and again, and
    what a test leaves goes with its last reference."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


@pytest.fixture(scope="session", autouse=True)
def _settings_as_they_were():
    """Tests leave no setting behind: each read of a setting would go through all of them."""
    from django.conf import settings

    before = settings._wrapped  # type: ignore[misc]  # which holds those that were set, in layers
    yield
    assert settings._wrapped is before  # type: ignore[misc]


@pytest.fixture(scope="session", autouse=True)
def _context_of_the_page_alone():
    """Answers tell of the context of the page alone, and not of each of a thousand widgets: to copy
    those takes a tenth of the time of a form."""
    from django.test import client

    keep = client.store_rendered_templates  # type: ignore[attr-defined]  # left out of the stubs

    def keep_first(store, **rendered):
        if "templates" not in store:
            keep(store, **rendered)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(client, "store_rendered_templates", keep_first)
        yield


@pytest.fixture(autouse=True)
def _storage_of_its_own(request, tmp_path, settings, monkeypatch):
    """Each test has its own pictures and files, if it shares no rows with others."""
    if "shared_rows" not in request.fixturenames:
        # Through the fixture, which takes back what a test has set last first: two who undo their
        # settings in another order leave some behind, and each test one more.
        settings.STORAGES = storages_in(tmp_path)
        store_originals_anew(monkeypatch)


def storages_in(folder: Path) -> dict:
    """The setting that has pictures and files stored in a folder."""
    from django.conf import settings

    folders = {"default": folder / "originals"}
    folders |= {alias: folder / alias for alias in ("renditions", "files")}
    return settings.STORAGES | {
        alias: settings.STORAGES[alias]
        | {"OPTIONS": settings.STORAGES[alias]["OPTIONS"] | {"location": location}}
        for alias, location in folders.items()
    }


def store_originals_anew(patch: pytest.MonkeyPatch) -> None:
    """Have the field of the originals ask for its storage, as it did when the model was made."""
    from django.core.files.storage import storages

    from articles.models import Image

    patch.setattr(Image._meta.get_field("original"), "storage", storages["default"])


@pytest.fixture(scope="class")
def shared_rows(django_db_setup, django_db_blocker, tmp_path_factory):
    """What fixtures of this scope make after they have asked for this one is made once for all
    tests of a class. Each test sees it as it was made: what tests change is undone."""
    from django.db import transaction
    from django.test import override_settings
    from django.utils import translation

    with (
        django_db_blocker.unblock(),
        override_settings(STORAGES=storages_in(tmp_path_factory.mktemp("shared"))),
        pytest.MonkeyPatch.context() as patch,
        translation.override("it"),
        transaction.atomic(),
    ):
        store_originals_anew(patch)
        yield
        transaction.set_rollback(True)


@pytest.fixture(autouse=True)
def _pictures_in_this_process(monkeypatch, settings):
    """A process for each picture would be slow; tests of the sandbox import the real thing."""
    from articles.images import codec, sandbox

    def render(file, *, width, format):
        file.seek(0)
        copy = io.BytesIO(file.read())
        picture = codec.open_picture(copy, max_pixels=settings.IMAGE_MAX_PIXELS)
        return codec.render(picture, width=width, format=format)

    monkeypatch.setattr(sandbox, "render", render)


@pytest.fixture(autouse=True)
def _documents_in_this_process(monkeypatch, settings):
    """The same for PDFs."""
    from articles.files import documents, pdf_reader

    def look_into(file):
        return pdf_reader.look_into(file, max_pages=settings.DOCUMENT_MAX_PAGES)

    monkeypatch.setattr(documents, "look_into", look_into)


@pytest.fixture(autouse=True)
def _recordings_in_this_process(monkeypatch):
    """The same for videos and sound."""
    from articles.files import recording_probe, recordings

    monkeypatch.setattr(recordings, "look_into", recording_probe.examine)


@pytest.fixture(scope="session")
def migrated_database(request, django_db_modify_db_settings):
    """Where a database that has gone through all migrations is kept, on SQLite, from one run of
    the suite to the next: they take four seconds of each process."""
    from django.db import connection

    from tests.database import migrated

    if connection.vendor == "sqlite" and hasattr(request.config, "cache"):
        return migrated(request.config.cache.mkdir("migrated"))
    return None


@pytest.fixture(scope="session")
def django_db_keepdb(migrated_database, django_db_keepdb):
    from tests.database import begin_with

    has_begun = migrated_database is not None and begin_with(migrated_database)
    return has_begun or django_db_keepdb


@pytest.fixture(scope="session")
def django_db_setup(migrated_database, django_db_keepdb, django_db_setup, django_db_blocker):
    """Tests that commit leave the rows of the migrations behind them, and nothing else."""
    from django.db import connection
    from django.test import TransactionTestCase

    from tests.database import empty_tables, keep_migrated, rows_of_all_tables

    with django_db_blocker.unblock():
        if migrated_database is not None and not django_db_keepdb:
            keep_migrated(migrated_database)
        rows = rows_of_all_tables()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            TransactionTestCase, "_fixture_teardown", lambda *_arguments: empty_tables(but=rows)
        )
        yield
    if django_db_keepdb:
        with django_db_blocker.unblock():
            connection.close()
    # A thread of the live server may still hold a connection when the suite ends: PostgreSQL
    # would not let the database go.
    if connection.vendor == "postgresql":
        with django_db_blocker.unblock(), connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )


@pytest.fixture(scope="session")
def prepared_data(tmp_path_factory, worker_id):
    """A data directory for ``Portal`` with everything set up, made once for all processes."""
    from tests import portal

    base = tmp_path_factory.getbasetemp()
    return portal.prepared_data(base if worker_id == "master" else base.parent)


@pytest.fixture(autouse=True)
def _nothing_remembered():
    """What one test has seen published is not remembered by the next one."""
    from immunoportal.publication import clock

    clock.forget()


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


def pytest_terminal_summary(terminalreporter):
    """Print what tests have counted."""
    for report in terminalreporter.getreports("passed"):
        for name, value in report.user_properties:
            terminalreporter.write_line(f"{name}: {value}")

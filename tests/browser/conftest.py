"""A real browser against a real server: what readers and editors go through.

Where no Chromium is installed these tests are left out, and the summary says so; with
CI=true a missing browser is a failure.
"""

import mimetypes
import os
import shutil
import threading
import time
from pathlib import Path

import pytest
from django.core.signals import request_finished, request_started

from tests.mail_server import eventually

CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
HERE = Path(__file__).parent
PATIENCE = 30_000  # milliseconds
# What Chromium has for somebody who sits in front of it. The list under its address line is two
# pages of its own for each window, which hear of everything and cost as much as the page itself.
# The list takes the place of Playwright's own, of which it has what can matter here.
SWITCHED_OFF = [
    "WebUIOmniboxPopup",
    "WebUIOmniboxAimPopup",
    "AimEnabled",
    "AvoidCorsURLLoaderRestartOnRedirect",
    "AvoidUnnecessaryBeforeUnloadCheckSync",
    "DestroyProfileOnBrowserClose",
    "HttpsUpgrades",
    "HttpsFirstBalancedModeAutoEnable",
    "LensOverlay",
    "MediaRouter",
    "NetworkTimeServiceQuerying",
    "OptimizationHints",
    "PaintHolding",
    "PreconnectToSearch",
]

# The live server sends static files without our middleware.
mimetypes.add_type("application/speculationrules+json", ".speculationrules")


def pytest_collection_modifyitems(items):
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.browser)
            # The server's thread sees committed rows only.
            item.add_marker(pytest.mark.django_db(transaction=True))


@pytest.fixture(scope="session")
def browser():
    if not CHROMIUM:
        if os.environ.get("CI"):
            pytest.fail("Chromium is not installed, and CI runs all tests.")
        pytest.skip("Chromium is not installed: the browser tests are left out.")
    from playwright.sync_api import expect, sync_playwright

    # For a slow machine; nothing waits for it when all is well.
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=[
                "--no-sandbox",
                "--disable-dev-shm-usage",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
                "--no-first-run",
                f"--disable-features={','.join(SWITCHED_OFF)}",
                # Pages live for seconds: to compile their scripts well, or to keep a process ready
                # for the next site, costs more than it saves.
                "--js-flags=--no-opt --no-maglev",
                "--renderer-process-limit=1",
                "--disable-site-isolation-trials",
                # Nothing but this machine is ever resolved.
                "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1 , EXCLUDE localhost",
            ],
        )
        yield chromium
        chromium.close()


@pytest.fixture
def context(browser, live_server, settings, answering):
    """A browser of an English-speaking visitor; at the end, no page may have complained."""
    settings.SITE_URL = live_server.url
    context = browser.new_context(
        base_url=live_server.url, locale="en-GB", viewport={"width": 1280, "height": 900}
    )
    context.set_default_timeout(PATIENCE)
    complaints = []

    def listen(page):
        page.on("pageerror", lambda error: complaints.append(f"{page.url}: {error}"))
        page.on(
            "console",
            lambda message: (
                complaints.append(f"{page.url}: {message.text}")
                if message.type in ("error", "warning")
                else None
            ),
        )

    context.on("page", listen)
    context.expected_complaints = []
    yield context
    unexpected = [
        line
        for line in complaints
        if not any(expected in line for expected in context.expected_complaints)
    ]
    # What pages send as they are left would come when the tables are being emptied.
    context.set_offline(True)
    context.close()
    # What was sent a moment ago may not have begun to be answered.
    time.sleep(0.1)
    eventually(lambda: not answering)
    assert not unexpected, unexpected


@pytest.fixture
def answering():
    """What the server is answering just now."""
    requests = set()

    def begin(environ, **_more):
        requests.add(threading.get_ident())

    def end(**_more):
        requests.discard(threading.get_ident())

    request_started.connect(begin)
    request_finished.connect(end)
    yield requests
    request_started.disconnect(begin)
    request_finished.disconnect(end)


@pytest.fixture
def page(context):
    return context.new_page()

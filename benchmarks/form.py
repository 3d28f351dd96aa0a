"""What the article's form costs with sixty blocks of all kinds: queries, server, and each key.

    .venv/bin/python benchmarks/form.py [--database postgresql] [--keys 50]

The server: the processor time of gunicorn (and PostgreSQL) for opening the form, and the
milliseconds until it has come. A key: in a real Chromium, with all blocks open and both languages
side by side, from the key's arrival in the page until the frame that shows it is made (frames do
not wait for a screen here: what is measured is work). Each goes into another text than the last.
"""

import argparse
import os
import re
import shutil
import time
from typing import TYPE_CHECKING

from harness import HERE, Connection, Gunicorn, History, Site, Spread, print_table, request, sites

if TYPE_CHECKING:
    from playwright.sync_api import Page

CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or ""
ROUNDS = 15
PAUSE = 200  # milliseconds

# Keeps, for each key, the milliseconds until the frame with what it did is made.
WATCH = """() => {
  window.keys = [];
  addEventListener("keydown", () => {
    const begun = performance.now();
    requestAnimationFrame(() => {
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = () => keys.push(performance.now() - begun);
      port2.postMessage(null);
    });
  }, true);
}"""


def opening(site: Site, server: Gunicorn, asked: bytes) -> tuple[Spread, Spread]:
    """Return the milliseconds of processor time, and those until the form has come."""
    connection = Connection(server.port)
    spent, waited = [], []
    for number in range(ROUNDS + 2):
        before, begun = site.processor_time(server), time.perf_counter()
        answer = connection.ask(asked)
        waited.append((time.perf_counter() - begun) * 1000)
        spent.append((site.processor_time(server) - before) * 1000)
        assert answer.status == 200, answer.status
        if number < 2:  # what is read once only
            spent.clear()
            waited.clear()
    return Spread.of(spent), Spread.of(waited)


def typing(page: "Page", keys: int) -> Spread:
    """Return the milliseconds that a key takes."""
    page.evaluate(WATCH)
    editors = page.locator(".ProseMirror:visible")
    count = editors.count()
    for number in range(keys):
        editors.nth(number * 7 % count).focus()
        page.wait_for_timeout(PAUSE)  # what a new focus sets off is no part of a key
        page.keyboard.press("a")
        page.wait_for_timeout(PAUSE)
    return Spread.of(page.evaluate("keys"))


def keys_of(server: Gunicorn, path: str, cookie: str, keys: int) -> tuple[int, Spread]:
    """Return how many texts are open, and what a key costs."""
    from playwright.sync_api import sync_playwright

    address = f"http://127.0.0.1:{server.port}"
    name, _equals, value = cookie.partition("=")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=["--no-sandbox", "--disable-frame-rate-limit", "--disable-gpu-vsync"],
        )
        context = browser.new_context(viewport={"width": 1280, "height": 800})
        context.add_cookies([{"name": name, "value": value, "url": address}])
        page = context.new_page()
        page.goto(f"{address}{path}")
        page.wait_for_load_state("networkidle")
        return open_all(page), typing(page, keys)


def open_all(page: "Page") -> int:
    """Show all blocks with both languages; return how many texts can be typed into."""
    page.locator(".language-switch button").last.click()
    return page.locator(".ProseMirror:visible").count()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--database", default="sqlite", choices=["sqlite", "postgresql"])
    parser.add_argument("--keys", type=int, default=50)
    options = parser.parse_args()
    history = History()
    with sites([options.database]) as made:
        site = made[options.database]
        number = re.findall(r"\d+", site.python(HERE / "long_form.py"))[-1]
        path = f"/admin/articles/article/{number}/change/"
        cookie = site.content["editor"]
        with site.serve("--workers=1") as server:
            asked = request(path, {"Cookie": cookie})
            spent, waited = opening(site, server, asked)
            texts, key = keys_of(server, path, cookie, options.keys)
    figures = {
        "form of 60 blocks, processor (ms)": spent,
        "form of 60 blocks, until it has come (ms)": waited,
        f"a key with {texts} texts open (ms)": key,
    }
    print_table(
        ["", "median", "low–high"],
        [(name, spread, spread.between()) for name, spread in figures.items()],
    )
    for name, spread in figures.items():
        history.add(f"{options.database}: {name}", spread)


if __name__ == "__main__":
    main()

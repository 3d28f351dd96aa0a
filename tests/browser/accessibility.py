"""axe-core's verdict on a page."""

from axe_playwright_python.sync_playwright import Axe

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def assert_accessible(page, *, exclude=()) -> None:
    """Fail with axe's explanation if the page violates WCAG 2.0 to 2.2 A or AA, or good practice.

    Args:
        page: a Playwright page that has been loaded.
        exclude: CSS selectors of parts that are not ours.
    """
    # Without preloading: axe would fetch the style sheets itself, against the content policy.
    options = {"runOnly": {"type": "tag", "values": TAGS}, "preload": False}
    target = {"exclude": [[selector] for selector in exclude]} if exclude else None
    results = Axe().run(page, context=target, options=options)
    assert results.violations_count == 0, f"{page.url}\n{results.generate_report()}"

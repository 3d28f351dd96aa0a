"""axe-core's verdict on a page."""

import json

from axe_playwright_python.base import AXE_SCRIPT, AxeResults

OPTIONS = {
    "runOnly": {
        "type": "tag",
        "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    },
    # What passes is not worked out in detail.
    "resultTypes": ["violations"],
    # axe would fetch the style sheets itself, against the content policy.
    "preload": False,
}
# Each page is looked at in each language and in each scheme, and not in every combination: words
# and colours have nothing to do with one another.
LANGUAGES_AND_SCHEMES = [("it", "light"), ("en", "dark")]
RUN = f"axe.run({json.dumps(OPTIONS)}).then(({{violations}}) => ({{violations}}))"

# Nothing lies under a line that stays in sight, and what is not drawn out of sight has its place.
FROM_THE_TOP = """() => {
  const whole = new CSSStyleSheet();
  whole.replaceSync("* { content-visibility: visible !important }");
  document.adoptedStyleSheets = [whole];
  scrollTo({ top: 0, behavior: "instant" });
}"""


def assert_accessible(page) -> None:
    """Fail with axe's explanation if the page violates WCAG 2.0 to 2.2 A or AA, or good practice.

    Args:
        page: a Playwright page.
    """
    # With all its styles, which arrive one by one where nothing has been collected.
    page.wait_for_load_state("load")
    # A page that was looked at in another state has the script already.
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    page.evaluate(FROM_THE_TOP)
    # A colour on its way to the other scheme's has arrived.
    page.evaluate("document.getAnimations().forEach(animation => animation.finish())")
    results = AxeResults(page.evaluate(RUN))
    assert results.violations_count == 0, f"{page.url}\n{results.generate_report()}"

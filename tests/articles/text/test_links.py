"""Finding links, and those that lead nowhere."""

import pytest

from articles.text.links import Link, dead_links, links_in

GONE = {"/it/x/", "https://ours.example/x/"}


def targets(html: str) -> list[str]:
    found = dead_links(html, {"rischi", "perché"}, lambda target: target not in GONE)
    return [link.target for link in found]


def test_gives_targets_and_words_in_order():
    text = (
        '<p><a href="/a?b=1&amp;c=2">uno <strong>due</strong></a> x '
        '<a title="t" href="#b" rel="noopener">tre</a></p>'
    )

    assert links_in(text) == [Link("/a?b=1&c=2", "uno due"), Link("#b", "tre")]


@pytest.mark.parametrize(
    "target",
    [
        "https://example.org/", "HTTP://example.org", "mailto:a@example.org", "tel:+39023343281",
        "tel:112", "#rischi", "#perch%C3%A9", "/it/articoli/x/",
    ],
)  # fmt: skip
def test_leaves_links_that_lead_somewhere(target):
    assert targets(f'<a href="{target}">x</a>') == []


@pytest.mark.parametrize(
    "target",
    [
        "", "#", "#top", "nobelprize.org", "altra/", "/it/x/", "https:///x", "http:x", "tel:-----",
        "https://[x/", "https://ours.example/x/",
    ],
)  # fmt: skip
def test_finds_links_that_lead_nowhere(target):
    assert targets(f'<p><a href="https://example.org/">y</a><a href="{target}">x</a></p>') == [
        target
    ]

"""A reader says what was missing on a page: by keyboard, in place, and without JavaScript."""

import pytest
from playwright.sync_api import expect

from articles.models import FeedbackCount, FeedbackSentence
from tests.browser.accessibility import assert_accessible
from tests.factories import make_article, publish


@pytest.fixture
def published(db, live_server):
    publish(make_article(title_en="Melanoma", slug_en="melanoma"), "en")


def test_a_reader_answers_in_place(context, page, published):
    context.expected_complaints.append("422 (Unprocessable")

    # By keyboard alone: no, and then a sentence that is too much of an advertisement.
    page.goto("/en/articles/melanoma/")
    place = page.locator("[data-feedback]")
    place.get_by_role("button", name="No", exact=True).focus()
    page.keyboard.press("Enter")
    said = place.get_by_role("status")
    expect(said).to_have_text("Thank you for your answer.")
    expect(said).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    field = place.get_by_label("What was missing?")
    expect(field).to_be_focused()
    page.keyboard.type("The costs: see www.example.org")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(place.get_by_text("We take no web addresses")).to_be_visible()
    expect(field).to_have_value("The costs: see www.example.org")
    assert_accessible(page)

    # The network is away, and comes back.
    field.fill("The costs.")
    context.set_offline(True)
    context.expected_complaints.append("net::ERR_INTERNET_DISCONNECTED")
    place.get_by_role("button").click()
    expect(said).to_contain_text("could not be sent")
    context.set_offline(False)
    place.get_by_role("button").click()
    expect(said).to_contain_text("Thank you for your sentence.")
    expect(place.locator("form")).to_have_count(0)

    assert page.url.endswith("/en/articles/melanoma/")
    assert context.cookies() == []
    assert page.evaluate("localStorage.length + sessionStorage.length") == 0
    assert FeedbackSentence.objects.get().text == "The costs."
    assert FeedbackCount.objects.totals() == {"helpful": 0, "unhelpful": 1}

"""How a video comes into an article, with what is said in it, and to its readers."""

from playwright.sync_api import expect

from tests.articles.files.test_recording_probe import content
from tests.browser.accessibility import assert_accessible
from tests.browser.test_editor_story import add_block, editor, switch  # noqa: F401
from tests.factories import make_article, make_image

CUES = "WEBVTT\n\n00:00.000 --> 00:02.000\nIt sees the tumour\n"


def file(name: str, kind: str, data: bytes) -> dict:
    return {"name": name, "mimeType": kind, "buffer": data}


def test_a_video_is_uploaded_captioned_published_and_played(page, context, editor):  # noqa: F811
    # given an article for readers of English, and a picture that can stand for a video
    make_image(title="Umbrella", size=(900, 600))
    article = make_article(slug_en="cells", italian=False)
    page.goto(f"/admin/articles/article/{article.pk}/change/")
    switch(page, "English")
    page.get_by_text("More kinds").click()
    block = add_block(page, "Video or audio")

    # when a video is uploaded, the first time in a format that not all browsers play
    block.get_by_role("button", name="Upload video or audio").press("Enter")
    dialog = page.get_by_role("dialog", name="Choose a video or audio")
    chooser = dialog.get_by_label("choose files")
    context.expected_complaints.append("422")
    chooser.set_input_files(file("Cells.mp4", "video/mp4", content("hevc.mp4")))
    expect(dialog.locator(".is-refused")).to_contain_text("HEVC Main")
    assert_accessible(page)
    chooser.set_input_files(file("Cells.mp4", "video/mp4", content("film.mp4")))

    # then its place shows it, and says what it lacks
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(block.locator(".recording-choice")).to_contain_text("Cells")
    expect(block).to_contain_text("Captions and transcript are missing in English.")

    # when its captions are added in the library, in a window of its own
    with context.expect_page() as opened:
        block.get_by_role("link", name="Captions and transcript").click()
    library = opened.value
    switch(library, "English")
    captions = library.get_by_label("Captions in English")
    captions.set_input_files(file("en.srt", "text/plain", CUES.replace("02.000", "0x").encode()))
    library.get_by_role("button", name="Save", exact=True).click()
    expect(library.get_by_text("Line 3: “00:00.000 --> 00:0x” are not times.")).to_be_visible()
    captions.set_input_files(file("en.vtt", "text/vtt", CUES.encode()))
    library.get_by_role("button", name="Save and continue editing").click()
    expect(library.locator("[contenteditable]:visible")).to_have_text("It sees the tumour")
    assert_accessible(library)

    # and the article is published with a title and a poster
    block.get_by_label("Title in English").fill("A T cell at work")
    block.get_by_role("button", name="Choose from the library").last.click()
    page.get_by_role("dialog").get_by_role("button", name="Umbrella").click()
    block.get_by_label("languages").select_option(label="only in English")
    page.get_by_role("button", name="Publish in English").click()
    expect(page.locator(".messagelist .success")).to_have_count(1)

    # then readers play it, with its captions, and read what is said
    reader = context.new_page()
    asked: list[str] = []
    reader.on("request", lambda request: asked.append(request.url))
    reader.goto("/en/articles/cells/")
    assert_accessible(reader)
    video = reader.locator("video")
    assert not any("/files/" in url for url in asked)
    video.evaluate("video => { video.muted = true; return video.play(); }")
    expect(video).to_have_js_property("duration", 2.064)
    shown = "video => video.textTracks[0].activeCues?.[0]?.text"
    reader.wait_for_function(f"({shown})(document.querySelector('video'))")
    assert video.evaluate(shown) == "It sees the tumour"
    reader.get_by_text("Transcript").click()
    expect(reader.locator("details p")).to_have_text("It sees the tumour")

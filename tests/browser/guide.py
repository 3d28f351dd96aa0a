"""The pictures of the editors' guide, and what can be read in each of them.

``make guide`` (``GUIDE=1``) takes them anew. Else a walk only compares what it sees with what was
to be seen when they were taken.
"""

import io
import json
import os
import re

from PIL import Image
from playwright.sync_api import Locator, Page

from immunoportal.admin.guide import PICTURES

TAKES = os.environ.get("GUIDE") == "1"
QUALITY = 55

# What people press, fill in or read as a heading, in our words; not what an article says.
LABELS = """root => [...root.querySelectorAll(
    "button, summary, label, legend, h2, th, a.button, a.historylink, input[type=submit]"
)].filter(label => !label.closest(
    ".desk-jump, #checks-found, .prose-menubar, .visually-hidden, .language-switch,"
    + " .collapse-items,"
    + " .link-result, .library-entries, [contenteditable],"
    + " h1 + h2, [name=_continue]"
) && label.checkVisibility({ visibilityProperty: true }) && label.offsetWidth > 1)
.map(label => {
    const copy = label.cloneNode(true);
    copy.querySelectorAll(".material-icons, select, small, .compared-how")
        .forEach(part => part.remove());
    return (label.matches("input") ? label.value : copy.textContent).replace(/\\s+/g, " ").trim();
}).filter(text => /\\p{L}{2}/u.test(text))"""

# From its top where it is taller than the window, or lines that stay in sight lie across it.
INTO_SIGHT = """part =>
    part.scrollIntoView({ block: part.offsetHeight > innerHeight ? "start" : "center" })"""


class Album:
    """The pictures of the guide in one language."""

    def __init__(self, language: str):
        self.folder = PICTURES / language
        self.file = self.folder / "pictures.json"
        self.known = json.loads(self.file.read_text("utf-8")) if self.file.exists() else {}
        self.seen: dict[str, dict] = {}

    def show(
        self,
        name: str,
        part: Locator,
        most: int = 640,
        reads: Locator | None = None,
        margin: int = 0,
    ) -> None:
        """Take a picture of a part of the page, or note what is to be read in it.

        Args:
            reads: a smaller part that alone is the desk's.
            most: so many pixels of its height are enough.
            margin: pixels around a part that has no frame of its own.
        """
        labels = [re.sub(r"^\+ ", "", text) for text in (reads or part).evaluate(LABELS)]
        self.seen[name] = {"labels": list(dict.fromkeys(labels))}
        if TAKES:
            self._take(name, part, most, margin)

    def _take(self, name: str, part: Locator, most: int, margin: int) -> None:
        page: Page = part.page
        page.wait_for_load_state("networkidle")
        part.evaluate(INTO_SIGHT)
        whole = Image.open(io.BytesIO(part.screenshot(animations="disabled")))
        picture = whole.crop((0, 0, whole.width, min(whole.height, most))).convert("RGB")
        if margin:
            size = (picture.width + 2 * margin, picture.height + 2 * margin)
            paper = picture.crop((0, 0, 1, 1)).resize(size)
            paper.paste(picture, (margin, margin))
            picture = paper
        self.seen[name] |= {"width": picture.width, "height": picture.height}
        self.folder.mkdir(parents=True, exist_ok=True)
        picture.save(self.folder / f"{name}.webp", quality=QUALITY, method=6)

    def close(self) -> None:
        """Store what was seen, or compare it with what the pictures show.

        Raises:
            AssertionError: the desk has changed since they were taken.
        """
        if TAKES:
            # Other walks take other pictures.
            everything = self.known | self.seen
            described = json.dumps(everything, ensure_ascii=False, indent=1, sort_keys=True)
            self.file.write_text(f"{described}\n", "utf-8")
            return
        stale = {
            name: set(self.known.get(name, {}).get("labels", [])) ^ set(shown["labels"])
            for name, shown in self.seen.items()
        }
        stale = {name: labels for name, labels in stale.items() if labels}
        assert not stale, f"pictures of the guide are stale: run “make guide”. {stale}"

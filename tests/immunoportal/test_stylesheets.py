"""One style sheet for each kind of page, from parts."""

import re
import shutil
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.storage import FileSystemStorage

from immunoportal.stylesheets import JoiningStaticFilesStorage, joined

STATIC = Path(settings.BASE_DIR) / "immunoportal" / "static"
DESK = Path(settings.BASE_DIR) / "articles" / "static"
PAGES = [
    "immunoportal/css/page.css", "immunoportal/css/article-page.css",
    "immunoportal/css/form-page.css", "immunoportal/css/reserved-page.css",
    "immunoportal/css/dialog.css", "immunoportal/admin/admin.css", "articles/desk.css",
]  # fmt: skip


class TestJoined:
    def test_puts_the_parts_where_they_are_imported(self):
        parts = {"a.css": "/* A. */\n\na { color: red }\n", "b.css": "b { color: red }\n"}
        text = '/* Both. */\n@import url("a.css");\n@import url("b.css") print;\nc { color: red }\n'

        assert joined(text, parts.__getitem__) == (
            "a { color: red }\n@media print {\nb { color: red }\n}\nc { color: red }\n"
        )


@pytest.fixture(scope="module")
def collected(tmp_path_factory):
    """The style sheets as they are collected: each by its name, and where it stands."""
    folder = tmp_path_factory.mktemp("static")
    paths = {}
    for root in (STATIC, DESK):
        shutil.copytree(root, folder, dirs_exist_ok=True)
        source = FileSystemStorage(root)
        for kind in ("*.css", "*/fonts/*"):
            for path in root.rglob(kind):
                name = str(path.relative_to(root))
                paths[name] = (source, name)
    storage = JoiningStaticFilesStorage(location=folder)
    for name, hashed, processed in storage.post_process(paths):
        assert not isinstance(processed, Exception), (name, hashed)
    return {page: folder / storage.stored_name(page) for page in PAGES}


class TestStorage:
    @pytest.mark.parametrize("page", PAGES)
    def test_a_page_fetches_one_whole_style_sheet(self, collected, page):
        text = collected[page].read_text()

        assert "@import" not in text
        assert "/*" not in text
        assert text.count("{") == text.count("}")
        assert collected[page].with_name(collected[page].name + ".br").exists()
        for font in re.findall(r'url\("(.*?)"\)', text):
            assert (collected[page].parent / font).is_file()

    def test_the_parts_keep_their_order(self, collected):
        text = collected["immunoportal/css/article-page.css"].read_text()
        signs = ["@font-face", "*::before", ".wrap {", ".breadcrumb {", ".trust {", "@media print"]

        assert sorted(signs, key=text.index) == signs

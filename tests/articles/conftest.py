"""The launch content, for whoever wants a real article."""

import pytest
from PIL import Image as Pillow

from articles import launch_content
from tests.factories import make_editor


@pytest.fixture(scope="session")
def small_launch(tmp_path_factory):
    """The launch content, with illustrations of a size that is quick to encode."""
    directory = tmp_path_factory.mktemp("launch")
    (directory / "illustrations").mkdir()
    source = launch_content.DIRECTORY
    (directory / "article.json").write_bytes((source / "article.json").read_bytes())
    for path in (source / "illustrations").glob("*.jpg"):
        with Pillow.open(path) as picture:
            picture.draft("RGB", (300, 300))
            picture.resize((90, 60)).save(directory / "illustrations" / path.name)
    return directory


@pytest.fixture
def loaded(db, monkeypatch, small_launch):
    monkeypatch.setattr(launch_content, "DIRECTORY", small_launch)
    editor = make_editor()

    assert launch_content.load(by=editor) is True

    return editor

"""German as a third language, added to a copy of the project whose database is filled."""

import hashlib
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from django.conf import settings

from tests.portal import environment_with

HERE = Path(__file__).parent
LINE = '    ("de", _("German")),\n'
ENTRY = """    "de": Language(
        own_name="Deutsch",
        phrase=pgettext_lazy("available …", "in German"),
        version_label="deutsche Fassung",
        home_label="Startseite auf Deutsch",
        capital_months=True,
        quotation_marks="„“‚‘",
    ),
"""


class Copy:
    """A copy of the project, without what is not kept in it."""

    def __init__(self, directory: Path):
        self.root = directory / "project"
        self.data = directory / "data"
        kept = subprocess.run(
            ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
            cwd=settings.BASE_DIR,
            capture_output=True,
            check=True,
        )
        names = [name for name in os.fsdecode(kept.stdout).split("\0") if name]
        compiled = Path(settings.BASE_DIR).glob("immunoportal/locale/*/LC_MESSAGES/*.mo")
        names += [str(path.relative_to(settings.BASE_DIR)) for path in compiled]
        for name in names:
            source, target = Path(settings.BASE_DIR) / name, self.root / name
            if source.exists():
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(source, target)

    def run(self, *arguments: str, status: int = 0) -> str:
        """What Python says when it is run in the copy."""
        ended = subprocess.run(
            [sys.executable, *arguments],
            cwd=self.root,
            env=environment_with(self.data),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        assert ended.returncode == status, ended.stdout
        return ended.stdout

    def insert(self, name: str, text: str, *, after: str, before: str) -> None:
        """Put a text into a file: at the end of what begins and ends so."""
        path = self.root / name
        found = re.sub(
            f"({re.escape(after)}.*?)({re.escape(before)})",
            lambda match: match[1] + text + match[2],
            path.read_text("utf-8"),
            count=1,
            flags=re.DOTALL,
        )
        path.write_text(found, "utf-8")

    def digests(self) -> dict[str, str]:
        """The files of the copy and what is in them, but for what Python leaves there."""
        return {
            str(path.relative_to(self.root)): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in self.root.rglob("*")
            if path.is_file() and "__pycache__" not in path.parts
        }

    # The steps of whoever adds a language

    def add_line(self) -> None:
        self.insert("immunoportal/settings.py", LINE, after="LANGUAGES = [\n", before="]\n")

    def add_entry(self) -> None:
        self.insert("immunoportal/languages.py", ENTRY, after="TABLE = {\n", before="}\n")

    def add_catalogue(self) -> None:
        folder = self.root / "immunoportal/locale/de/LC_MESSAGES"
        folder.mkdir(parents=True)
        shutil.copyfile(HERE / "django.po", folder / "django.po")
        with (
            (folder / "django.po").open("rb") as source,
            (folder / "django.mo").open("wb") as target,
        ):
            write_mo(target, read_po(source))


@pytest.fixture
def copy(tmp_path) -> Copy:
    return Copy(tmp_path)


def test_a_language_of_the_settings_alone_is_told_what_it_lacks(copy):
    copy.add_line()

    told = copy.run("manage.py", "check", status=1)

    assert "(immunoportal.E001) The translations for “de” are not compiled." in told
    assert "(immunoportal.E002) The language “de” of the settings has no entry" in told
    assert "HINT: Add it to TABLE in immunoportal/languages.py, with its labels." in told


def test_german_is_added_to_a_filled_database(copy, prepared_data):
    shutil.copytree(prepared_data, copy.data)
    copy.run("-m", "tests.german.filled")
    before = copy.digests()

    copy.add_line()
    copy.add_entry()
    copy.add_catalogue()
    copy.run("manage.py", "makemigrations", "--name", "german")
    copy.run("manage.py", "migrate")

    after = copy.digests()
    touched = {name for name in after if before.get(name) != after[name]}
    migrations = {name for name in touched if name.endswith("_german.py")}
    assert {Path(name).parts[0] for name in migrations} == {"accounts", "articles", "contact"}
    assert touched - migrations == {
        "immunoportal/languages.py",
        "immunoportal/locale/de/LC_MESSAGES/django.mo",
        "immunoportal/locale/de/LC_MESSAGES/django.po",
        "immunoportal/settings.py",
    }
    copy.run(
        *("-m", "pytest", "-c", os.devnull, "--rootdir", ".", "--noconftest", "-p", "no:django"),
        *("-p", "no:cacheprovider", "-q", "-W", "error", "tests/german/stories.py"),
    )

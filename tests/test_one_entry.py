"""A language is an entry of one table: no other line of the code spells one out."""

import ast
import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from immunoportal import languages

ROOT = Path(__file__).resolve().parent.parent

# The table and the settings; translations; launch content, and what measures it; the guide, which
# is written in each language; tests.
SPELLED_OUT = re.compile(
    r"immunoportal/(languages|settings)\.py"
    r"|immunoportal/(locale|formats)/.*"
    r"|\w+/migrations/.*"
    r"|templates/guide/\w+/.*|immunoportal/static/immunoportal/guide/.*"
    r"|articles/launch(/|_content\.py).*|articles/generated/vocabulary\.json"
    r"|(tests|benchmarks|docs)/.*"
    r"|[A-Z]+\.md"
)
# What is no code: pictures, fonts, and lists of packages with their digests.
OTHER = re.compile(
    r".*\.(svg|png|jpg|webp|ico|ttf|woff2|txt\.in|in)|.*requirements.*\.txt|.*/django6\.txt"
)

CODE = "|".join(languages.codes())
NAME = "|".join(["Italian", "English", *(entry.own_name for entry in languages.TABLE.values())])

# As the whole of a string or of a path's part, or at the end of a column's name.
IN_PYTHON = re.compile(rf"({CODE})|.*/({CODE})/.*|.*_({CODE})", re.DOTALL)
IN_OTHERS = re.compile(
    rf"""["'/]({CODE})["'/]|_({CODE})\b|[(|]({CODE})[)|]|\b({CODE}):\s*["']|--\w+[ =]({CODE})\b"""
)
IN_TEMPLATES = re.compile(rf"\b({NAME})\b")
COMMENT = re.compile(r"/\*.*?\*/|\{#.*?#\}|^\s*(//|#) .*?$", re.DOTALL | re.MULTILINE)


def code() -> Iterator[Path]:
    """The files of the project in which no language may be spelled out."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    )
    for name in os.fsdecode(listed.stdout).split("\0"):
        path = ROOT / name
        if path.is_file() and not SPELLED_OUT.fullmatch(name) and not OTHER.fullmatch(name):
            yield path


def spelled_out_in_python(source: str) -> Iterator[tuple[int, str]]:
    """Yield the lines and the words of a module that name a language; docstrings may."""
    tree = ast.parse(source)
    docstrings = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        match node:
            case ast.Constant(value=str(word)) if id(node) not in docstrings:
                pass
            case ast.Name(id=word) | ast.Attribute(attr=word) | ast.keyword(arg=str(word)):
                pass
            case ast.arg(arg=word):
                pass
            case _:
                continue
        if IN_PYTHON.fullmatch(word):
            yield node.lineno, word


def spelled_out_in_text(source: str, pattern: re.Pattern) -> Iterator[tuple[int, str]]:
    """Yield the same for any other kind of file; comments may."""
    source = COMMENT.sub(lambda comment: re.sub(r"[^\n]", " ", comment[0]), source)
    for found in pattern.finditer(source):
        yield source.count("\n", 0, found.start()) + 1, found[0]


def spelled_out(path: Path) -> Iterator[tuple[int, str]]:
    source = path.read_text("utf-8")
    if path.suffix == ".py":
        yield from spelled_out_in_python(source)
        return
    yield from spelled_out_in_text(source, IN_OTHERS)
    if path.suffix in (".html", ".txt", ".js"):
        yield from spelled_out_in_text(source, IN_TEMPLATES)


def test_no_language_is_spelled_out_elsewhere():
    looked_at = set()
    found = []
    for path in code():
        name = str(path.relative_to(ROOT))
        looked_at.add(path.suffix)
        found += [f"{name}:{line}: {word}" for line, word in spelled_out(path)]

    assert {".py", ".html", ".txt", ".js", ".css", ".template"} <= looked_at
    assert found == []


@pytest.mark.parametrize(
    "source",
    [
        'language = "it"',
        'TITLE = "title_en"',
        "article.title_it",
        'filter(slug_en="x")',
        'client.get("/it/")',
        'f"/en/{slug}/"',
        "def publish(note_it): pass",
    ],
)
def test_it_would_be_found_in_python(source):
    assert list(spelled_out_in_python(source))


@pytest.mark.parametrize(
    "source",
    [
        '<html lang="it">',
        "/(it|en)/",
        '{ it: "Italiano" }',
        "#id_title_en {",
        "p:lang(it) {",
        "<a href='/en/'>",
        "/media/en/x",
        "makemessages --locale it",
    ],
)
def test_it_would_be_found_in_other_files(source):
    assert list(spelled_out_in_text(source, IN_OTHERS))


def test_what_a_comment_or_a_docstring_says_is_no_code():
    assert not list(spelled_out_in_python('"""it"""\n# "it"\n'))
    assert not list(spelled_out_in_text('/* "it" */\n{# "en" #}\n  // "it"\n# "it"\n', IN_OTHERS))

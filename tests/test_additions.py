"""What has to be touched to add something, as docs/architecture.md says, counted."""

import re
from pathlib import Path

from articles.models import BLOCKS
from articles.publishing import blocks, completeness

ROOT = Path(__file__).resolve().parent.parent
CODE = ("articles", "accounts", "contact", "immunoportal", "templates")


def files_naming(*names: str) -> set[str]:
    """Return the modules that name one of some identifiers, by their paths."""
    wanted = re.compile(rf"\b({'|'.join(map(re.escape, names))})\b")
    return {
        str(path.relative_to(ROOT))
        for folder in CODE
        for path in (ROOT / folder).rglob("*")
        if path.suffix == ".py" and wanted.search(path.read_text("utf-8"))
    }


class TestBlockType:
    def test_touches_the_files_of_the_list(self):
        for model in BLOCKS:
            name = model.__name__
            module = model.__module__.rpartition(".")[2]
            named = files_naming(name, f"{name}Inline")
            # What one type needs and others do not (a text must be there, and has headings to which
            # links lead, a figure has an image, which the library counts, finds and describes by
            # it, a table has a field and a name of its own, a paste becomes texts and tables,
            # questions are told to machines), and the first article and those for measurements.
            named -= {
                "articles/desk/conflict.py",
                "articles/desk/links.py",
                "articles/desk/redirects.py",
                "articles/desk/values.py",
                "articles/models/fields.py",
                "articles/publishing/completeness.py",
                "articles/publishing/freezing.py",
                "articles/publishing/links.py",
                "articles/desk/library.py",
                "articles/desk/pasting.py",
                "articles/desk/pictures.py",
                "articles/images/library.py",
                "articles/launch_content.py",
                "articles/launch_pages.py",
                "articles/reading/structured_data.py",
                "articles/generated/articles.py",
            }
            others = {path for path in named if "/migrations/" in path}

            assert named - others == {
                "articles/desk/blocks.py",
                "articles/models/__init__.py",
                "articles/models/blocks/__init__.py",
                f"articles/models/blocks/{module}.py",
                f"articles/publishing/blocks/{module}.py",
            }, name
            assert others <= {
                "articles/migrations/0001_tables.py",
                "articles/migrations/0006_more_kinds_of_blocks.py",
                "articles/migrations/0012_files_for_readers_to_keep.py",
                "articles/migrations/0013_recordings.py",
            }
            assert hasattr(blocks, module), "imported, so that it is registered"

    def test_has_a_template(self):
        templates = {path.stem for path in (ROOT / "templates/articles/blocks").glob("*.html")}

        assert templates == {model._meta.model_name for model in BLOCKS}


class TestCheck:
    def test_is_a_function_and_a_line_in_one_file(self):
        for check in completeness.CHECKS:
            assert check.__module__ == completeness.__name__
            assert files_naming(check.__name__) == {"articles/publishing/completeness.py"}


class TestMail:
    def test_is_three_templates_one_call_and_its_name(self):
        templates = {
            str(path.relative_to(ROOT)) for path in (ROOT / "templates").rglob("invitation*")
        }

        assert {path.rpartition("/")[2] for path in templates} == {
            "invitation_subject.txt", "invitation.txt", "invitation.html",
        }  # fmt: skip
        assert files_naming("INVITATION_KIND") == {"accounts/resets.py", "accounts/portal.py"}

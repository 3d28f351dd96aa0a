"""The import map of the house style, executed."""

import ast
from collections.abc import Iterator, Set
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
APPS = ("articles", "accounts", "contact")
FOUNDATION = "immunoportal"

# Where the foundation is wired to the apps.
WIRING = {"immunoportal.settings", "immunoportal.urls", "immunoportal.wsgi"}

# The rooms of each app (folders and modules at its top), the lowest first: a room imports from
# those above it in this list, never from one in its own line. Inside a room, and everywhere else,
# modules import one another without a circle. What is not listed has no place yet.
MAP = {
    "articles": [
        "text",
        "models",
        "translation files publishing",
        "images",
        "generated launch_content launch_pages",
        "reading",
        "desk",
        "admin apps management portal urls",
    ],
    "accounts": [
        "emails passwords",
        "models",
        "devices personal_data resets roles security_mails templatetags",
        "email_changes professionals second_factor throttle",
        "adapters backends forms housekeeping signals",
        "admin apps management middleware portal views",
        "urls",
    ],
    "contact": [
        "spam",
        "models",
        "forms inbox templatetags translation",
        "admin apps portal security views",
        "urls",
    ],
    FOUNDATION: [
        "actors claims context_processors formats languages network planner ranges spreadsheets"
        " open_forms",
        "sitemaps",
        "pango registry sqlite stylesheets text web_addresses cache limits",
        "guards publication worker open_graph structured_data",
        "middleware wsgi",
        "environment events fields navigation unavailable checks uploads",
        "templatetags",
        "admin bucket settings shared_cache",
        "audit mail",
        "health",
        "apps management models portal views",
        "urls",
    ],
}

PURE = (
    "articles.text", "articles.files.confinement", "articles.files.mp4_boxes",
    "articles.files.pdf", "articles.files.pdf_reader", "articles.files.recording_probe",
    "articles.images.cards", "articles.images.codec", "articles.reading.leaflet_pdf",
)  # fmt: skip
# What knows of models, requests or settings.
IMPURE = ("django.db", "django.http", "django.conf", "django.apps", "django.core", "django.views",
          "django.contrib", "django.shortcuts", "django.urls", *APPS, FOUNDATION)  # fmt: skip


def modules(package: str) -> Iterator[tuple[str, Path]]:
    """The modules of a package by dotted name; migrations have rules of their own."""
    for path in sorted((ROOT / package).rglob("*.py")):
        parts = path.relative_to(ROOT).with_suffix("").parts
        if "migrations" not in parts:
            yield ".".join(parts[:-1] if parts[-1] == "__init__" else parts), path


def imports(name: str, path: Path) -> set[str]:
    """The modules that a module imports, inside functions too, in full."""
    package = name.split(".") if path.name == "__init__.py" else name.split(".")[:-1]
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) - node.level + 1] if node.level else []
            base = ".".join([*above, *([node.module] if node.module else [])])
            for alias in node.names:
                inner = (ROOT / base.replace(".", "/") / alias.name).with_suffix("")
                is_module = inner.with_suffix(".py").exists() or inner.is_dir()
                found.add(f"{base}.{alias.name}" if is_module else base)
    return found


def belongs(module: str, *packages: str) -> bool:
    return any(module == package or module.startswith(f"{package}.") for package in packages)


def room(module: str) -> str:
    """Return the folder or module at the top of its app in which a module is; empty for the app."""
    return ".".join(module.split(".")[1:2])


EVERYTHING = {
    name: imports(name, path) for package in (FOUNDATION, *APPS) for name, path in modules(package)
}


def breaches(of: tuple[str, ...], by: tuple[str, ...], but: Set[str] = frozenset()) -> list[str]:
    """Which modules of some packages import any of others."""
    return [
        f"{name} imports {imported}"
        for name, all_imported in EVERYTHING.items()
        if belongs(name, *by) and name not in but
        for imported in sorted(all_imported)
        if belongs(imported, *of)
    ]


class TestImportMap:
    def test_reads_the_code_that_it_judges(self):
        assert "immunoportal.publication.clock" in EVERYTHING["articles.publishing.verbs"]
        assert "articles.models" in EVERYTHING["articles.publishing.verbs"]
        assert "articles.images.views" in EVERYTHING["immunoportal.urls"]
        assert "articles.images.renditions" in EVERYTHING["articles.portal"]
        assert len(EVERYTHING) > 50

    def test_the_foundation_imports_no_app_but_in_its_wiring(self):
        assert breaches(of=APPS, by=(FOUNDATION,), but=WIRING) == []

    @pytest.mark.parametrize("app", APPS)
    def test_apps_do_not_import_one_another(self, app):
        others = tuple(other for other in APPS if other != app)

        assert breaches(of=others, by=(app,)) == []

    @pytest.mark.parametrize("package", [FOUNDATION, *APPS])
    def test_nobody_imports_the_tests(self, package):
        assert breaches(of=("tests",), by=(package,)) == []

    def test_pure_modules_know_neither_models_nor_requests(self):
        found = breaches(of=IMPURE, by=PURE)

        assert [line for line in found if not belongs(line.split()[-1], *PURE)] == []

    def test_the_foundation_speaks_to_the_settings_through_django(self):
        # A module that imported the settings themselves would miss what a test overrides.
        wiring = {"immunoportal.settings"}

        assert breaches(of=("immunoportal.settings",), by=(FOUNDATION, *APPS), but=wiring) == []


@pytest.mark.parametrize("app", MAP)
class TestRooms:
    def test_each_has_its_place(self, app):
        found = {room(name) for name in EVERYTHING if belongs(name, app)} - {""}

        assert sorted(found) == sorted(" ".join(MAP[app]).split()), "give a new one a line in MAP"

    def test_imports_go_one_way(self, app):
        line = {name: number for number, names in enumerate(MAP[app]) for name in names.split()}

        assert [
            f"{name} imports {imported}"
            for name, all_imported in EVERYTHING.items()
            if belongs(name, app) and room(name)
            for imported in sorted(all_imported)
            if belongs(imported, app) and room(imported) not in ("", room(name))
            if line[room(imported)] >= line[room(name)]
        ] == []


class TestCircles:
    def test_there_are_none_between_modules(self):
        graph = {
            name: {other for other in all_imported if other in EVERYTHING and other != name}
            for name, all_imported in EVERYTHING.items()
        }

        try:
            order = list(TopologicalSorter(graph).static_order())
        except CycleError as error:
            pytest.fail(f"a circle: {' → '.join(error.args[1])}")

        assert len(order) == len(EVERYTHING)


class TestNames:
    def test_say_what_lives_there(self):
        vague = {"services", "utils", "helpers", "common", "misc"}

        assert [name for name in EVERYTHING if name.rpartition(".")[2] in vague] == []

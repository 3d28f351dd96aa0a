"""The import map of the house style, executed."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
APPS = ("articles", "accounts", "contact")
FOUNDATION = "immunoportal"

# Where the foundation is wired to the apps.
WIRING = {"immunoportal.settings", "immunoportal.urls", "immunoportal.wsgi"}

# The rooms of articles, the lowest first: a module imports from below its own room, or from its
# own. What is not listed has no place yet.
LAYERS = [
    {"articles.text"},
    {"articles.models"},
    {"articles.translation", "articles.publishing", "articles.images"},
    {"articles.launch_content"},
    {"articles.reading"},
    {"articles.desk"},
    {"articles.admin", "articles.urls", "articles.management", "articles.apps", "articles.portal"},
]
LAYER = {module: number for number, modules in enumerate(LAYERS) for module in modules}

PURE = ("articles.text", "articles.images.codec")
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
    found = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            base = ".".join([*base, *([node.module] if node.module else [])])
            for alias in node.names:
                inner = (ROOT / base.replace(".", "/") / alias.name).with_suffix("")
                is_module = inner.with_suffix(".py").exists() or inner.is_dir()
                found.add(f"{base}.{alias.name}" if is_module else base)
    return found


def belongs(module: str, *packages: str) -> bool:
    return any(module == package or module.startswith(f"{package}.") for package in packages)


def place(module: str) -> str:
    """A module of articles as it is listed in ``LAYERS``: packages stand for what is in them."""
    return ".".join(module.split(".")[:2])


EVERYTHING = {
    name: imports(name, path) for package in (FOUNDATION, *APPS) for name, path in modules(package)
}


def breaches(of: tuple[str, ...], by: tuple[str, ...], but: set[str] = frozenset()) -> list[str]:
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


class TestLayersOfArticles:
    def test_every_module_has_its_place(self):
        known = {place(name) for name in EVERYTHING if belongs(name, "articles")} - {"articles"}

        assert known <= set(LAYER), "a new module: give it a place in LAYERS"

    def test_imports_go_downward(self):
        upward = [
            f"{name} imports {imported}"
            for name, all_imported in EVERYTHING.items()
            if belongs(name, "articles") and name != "articles"
            for imported in sorted(all_imported)
            if belongs(imported, "articles") and place(imported) != place(name)
            if place(imported) in LAYER and LAYER[place(imported)] >= LAYER[place(name)]
        ]

        assert upward == []


class TestRoomsOfArticles:
    # A module imports from before its own place.
    IMAGES = ("codec", "sandbox", "files", "renditions", "library", "markup", "views")

    def test_images(self):
        names = [f"articles.images.{name}" for name in self.IMAGES]
        found = {name for name in EVERYTHING if belongs(name, "articles.images")}

        assert set(names) == found - {"articles.images"}
        assert [
            (name, later)
            for number, name in enumerate(names)
            for later in EVERYTHING[name] & set(names[number:])
        ] == []


class TestNames:
    def test_say_what_lives_there(self):
        vague = {"services", "utils", "helpers", "common", "misc"}

        assert [name for name in EVERYTHING if name.rpartition(".")[2] in vague] == []

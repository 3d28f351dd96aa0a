"""What pages and the editors' verbs cost: SQL queries, and processor time.

    .venv/bin/python benchmarks/queries.py [RUNS]

In a data directory of its own, on the launch article, through Django's test client: the reader's
pages, and what a member of *Editors* does in the admin (open the form, save, preview, publish both
languages, each time with one block changed in each language). BEGIN, COMMIT and savepoints are not
counted. Prints the number of queries and the median of the milliseconds of processor time.
"""

import io
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from django.test import Client

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

RUNS = 15


def main(runs: int) -> None:
    with tempfile.TemporaryDirectory(prefix="immunoportal-queries-") as directory:
        os.environ |= {"DATA_DIR": directory, "DJANGO_SETTINGS_MODULE": "immunoportal.settings"}
        import django

        django.setup()
        from django.core.management import call_command
        from django.test.utils import setup_test_environment

        setup_test_environment()
        os.environ["DJANGO_SUPERUSER_EMAIL"] = "admin@example.org"
        call_command("setup", stdout=io.StringIO())
        measure_all(runs)


def measure_all(runs: int) -> None:
    from django.contrib.auth import get_user_model
    from django.contrib.auth.models import Group
    from django.test import Client

    from articles.models import Article, Edition

    article = Article.objects.get()
    reader = Client()
    editor = get_user_model().objects.create_user("editor@example.org", is_staff=True)
    editor.groups.add(Group.objects.get(name="Editors"))
    desk = Client()
    desk.force_login(editor)
    page = Edition.objects.live().get(language="en").get_absolute_url()
    form = f"/admin/articles/article/{article.pk}/change/"

    print(f"{'':16} {'queries':>7} {'ms':>8}   (median of {runs})")
    for name, act in {
        "article page": lambda _number: reader.get(page),
        "home": lambda _number: reader.get("/en/"),
        "list": lambda _number: reader.get("/en/articles/"),
        "form open": lambda _number: desk.get(form),
    }.items():
        report(name, runs, prepare=lambda number: number, act=act)
    for name, button in {
        "save": {"_save": "1"},
        "preview": {"_preview": "en"},
        "publish both": {"_publish": "all", "_severity": "2"},
    }.items():
        report(
            name,
            runs,
            prepare=partial(changed, desk, form, button),
            act=lambda data: desk.post(form, data),
        )


def changed(desk: "Client", form: str, button: dict[str, str], number: int) -> dict[str, str]:
    """Return what a button of the form would send, with one text changed in each language."""
    context = desk.get(form).context
    data = {}
    formsets = [inline.formset for inline in context["inline_admin_formsets"]]
    forms = [context["adminform"].form]
    for formset in formsets:
        forms += [formset.management_form, *formset.initial_forms]
    for each in forms:
        for field in each:
            value = field.value()
            if value is True:
                data[field.html_name] = "on"
            elif value is not None and value is not False:
                data[field.html_name] = str(value)
    for language in ("it", "en"):
        name = f"articles_richtext_set-0-text_{language}"
        data[name] = f"{data[name]}<p>{os.urandom(4).hex()} {number}</p>"
    return data | button


def report(
    name: str, runs: int, *, prepare: Callable[[int], Any], act: Callable[[Any], Any]
) -> None:
    """Print what an act costs; what comes before it (``prepare``) is not measured."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    times, queries = [], set()
    for number in range(runs + 1):
        given = prepare(number)
        with CaptureQueriesContext(connection) as captured:
            begun = time.process_time()
            response = act(given)
            spent = time.process_time() - begun
        if response.status_code not in (200, 302) or (response.context or {}).get("errors"):
            sys.exit(f"{name} was refused: {response.status_code}")
        if number:  # the first one fills what is remembered
            times.append(spent * 1000)
            queries.add(sum(counts(query["sql"]) for query in captured.captured_queries))
    print(f"{name:16} {'–'.join(map(str, sorted(queries))):>7} {statistics.median(times):8.1f}")


def counts(sql: str) -> bool:
    """Tell whether a statement reads or writes something."""
    return sql.split()[0].upper() not in {"BEGIN", "COMMIT", "SAVEPOINT", "RELEASE", "ROLLBACK"}


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else RUNS)

"""What a search costs, on SQLite or PostgreSQL, with as many articles as wanted.

    .venv/bin/python benchmarks/search.py [ARTICLES] [--database postgresql]

A few hundred articles are generated whole (``manage.py generate_articles``); the others are copies
of them, of other ages, that have their text and their entry in the index and no pictures, blocks or
events. So every word of their texts stands in as large a part of all pages as with generated ones:
some in nearly every page. 60,000 invented words are added to those that mistyped ones are compared
with.

Milliseconds of processor time of one request in Django's test client, of the database's process
too: the median and the 95th percentile of the rounds, of each kind of search and of all of them.
"""

import argparse
import json
import random
import statistics
import sys
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from harness import (
    HERE,
    ROOT,
    History,
    PostgreSQL,
    Site,
    print_table,
    say,
    stop_on_signals,
    temporary_directory,
)

ARTICLES = 100_000
WHOLE = 300
ROUNDS = 30
INVENTED = 60_000
LANGUAGE = "en"

# What is looked for, by what it is.
SEARCHES = {
    "in nearly every article": {"q": "treatment"},
    "two of these": {"q": "treatment doctor"},
    "three of these": {"q": "treatment doctor cancer"},
    "with its synonyms": {"q": "chemo"},
    "in many titles": {"q": "side effects"},
    "in one article": {"q": "masking"},
    "one rare, one in nearly every": {"q": "masking treatment"},
    "phrase": {"q": '"side effects"'},
    "phrase of frequent words": {"q": '"the immune system"'},
    "stop-words only": {"q": "what is the"},
    "mistyped": {"q": "imunotherapy"},
    "mistyped, two words": {"q": "chekpoint inhibitrs"},
    "nothing like it": {"q": "qwertyuiop asdfghjkl"},
    "some of the words": {"q": "masking neuropathies qwertyuiop treatment"},
    "eight words": {"q": "treatment doctor cancer blood skin weeks months tumour"},
    "by topic": {"q": "treatment", "topic": "*"},
    "by kind": {"q": "treatment", "kind": "questions"},
    "page 20": {"q": "treatment", "page": "20"},
    "last page": {"q": "treatment", "page": "84"},
    "10,000 characters": {"q": "treatment doctor " * 588},
    "operators": {"q": "NEAR(treatment* OR \"doctor) AND ^cancer: - + % _ ' \\"},
}


class SearchSite(Site):
    """A site with as many articles as a search is to be measured with."""

    def __init__(self, directory: Path, database: PostgreSQL | None, articles: int) -> None:
        self.articles = articles
        super().__init__(directory, database)

    def fill(self) -> None:
        self.manage("generate_articles", str(min(WHOLE, self.articles)))
        self.python(HERE / "search.py", "fill", str(self.articles))


def measure(articles: int, name: str, rounds: int) -> None:
    with ExitStack() as stack:
        say(f"Preparing {articles} articles on {name} …")
        directory = Path(stack.enter_context(temporary_directory()))
        cluster = stack.enter_context(PostgreSQL()) if name == "postgresql" else None
        begun = time.monotonic()
        site = SearchSite(directory, cluster, articles)
        say(f"… in {time.monotonic() - begun:.0f} s. Measuring …")
        lines = site.python(HERE / "search.py", "measure", str(rounds))
        report(json.loads(lines.splitlines()[-1]), f"search, {name}, {articles} articles")


def report(found: dict[str, dict[str, Any]], site: str) -> None:
    """Print the table, and append it to the history."""
    history, rows, everything = History(), [], []
    for kind, figures in found.items():
        times = figures["milliseconds"]
        everything += times
        rows.append([kind, figures["queries"], figures["pages"], *percentiles(times)])
    rows.append(["all", "", "", *percentiles(everything)])
    for kind, _queries, _pages, _median, most in rows:
        history.add(f"{site}: {kind} (p95, ms)", float(most))
    print_table([site, "queries", "pages", "median", "p95"], rows)


def percentiles(times: list[float]) -> tuple[str, str]:
    cuts = statistics.quantiles(times, n=20, method="inclusive")
    return f"{statistics.median(times):.1f}", f"{cuts[-1]:.1f}"


# In the site's environment


def fill(articles: int) -> None:
    """Add copies of what is found already until there are as many articles as wanted."""
    from django.db import connection

    from articles.models import Article, Edition, SearchEntry, SearchWord
    from articles.models import search_words as store
    from articles.publishing import search_index
    from articles.publishing.content import Content, write

    empty = write(Content([], [], [], []))
    base = list(
        search_index.to_be_found().filter(audience="public").order_by("article", "language")
    )
    words = {edition.pk: search_index.words_of(edition) for edition in base}
    entries = dict(SearchEntry.objects.values_list("edition", "pk"))

    def sample(entry: SearchEntry) -> str:
        return f"'{entry.language}{store.SAMPLE}'" if store.is_in_sample(entry) else ""

    rng = random.Random(1)
    have, copy = Article.objects.count(), 0
    columns = ", ".join(store.COLUMNS.values())
    copied = ", ".join(
        f"ts_delete({column}, %s) || %s::tsvector" for column in store.COLUMNS.values()
    )
    names = [str(field.column) for field in SearchEntry._meta.concrete_fields]
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            for column in store.COLUMNS.values():
                cursor.execute(f"DROP INDEX search_entry_{column}")
    while have < articles:
        copy += 1
        originals = sorted({edition.article_id for edition in base})[: articles - have]
        have += len(originals)
        copies = dict(
            zip(
                originals,
                Article.objects.bulk_create(
                    Article(slug_it=f"{pk}-{copy}", slug_en=f"{pk}-{copy}") for pk in originals
                ),
                strict=True,
            )
        )
        new, rows = [], []
        for edition in base:
            if edition.article_id not in copies:
                continue
            fields = {
                field.attname: getattr(edition, field.attname)
                for field in Edition._meta.concrete_fields
                if not field.primary_key
            }
            article = copies[edition.article_id]
            age = rng.random() * 6 * 365 * 86_400
            at = edition.first_published_at.fromtimestamp(
                time.time() - age, tz=edition.valid_from.tzinfo
            )
            fields |= {
                "article_id": article.pk, "slug": f"{edition.slug[:130]}-{copy}", "content": empty,
                "parts": None, "first_published_at": at,
            }  # fmt: skip
            new.append(Edition(**fields))
            rows.append(edition.pk)
        Edition.objects.bulk_create(new)
        made = [
            (search_index.entry_of(edition, words[pk][1]), pk)
            for edition, pk in zip(new, rows, strict=True)
        ]
        if connection.vendor == "sqlite":
            store.put([(entry, words[pk][0]) for entry, pk in made])
            continue
        with connection.cursor() as cursor:
            cursor.executemany(
                f"INSERT INTO articles_searchentry ({', '.join(names)}, {columns})"
                f" SELECT {', '.join(['%s'] * len(names))}, {copied}"
                " FROM articles_searchentry WHERE id = %s",
                [
                    [
                        *(getattr(entry, f.attname) for f in SearchEntry._meta.concrete_fields),
                        *[f"{entry.language}{store.SAMPLE}", sample(entry)] * len(store.COLUMNS),
                        entries[pk],
                    ]
                    for entry, pk in made
                ],
            )
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            for column in store.COLUMNS.values():
                cursor.execute(
                    f"CREATE INDEX search_entry_{column} ON articles_searchentry"
                    f" USING gin ({column}) WITH (fastupdate = off)"
                )
    else:
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
    letters = "aeioulnrstcmdp"
    invented = {"".join(rng.choices(letters, k=rng.randint(4, 14))) for _number in range(INVENTED)}
    SearchWord.objects.bulk_create(
        [
            SearchWord(
                language=LANGUAGE, word=word, folded=word, stem=word, beginning=word[0],
                ending=word[-4:], length=len(word), editions=1,
            )
            for word in invented
        ],
        ignore_conflicts=True,
    )  # fmt: skip


def measure_here(rounds: int) -> None:
    """Print, of each kind of search, the milliseconds of each round, as a line of JSON."""
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext
    from django.urls import reverse
    from django.utils import translation

    from articles.reading import pages, search
    from immunoportal.languages import text_in

    client = Client(SERVER_NAME="127.0.0.1")
    with translation.override(LANGUAGE):
        address = reverse("articles:search")
    topic = text_in(pages.topics_with_articles(LANGUAGE)[0], "slug", LANGUAGE)
    found: dict[str, dict[str, Any]] = {}
    for number in range(rounds + 1):
        for kind, asked in SEARCHES.items():
            query = asked | ({"topic": topic} if "topic" in asked else {})
            connection.ensure_connection()
            if number == 0:
                client.get(address, query)  # fills what is remembered
                with CaptureQueriesContext(connection) as captured:
                    client.get(address, query)
                count = sum(query["sql"].startswith(("SELECT", "INSERT")) for query in captured)
                results = search.search(query["q"], LANGUAGE, topic=query.get("topic", ""))
                found[kind] = {"queries": count, "pages": results.total, "milliseconds": []}
                continue
            begun, database = time.process_time(), backend_time(connection)
            response = client.get(address, query)
            spent = (time.process_time() - begun) * 1000 + backend_time(connection) - database
            if response.status_code != 200:
                sys.exit(f"{kind}: {response.status_code}")
            found[kind]["milliseconds"].append(spent)
    print(json.dumps(found), flush=True)


def backend_time(connection: Any) -> float:
    """Return the milliseconds of processor time of the database's process for a connection."""
    if connection.vendor != "postgresql":
        return 0
    pid = connection.connection.info.backend_pid
    return int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) / 1e6


def main() -> None:
    if sys.argv[1:2] in (["fill"], ["measure"]):
        sys.path.insert(0, str(ROOT))
        import django

        django.setup()
        act = fill if sys.argv[1] == "fill" else measure_here
        act(int(sys.argv[2]))
        return
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("articles", nargs="?", type=int, default=ARTICLES)
    parser.add_argument("--database", choices=["sqlite", "postgresql"], default="sqlite")
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    options = parser.parse_args()
    stop_on_signals()
    measure(options.articles, options.database, options.rounds)


if __name__ == "__main__":
    main()

"""With 20,000 rows of each, no list and no job reads a whole table of editions, mails or messages.

The statements are those that the pages and jobs send, and the database is asked how it goes about
them. A scan of an index that holds all that is asked is allowed; a search for a word is left out,
for it reads every text.
"""

import json
import re
from contextlib import contextmanager

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from articles.files import sandbox
from articles.models import Audience, Correction, Edition, Severity, Topic
from articles.models.editions import boundaries
from articles.publishing.states import State, count_in_state
from contact.models import Message
from immunoportal import planner, registry
from immunoportal.mail.ledger import Mail
from tests.factories import (
    logged_in,
    make_article,
    make_editor,
    make_mail,
    make_message,
    make_topic,
    publish,
)

pytestmark = pytest.mark.django_db

ROWS = 20_000
BIG = {model._meta.db_table for model in (Correction, Edition, Mail, Message)}
# By one of these alone many rows are found.
COARSE = {"language", "audience", "state", "kind", "topic_id", "emptied_at"}
# SQL for a text that makes rows as wide as real ones.
LONG = f"'{'x' * 500}'"
# So many rows may be read of a table, on the way to a page of a list.
MOST = 1000


def copies(row, times: int, **values: str) -> None:
    """Store a row so many times more, with other values as SQL about the number ``n``."""
    quote = connection.ops.quote_name
    table = quote(row._meta.db_table)
    columns = [field.column for field in row._meta.concrete_fields if not field.primary_key]
    columns += [] if "id" not in values else ["id"]
    names = ", ".join(map(quote, columns))
    sources = ", ".join(values.get(column, f"row.{quote(column)}") for column in columns)
    with connection.cursor() as cursor:
        cursor.execute(
            "WITH RECURSIVE series (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM series"
            f" WHERE n < {times}) INSERT INTO {table} ({names})"
            f" SELECT {sources} FROM {table} AS row, series WHERE row.id = {row.pk}"
        )


def minutes_ago(number: str) -> str:
    """SQL for the moment so many minutes ago."""
    now = f"{timezone.now():%Y-%m-%d %H:%M:%S}"
    if connection.vendor == "sqlite":
        return f"strftime('%Y-%m-%d %H:%M:%f', '{now}', '-' || ({number}) || ' minutes')"
    return f"timestamptz '{now}+00' - ({number}) * interval '1 minute'"


@pytest.fixture(scope="class")
def _many_rows(shared_rows):
    editor = make_editor()
    topics = [make_topic() for _number in range(10)]
    article = make_article(
        topic=topics[0], lead_it="Una frase. " * 50, slug_it="primo", slug_en="first"
    )
    italian, english = publish(article, by=editor)
    half = ROWS // 2
    shared = {
        "topic_id": f"{topics[0].pk} + n % {len(topics)}",
        "audience": f"CASE n % 50 WHEN 0 THEN '{Audience.PROFESSIONAL}' ELSE row.audience END",
    }
    of_article = shared | {"article_id": f"{article.pk} + n"}
    copies(
        article, half,
        id=f"{article.pk} + n",
        key=_uuid("n"),
        slug_it="'primo-' || n",
        slug_en="'first-' || n",
        changed_at=minutes_ago("n"),
        **shared,
    )  # fmt: skip
    for edition in (italian, english):
        copies(
            edition, half,
            slug="row.slug || '-' || n",
            valid_from=minutes_ago("n"),
            first_published_at=minutes_ago("n"),
            plain_text=LONG,
            **of_article,
        )  # fmt: skip
    correction = Correction.objects.create(
        article=article, edition=italian, language="it", audience=Audience.PUBLIC,
        kind=Correction.Kind.CORRECTION, severity=Severity.SUBSTANTIVE, note="x" * 400,
        at=timezone.now(),
    )  # fmt: skip
    copies(correction, half, at=minutes_ago("n"))
    for version in article.language_versions.all():
        copies(
            version, half,
            article_id=of_article["article_id"],
            current_valid_from=minutes_ago("n"),
            # Some were never published, some have changed since.
            last_number="CASE n % 10 WHEN 1 THEN NULL ELSE row.last_number END",
            page_digest="CASE n % 5 WHEN 0 THEN '' ELSE row.page_digest END",
        )  # fmt: skip
    copies(
        make_mail(state=Mail.State.SENT, sent_at=timezone.now(), kind="message"), ROWS,
        kind="CASE n % 3 WHEN 0 THEN 'invitation' ELSE row.kind END",
        state="CASE n % 500 WHEN 0 THEN 'failed' ELSE row.state END",
        sent_at=f"CASE n % 500 WHEN 0 THEN NULL ELSE {minutes_ago('n')} END",
        created_at=minutes_ago("n"),
        queued_at=minutes_ago("n"),
        next_attempt_at=minutes_ago("n"),
        error=LONG,
    )  # fmt: skip
    copies(
        make_message(), ROWS,
        number="'N' || n",
        submission="'copy ' || n",
        fingerprint="'fingerprint ' || n",
        created_at=minutes_ago("n * 30"),
        emptied_at=f"CASE WHEN n > {half} THEN {minutes_ago('n')} END",
        state="CASE n % 4 WHEN 0 THEN 'spam' WHEN 1 THEN 'new' ELSE 'answered' END",
        text=LONG,
    )  # fmt: skip
    planner.count_anew()
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
            # As VACUUM leaves it, which no transaction may contain.
            cursor.execute("UPDATE pg_class SET relallvisible = relpages WHERE relkind = 'r'")


def _uuid(number: str) -> str:
    if connection.vendor == "sqlite":
        return f"printf('%032x', {number})"
    return f"lpad(to_hex({number}), 32, '0')::uuid"


class Plans:
    """Collects the statements of an act, and tells which of them read much of a big table."""

    def __init__(self) -> None:
        self.statements: list[tuple[str, tuple]] = []

    @contextmanager
    def collected(self):
        with connection.execute_wrapper(self._collect):
            yield self

    def _collect(self, execute, sql, params, many, context):
        if sql.startswith(("SELECT", "UPDATE", "DELETE", "WITH")):
            self.statements.append((sql, params))
        return execute(sql, params, many, context)

    def reading_much(self) -> list[str]:
        # With parameters as they were sent: written into the statement they would let a database
        # use an index that it cannot use in earnest.
        judge = _read_by_sqlite if connection.vendor == "sqlite" else _read_by_postgresql
        assert self.statements
        about_big = [each for each in self.statements if any(table in each[0] for table in BIG)]
        return [f"{found}: {sql}" for sql, params in about_big for found in judge(sql, params)]


def _read_by_sqlite(sql: str, params) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN QUERY PLAN {sql}", params)
        steps = [row[3] for row in cursor.fetchall()]
    aliases = {
        alias or table
        for table, alias in re.findall(r'"(\w+)" (?:(?!WHERE|ON|SET|ORDER|INNER|LEFT)(\w+))?', sql)
        if table in BIG
    }
    return [step for step in steps if _reads_much(step, aliases | BIG, limited=" LIMIT " in sql)]


def _reads_much(step: str, big: set[str], *, limited: bool) -> bool:
    how, table = [*step.split(), ""][:2]
    if table not in big or "COVERING INDEX" in step or how not in ("SCAN", "SEARCH"):
        return False
    terms = set(re.findall(r"(\w+)[=<>]", step))
    return how == "SCAN" or (not limited and terms <= COARSE)


def _read_by_postgresql(sql: str, params) -> list[str]:
    analyze = "ANALYZE, " if sql.startswith("SELECT") else ""
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN ({analyze}FORMAT JSON) {sql}", params)
        plan = cursor.fetchone()[0]
    nodes = list(_nodes((json.loads(plan) if isinstance(plan, str) else plan)[0]["Plan"]))
    return [
        f"{node['Node Type']} of {node['Relation Name']}"
        for node in nodes
        if node.get("Relation Name") in BIG
        and (node["Node Type"] == "Seq Scan" or _rows_read(node) > MOST)
    ]


def _nodes(node: dict):
    yield node
    for part in node.get("Plans", []):
        yield from _nodes(part)


def _rows_read(node: dict) -> int:
    if node["Node Type"] == "Index Only Scan":
        return 0
    read = node.get("Actual Rows", 0) + node.get("Rows Removed by Filter", 0)
    return read * node.get("Actual Loops", 1)


# Lists of the desk with the queries that their pages, filters and columns send.
LISTS = {
    "articles_article": [
        "", "p=100", "state_it=never", "state_it=live&p=60", "state_it=changed&state_en=changed",
        "state_it=changed", "missing=it",
        "audience__exact=professional",
    ],
    "articles_edition": ["", "p=200", "language__exact=en&audience__exact=public&p=90"],
    "immunoportal_mail": [
        "", "p=100", "state=failed", "state=to_deal_with", "kind=invitation&p=40",
    ],
    "contact_message": ["", "p=100", "state=spam", "state=answered&language__exact=it"],
}  # fmt: skip
SERVER = {"host": "127.0.0.1"}


@pytest.fixture
def editor_client(client):
    return logged_in(client, make_editor())


@pytest.mark.usefixtures("_many_rows")
class TestNoWholeTableIsRead:
    def test_by_a_list_of_the_desk(self, editor_client):
        for name, queries in LISTS.items():
            for query in queries:
                plans = Plans()

                with plans.collected():
                    url = reverse(f"admin:{name}_changelist")
                    response = editor_client.get(f"{url}?{query}")

                assert response.status_code == 200
                assert response.context["cl"].result_list
                assert plans.reading_much() == [], (name, query)

    def test_by_a_public_list(self, client, editor_client):
        topic = Topic.objects.earliest("pk")
        lists = [
            "/it/", "/it/articoli/", "/it/articoli/?page=400", "/it/articoli/?page=800",
            "/it/argomenti/", topic.get_absolute_url(), f"{topic.get_absolute_url()}?page=60",
            "/it/correzioni/", "/it/correzioni/?page=250", "/it/correzioni/?page=500",
            "/it/correzioni/feed/",
        ]  # fmt: skip
        reserved = reverse("articles:professionals")
        asked = [(client, address) for address in lists]
        asked += [(editor_client, address) for address in (reserved, f"{reserved}?page=16")]
        for who, address in asked:
            plans = Plans()

            with plans.collected():
                response = who.get(address)

            assert response.status_code == 200, address
            assert plans.reading_much() == [], address

    def test_by_the_first_page_of_the_desk(self, editor_client, settings):
        settings.MAIL_SERVER = SERVER
        plans = Plans()

        with plans.collected():
            response = editor_client.get(reverse("admin:index"))

        desk = response.context["desk"]
        assert desk.is_whole
        assert len(desk.alerts) == 1
        assert [number.count for number in desk.waiting] == [40, 2000, 2000, 1000, 1000, 5001]
        assert plans.reading_much() == []

    @pytest.mark.skipif(connection.vendor != "sqlite", reason="SQLite names its index")
    def test_by_the_count_of_what_has_unpublished_changes(self):
        with CaptureQueriesContext(connection) as captured:
            assert count_in_state("it", State.CHANGED) == 2000

        with connection.cursor() as cursor:
            cursor.execute(f"EXPLAIN QUERY PLAN {captured[0]['sql']}")
            assert "version_maybe_changed" in cursor.fetchone()[3]

    def test_by_a_job(self, settings, monkeypatch):
        # A leaflet takes a second, in a process that knows no database.
        monkeypatch.setattr(sandbox, "read", lambda *_args, **_options: b'{"pages": 1}\n%PDF')
        plans = Plans()

        with plans.collected():
            for settings.MAIL_SERVER in (SERVER, None):
                busy = [job.name for job in registry.jobs() if job.do_next()]

        assert len(plans.statements) > len(registry.jobs())
        assert plans.reading_much() == [], busy

    def test_by_the_search_for_the_next_boundary(self):
        plans = Plans()

        with plans.collected():
            boundaries(timezone.now())

        assert plans.reading_much() == []

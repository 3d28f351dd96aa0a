"""Fills and measures one site for ``growth.py``, in that site's environment.

    grown.py fill MESSAGES MAILS
    grown.py measure

To measure, it answers each line on its standard input with a line of JSON.
"""

import json
import statistics
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import django

django.setup()

from django.contrib import admin
from django.contrib.auth import get_user_model
from django.db import connection
from django.db.models import Count
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone, translation

from articles.models import Article, Edition, LanguageVersion, Topic
from articles.publishing.states import State
from articles.reading.pages import PER_PAGE
from contact.models import Message
from immunoportal.mail import delivery
from immunoportal.mail.ledger import Mail
from immunoportal.publication import clock

LANGUAGE = "en"
RUNS = 5  # of each page in a round
AT_A_TIME = 2_000

Act = Callable[[], object]


def fill(messages: int, mails: int) -> None:
    """Add a year of messages and mails, most of them dealt with, and an editor for them."""
    editor = get_user_model().objects.create_superuser("editor@example.org")
    editor.preferred_language = LANGUAGE
    editor.password_is_temporary = False
    editor.save()
    now = timezone.now()
    answered = [Message.State.ANSWERED] * 7
    states = [*answered, Message.State.NEW, Message.State.IN_PROGRESS, Message.State.SPAM]
    for start in range(0, messages, AT_A_TIME):
        Message.objects.bulk_create(
            Message(
                number=f"G-{number}",
                submission=f"submission {number}",
                created_at=now - timedelta(days=365) * (1 - number / messages),
                language=LANGUAGE,
                name=f"Reader {number}",
                email=f"reader{number}@example.org",
                subject_name="Other",
                text=f"Good morning, this is question {number}. " * 12,
                fingerprint=f"fingerprint {number}",
                state=states[number % len(states)],
            )
            for number in range(start, min(start + AT_A_TIME, messages))
        )
    kinds = ["contact/message", "contact/copy", "accounts/password_reset", "accounts/invitation"]
    Mail._meta.get_field("created_at").auto_now_add = False
    for start in range(0, mails, AT_A_TIME):
        Mail.objects.bulk_create(
            Mail(
                state=_state_of(number),
                kind=kinds[number % len(kinds)],
                recipient=f"reader{number}@example.org",
                subject=f"Your message no. {number}",
                content=b"Subject: A mail\r\n\r\nA text.\r\n" if number % 10 == 0 else b"",
                created_at=now - timedelta(days=365) * (1 - number / mails),
                sent_at=now if _state_of(number) == Mail.State.SENT else None,
                next_attempt_at=now + timedelta(days=1),
            )
            for number in range(start, min(start + AT_A_TIME, mails))
        )
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")


def _state_of(number: int) -> str:
    """Return the state of a mail: of 200 one has been given up, one is to be tried again."""
    return {1: Mail.State.FAILED, 2: Mail.State.RETRYING}.get(number % 200, Mail.State.SENT)


def pages() -> dict[str, tuple[Act | None, Act]]:
    """Return what is measured: what comes before it and is not measured, and the act."""
    reader, desk = Client(SERVER_NAME="127.0.0.1"), Client(SERVER_NAME="127.0.0.1")
    desk.force_login(get_user_model().objects.get(email="editor@example.org"))
    listed = Edition.objects.live().public().in_language(LANGUAGE)
    topic = Topic.objects.filter(editions__in=listed).annotate(each=Count("pk")).latest("each")
    in_topic = listed.filter(topic=topic).count()
    with translation.override(LANGUAGE):
        home, of_all = reverse("articles:home"), reverse("articles:list")
        of_topic = topic.get_absolute_url() or ""
    public = {
        "home": home,
        "list, first page": of_all,
        "list, last page": last_page(of_all, listed.count()),
        "topic, first page": of_topic,
        "topic, last page": last_page(of_topic, in_topic),
    }
    articles, mails = (
        reverse(f"admin:{name}_changelist") for name in ("articles_article", "immunoportal_mail")
    )
    full_pages = Article.objects.count() // admin.site.get_model_admin(Article).list_per_page
    whole = {
        "admin, first page": reverse("admin:index"),
        "admin list": articles,
        "admin list, last page": f"{articles}?p={full_pages}",
        "inbox": reverse("admin:contact_message_changelist"),
        "ledger": mails,
    }
    filtered = {
        f"admin list, {state}": f"{articles}?state_{LANGUAGE}={state}" for state in State.values
    } | {
        "admin list, behind": f"{articles}?behind={LANGUAGE}",
        "ledger, given up": f"{mails}?state=failed",
    }
    acts: dict[str, tuple[Act | None, Act]] = {}
    for name, path in public.items():
        acts[name] = None, page(reader, path)
        acts[f"{name}, after a change"] = change, page(reader, path)
    for name, path in (whole | filtered).items():
        acts[name] = rows(None), page(desk, path)
    for name, path in of_one_article().items():
        acts[name] = None, page(desk, path)
    for name, path in filtered.items():
        acts[f"{name}, two rows"] = rows(2), page(desk, path)
    acts["mail job, nothing to do"] = None, mail_job
    return acts


def of_one_article() -> dict[str, str]:
    """Return the pages of the desk about an article whose other language is behind."""
    behind = LanguageVersion.objects.filter(stale_since__isnull=False).latest("last_number")
    compare = reverse("admin:articles_article_compare", args=[behind.article_id])
    asked = f"{compare}?language={behind.language}&old=1"
    return {
        "form, behind": reverse("admin:articles_article_change", args=[behind.article_id]),
        "compare, first edition with newest": f"{asked}&new={behind.last_number}",
        "compare, first edition with working copy": asked,
        "history": reverse("admin:articles_article_history", args=[behind.article_id]),
    }


def last_page(path: str, count: int) -> str:
    """Return the address of the last page of a list that is full."""
    last = count // PER_PAGE
    return f"{path}?page={last}" if last > 1 else path


def page(client: Client, path: str) -> Act:
    def act() -> None:
        response = client.get(path)
        if response.status_code != 200:
            sys.exit(f"{path}: {response.status_code} {response.headers.get('Location', '')}")

    return act


def change() -> None:
    """Have something public change, and wait until this process must have noticed."""
    clock.advance()
    time.sleep(clock.reader().lease * 1.05)


def rows(count: int | None) -> Act:
    """Return what has the admin's lists show so many rows a page; as many as they do, if none."""

    def act() -> None:
        for model in (Article, Mail):
            of_model = admin.site.get_model_admin(model)
            of_model.list_per_page = count or type(of_model).list_per_page  # type: ignore[misc]

    return act


def mail_job() -> None:
    if delivery.deliver_next():
        sys.exit("The mail job has something to do.")


def backend_time() -> float:
    """Return the milliseconds of processor time of the database's process for this connection."""
    if connection.vendor != "postgresql":
        return 0
    pid = connection.connection.info.backend_pid
    return int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) / 1e6


def measured(before: Act | None, act: Act) -> dict[str, float]:
    """Return the queries and the median of the milliseconds of some runs."""
    times, queries = [], 0
    for run in range(RUNS + 1):
        if before:
            before()
        connection.ensure_connection()
        if run == 0:
            with CaptureQueriesContext(connection) as captured:
                act()
            queries = sum(counts(query["sql"]) for query in captured.captured_queries)
            continue
        begun, database = time.process_time(), backend_time()
        act()
        spent = (time.process_time() - begun) * 1000
        times.append(spent + backend_time() - database)
    return {"queries": queries, "milliseconds": statistics.median(times)}


def counts(sql: str) -> bool:
    """Tell whether a statement reads or writes something."""
    return sql.split()[0].upper() not in {"BEGIN", "COMMIT", "SAVEPOINT", "RELEASE", "ROLLBACK"}


def measure() -> None:
    acts = pages()
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            # What other processes did for a query would not be seen.
            cursor.execute("SET max_parallel_workers_per_gather = 0")
    for _line in sys.stdin:
        found = {name: measured(*each) for name, each in acts.items()}
        print(json.dumps(found), flush=True)


if __name__ == "__main__":
    if sys.argv[1] == "fill":
        fill(*map(int, sys.argv[2:]))
    else:
        measure()

"""Counts the SQL queries of pages that no cache answers, and prints them as JSON.

Run by ``pages.py``, in the site's environment. By kind of page: with what is remembered since the
last public change, and the first time after one. The clock's own reading, on a connection of its
own, is not among them.
"""

import json
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import django

django.setup()

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from immunoportal.publication import clock


def count(client: Client, path: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        client.get(path)
    passing = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE", "ROLLBACK")
    return sum(not query["sql"].startswith(passing) for query in captured.captured_queries)


def main(paths: dict[str, str], cookie: str) -> None:
    client = Client(SERVER_NAME="127.0.0.1")
    found = {}
    for kind, path in paths.items():
        client.cookies.clear()
        if kind == "reserved":
            client.cookies.load(cookie)
        client.get(path)
        clock.advance()
        time.sleep((clock.reader().lease if hasattr(clock, "reader") else 0) * 1.05)
        first = count(client, path)
        found[kind] = {"after a change": first, "not stored": count(client, path)}
    print(json.dumps(found))


if __name__ == "__main__":
    main(json.loads(sys.argv[1]), sys.argv[2])

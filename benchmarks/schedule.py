"""Freezes editions that begin in the future, as lines of JSON on the standard input say.

Run by the harness, in the site's environment. A line has ``article`` (its number), ``title``,
``start`` and ``end`` (seconds since the epoch; ``end`` may be null); the answer is when it was
committed. The edition that is live until then ends as the new one begins.
"""

import json
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import django

django.setup()

from django.contrib.auth import get_user_model
from django.db import transaction

from articles.models import Article
from articles.publishing.freezing import freeze, read_working_copy
from articles.publishing.verbs import keep_files, repeat_editions
from immunoportal.publication import clock

LANGUAGE = "en"


@transaction.atomic
def schedule(article: int, title: str, start: float, end: float | None) -> None:
    row = Article.objects.select_for_update().get(pk=article)
    setattr(row, f"title_{LANGUAGE}", title)
    row.save()
    copy = read_working_copy(row)
    edition = freeze(copy, LANGUAGE)
    earlier = row.editions.in_language(LANGUAGE)
    edition.number = earlier.order_by("-number")[0].number + 1
    edition.valid_from = datetime.fromtimestamp(start, UTC)
    edition.valid_until = datetime.fromtimestamp(end, UTC) if end else None
    edition.first_published_at = earlier.order_by("number")[0].first_published_at
    edition.published_by = get_user_model().objects.order_by("pk")[0]
    earlier.live().update(valid_until=edition.valid_from)
    edition.save(force_insert=True)
    keep_files(copy, [edition])
    repeat_editions([row.pk])
    clock.advance()


for line in sys.stdin:
    schedule(**json.loads(line))
    print(time.time(), flush=True)

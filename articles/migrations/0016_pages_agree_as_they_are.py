"""Have the pages of two languages agree as they are: what changes from now on is tracked."""

from itertools import groupby, islice, permutations
from operator import itemgetter

from django.db import migrations
from django.db.models import F, Q
from django.utils import timezone


def settle(apps, schema_editor):
    now = timezone.now()
    ever_valid = Q(valid_until__isnull=True) | Q(valid_until__gt=F("valid_from"))
    editions = apps.get_model("articles", "Edition").objects.filter(ever_valid, valid_from__lte=now)
    rows = editions.order_by("article", "number").values_list("article", "language", "number", "pk")
    Settlement = apps.get_model("articles", "Settlement")
    settlements = (
        Settlement(
            article_id=article,
            language=language,
            edition_id=newest[other][1],
            own_number=newest[language][0],
            how="translated",
            at=now,
        )
        for article, of_article in groupby(rows.iterator(), itemgetter(0))
        for newest in [{language: row for _article, language, *row in of_article}]
        for language, other in permutations(newest, 2)
    )
    while batch := list(islice(settlements, 1000)):
        Settlement.objects.bulk_create(batch)


class Migration(migrations.Migration):
    dependencies = [("articles", "0015_severity_and_settlements")]

    operations = [migrations.RunPython(settle, migrations.RunPython.noop)]

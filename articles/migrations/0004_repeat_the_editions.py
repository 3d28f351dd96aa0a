"""Fill in what language versions repeat of their editions, and add versions that are missing."""

from itertools import groupby

from django.conf import settings
from django.db import migrations
from django.utils import timezone

NAMES = ("number", "slug", "page_digest", "valid_from", "valid_until")
SLOTS = ("current", "next")
AT_A_TIME = 1000


def repeat(apps, schema_editor):
    editions = apps.get_model("articles", "Edition").objects.order_by(
        "article_id", "language", "valid_from", "number"
    )
    versions = apps.get_model("articles", "LanguageVersion").objects
    articles = list(apps.get_model("articles", "Article").objects.values_list("pk", flat=True))
    now = timezone.now()
    for start in range(0, len(articles), AT_A_TIME):
        some = articles[start : start + AT_A_TIME]
        rows = {
            (article, language): versions.model(article_id=article, language=language)
            for article in some
            for language, _name in settings.LANGUAGES
        }
        found = editions.filter(article__in=some).values("article_id", "language", *NAMES)
        for key, group in groupby(found, key=lambda row: (row["article_id"], row["language"])):
            row = rows.setdefault(key, versions.model(article_id=key[0], language=key[1]))
            of_version = list(group)
            row.last_number = max(edition["number"] for edition in of_version)
            standing = [
                edition
                for edition in of_version
                if not edition["valid_until"]
                or edition["valid_until"] > max(now, edition["valid_from"])
            ]
            for slot, edition in zip(SLOTS, standing, strict=False):
                for name in NAMES:
                    setattr(row, f"{slot}_{name}", edition[name])
        versions.bulk_create(
            rows.values(),
            update_conflicts=True,
            unique_fields=["article", "language"],
            update_fields=["last_number", *(f"{slot}_{name}" for slot in SLOTS for name in NAMES)],
        )


class Migration(migrations.Migration):
    dependencies = [("articles", "0003_versions_repeat_their_editions")]

    operations = [migrations.RunPython(repeat, migrations.RunPython.noop, elidable=True)]

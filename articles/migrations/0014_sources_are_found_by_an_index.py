"""A DOI is stored without capitals, and a citation is found by an index."""

import django.core.validators
import django.db.models.functions.text
from django.db import migrations, models

import articles.models.sources
from articles.models.sources import wording_of


def write_as_they_are_found(apps, schema_editor):
    """Rewrite the DOIs, and make what citations are found by.

    Of two sources whose DOIs differ by capitals only, one keeps its own as a web address.
    """
    taken, changed = set(), []
    sources = apps.get_model("articles", "Source").objects
    # Those that stay as they are come first, so that no other one meets them.
    for source in sorted(sources.all(), key=lambda row: (row.doi != row.doi.lower(), row.pk)):
        doi, url = source.doi.lower(), source.url
        if doi in taken:
            doi, url = "", url or f"https://doi.org/{source.doi}"
        elif doi:
            taken.add(doi)
        if doi != source.doi:
            changed.append(source.pk)
        wording = wording_of(source.citation)
        sources.filter(pk=source.pk).update(doi=doi, url=url, wording=wording)
    # What would be published now differs from what is live.
    citing = apps.get_model("articles", "Citation").objects.filter(source__in=changed)
    versions = apps.get_model("articles", "LanguageVersion").objects
    versions.filter(article__in=citing.values("article")).update(text_digest="", page_digest="")


class Migration(migrations.Migration):
    dependencies = [
        ("articles", "0013_recordings"),
    ]

    operations = [
        migrations.AddField(
            model_name="source",
            name="wording",
            field=articles.models.sources.WordingField(
                db_index=True, default="", editable=False, max_length=32
            ),
        ),
        migrations.AlterField(
            model_name="source",
            name="doi",
            field=articles.models.sources.DOIField(
                blank=True,
                max_length=200,
                validators=[
                    django.core.validators.RegexValidator(
                        '^10\\.[0-9]{4,9}/[^\\s"<>]+$', "A DOI looks like 10.1056/NEJMoa1003466."
                    )
                ],
                verbose_name="DOI",
            ),
        ),
        migrations.RunPython(write_as_they_are_found, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name="source",
            constraint=models.CheckConstraint(
                condition=models.Q(doi=django.db.models.functions.text.Lower("doi")),
                name="source_doi_without_capitals",
            ),
        ),
    ]

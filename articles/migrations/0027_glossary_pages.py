"""Pages for the terms of the glossary: slugs, related terms, and where they stand; questions that
readers may ask their doctor."""

import django.db.models.deletion
from django.db import migrations, models

from articles.text.slugs import slug_from

LONGEST_STEM = 114


def fill_slugs(apps, schema_editor):
    """Give every term a slug in each language in which it is named."""
    Term = apps.get_model("articles", "Term")
    terms = list(Term.objects.order_by("pk"))
    slugs = [field.name for field in Term._meta.fields if field.name.startswith("slug_")]
    for slug in slugs:
        name = slug.replace("slug", "term")
        taken = set()
        for term in terms:
            if not getattr(term, name):
                continue
            stem = slug_from(getattr(term, name), LONGEST_STEM) or term.key.hex[:8]
            chosen = stem
            number = 2
            while chosen in taken:
                chosen, number = f"{stem}-{number}", number + 1
            taken.add(chosen)
            setattr(term, slug, chosen)
    Term.objects.bulk_update(terms, slugs, batch_size=200)


class Migration(migrations.Migration):
    dependencies = [
        ("articles", "0026_search"),
    ]

    operations = [
        migrations.AddField(
            model_name="question",
            name="for_doctor",
            field=models.BooleanField(
                default=False,
                help_text="Questions to ask the doctor stand together under that heading; they need no answer.",
                verbose_name="to ask the doctor",
            ),
        ),
        migrations.CreateModel(
            name="FormerTermSlug",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "language",
                    models.CharField(choices=[("it", "Italian"), ("en", "English")], max_length=8),
                ),
                ("slug", models.SlugField(db_index=False, max_length=120)),
            ],
            options={
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="MentionSearch",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("digest", models.CharField(max_length=64)),
                ("reached", models.PositiveBigIntegerField(default=0)),
                ("is_over", models.BooleanField(default=False)),
            ],
            options={
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="TermMention",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "language",
                    models.CharField(choices=[("it", "Italian"), ("en", "English")], max_length=8),
                ),
                ("first_published_at", models.DateTimeField()),
            ],
            options={
                "default_permissions": (),
            },
        ),
        migrations.AddField(
            model_name="term",
            name="related",
            field=models.ManyToManyField(
                blank=True,
                help_text="Readers of each of them are led to the others.",
                to="articles.term",
                verbose_name="related terms",
            ),
        ),
        migrations.AddField(
            model_name="term",
            name="slug",
            field=models.SlugField(
                blank=True,
                help_text="The last part of the page's address. Proposed from the term. If you change it later, the old address leads on to the new one.",
                max_length=120,
                verbose_name="slug",
            ),
        ),
        migrations.AddField(
            model_name="term",
            name="slug_en",
            field=models.SlugField(
                blank=True,
                help_text="The last part of the page's address. Proposed from the term. If you change it later, the old address leads on to the new one.",
                max_length=120,
                null=True,
                verbose_name="slug",
            ),
        ),
        migrations.AddField(
            model_name="term",
            name="slug_it",
            field=models.SlugField(
                blank=True,
                help_text="The last part of the page's address. Proposed from the term. If you change it later, the old address leads on to the new one.",
                max_length=120,
                null=True,
                verbose_name="slug",
            ),
        ),
        migrations.AlterField(
            model_name="term",
            name="aliases",
            field=models.TextField(
                blank=True,
                help_text="Plurals, short forms and other words that are right as well: one a line. In articles they lead to the definition too. A word in capitals is found in capitals only; one or two small letters, and words such as “the”, are never linked.",
                max_length=2000,
                verbose_name="other names",
            ),
        ),
        migrations.AlterField(
            model_name="term",
            name="aliases_en",
            field=models.TextField(
                blank=True,
                help_text="Plurals, short forms and other words that are right as well: one a line. In articles they lead to the definition too. A word in capitals is found in capitals only; one or two small letters, and words such as “the”, are never linked.",
                max_length=2000,
                null=True,
                verbose_name="other names",
            ),
        ),
        migrations.AlterField(
            model_name="term",
            name="aliases_it",
            field=models.TextField(
                blank=True,
                help_text="Plurals, short forms and other words that are right as well: one a line. In articles they lead to the definition too. A word in capitals is found in capitals only; one or two small letters, and words such as “the”, are never linked.",
                max_length=2000,
                null=True,
                verbose_name="other names",
            ),
        ),
        migrations.AlterField(
            model_name="term",
            name="definition",
            field=models.TextField(
                blank=True,
                help_text="One or two sentences that a patient understands, without HTML. Readers see them in the glossary and wherever the term stands in an article, as soon as they are saved.",
                max_length=1000,
                verbose_name="definition",
            ),
        ),
        migrations.AlterField(
            model_name="term",
            name="definition_en",
            field=models.TextField(
                blank=True,
                help_text="One or two sentences that a patient understands, without HTML. Readers see them in the glossary and wherever the term stands in an article, as soon as they are saved.",
                max_length=1000,
                null=True,
                verbose_name="definition",
            ),
        ),
        migrations.AlterField(
            model_name="term",
            name="definition_it",
            field=models.TextField(
                blank=True,
                help_text="One or two sentences that a patient understands, without HTML. Readers see them in the glossary and wherever the term stands in an article, as soon as they are saved.",
                max_length=1000,
                null=True,
                verbose_name="definition",
            ),
        ),
        migrations.RunPython(fill_slugs, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name="term",
            constraint=models.UniqueConstraint(
                fields=("slug_it",),
                name="term_slug_it_unique",
                violation_error_message="Another term already has this slug.",
            ),
        ),
        migrations.AddConstraint(
            model_name="term",
            constraint=models.UniqueConstraint(
                fields=("slug_en",),
                name="term_slug_en_unique",
                violation_error_message="Another term already has this slug.",
            ),
        ),
        migrations.AddField(
            model_name="formertermslug",
            name="term",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="former_slugs",
                to="articles.term",
            ),
        ),
        migrations.AddConstraint(
            model_name="mentionsearch",
            constraint=models.CheckConstraint(
                condition=models.Q(("pk", 1)), name="one_mention_search"
            ),
        ),
        migrations.AddField(
            model_name="termmention",
            name="edition",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="mentions",
                to="articles.edition",
            ),
        ),
        migrations.AddField(
            model_name="termmention",
            name="term",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="mentions",
                to="articles.term",
            ),
        ),
        migrations.AddConstraint(
            model_name="formertermslug",
            constraint=models.UniqueConstraint(
                fields=("language", "slug"), name="former_slug_of_one_term"
            ),
        ),
        migrations.AddIndex(
            model_name="termmention",
            index=models.Index(
                models.F("term"),
                models.F("language"),
                models.OrderBy(models.F("first_published_at"), descending=True),
                models.OrderBy(models.F("edition"), descending=True),
                name="mention_newest_first",
            ),
        ),
        migrations.AddConstraint(
            model_name="termmention",
            constraint=models.UniqueConstraint(
                fields=("edition", "term"), name="term_mentioned_once"
            ),
        ),
    ]

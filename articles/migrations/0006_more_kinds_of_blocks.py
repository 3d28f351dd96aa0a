"""Give articles more kinds of blocks, and blocks that belong to one language only.

The care card takes the place of the urgent call-out, whose rows become urgent care cards with
their keys and positions.
"""

import uuid

import django.db.models.deletion
from django.db import migrations, models

AT_A_TIME = 1000


def moved(blocks, model, **fields):
    """Make rows of a model from blocks of another: the same texts at the same places."""
    names = {field.attname for field in model._meta.concrete_fields} - {"id", *fields}
    some = []
    for block in blocks.order_by("pk").iterator(chunk_size=AT_A_TIME):
        same = {name: getattr(block, name) for name in names if hasattr(block, name)}
        some.append(model(**same, **fields))
        if len(some) == AT_A_TIME:
            model.objects.bulk_create(some)
            some = []
    model.objects.bulk_create(some)


def carry_over(apps, schema_editor):
    urgent = apps.get_model("articles", "Callout").objects.filter(kind="urgent")
    moved(urgent, apps.get_model("articles", "CareCard"), urgency="urgent")
    # What would be published now differs from what is live.
    versions = apps.get_model("articles", "LanguageVersion").objects
    versions.filter(article__in=urgent.values("parent")).update(text_digest="", page_digest="")
    urgent.delete()


def carry_back(apps, schema_editor):
    cards = apps.get_model("articles", "CareCard").objects.all()
    for kind, of_kind in [
        ("urgent", cards.exclude(urgency="non-urgent")),
        ("warning", cards.filter(urgency="non-urgent")),
    ]:
        moved(of_kind, apps.get_model("articles", "Callout"), kind=kind)
    cards.delete()
    # PostgreSQL changes no table while one of its rows waits to be checked.
    schema_editor.connection.check_constraints()


class Migration(migrations.Migration):
    dependencies = [
        ("articles", "0005_the_desk_reads_from_indexes"),
    ]

    operations = [
        migrations.AddField(
            model_name="callout",
            name="only_in",
            field=models.CharField(
                blank=True,
                choices=[("it", "Italian"), ("en", "English")],
                help_text="The pages in other languages do without it, and need no translation of it.",
                max_length=8,
                verbose_name="languages",
            ),
        ),
        migrations.AddField(
            model_name="figure",
            name="only_in",
            field=models.CharField(
                blank=True,
                choices=[("it", "Italian"), ("en", "English")],
                help_text="The pages in other languages do without it, and need no translation of it.",
                max_length=8,
                verbose_name="languages",
            ),
        ),
        migrations.AddField(
            model_name="quote",
            name="only_in",
            field=models.CharField(
                blank=True,
                choices=[("it", "Italian"), ("en", "English")],
                help_text="The pages in other languages do without it, and need no translation of it.",
                max_length=8,
                verbose_name="languages",
            ),
        ),
        migrations.AddField(
            model_name="richtext",
            name="only_in",
            field=models.CharField(
                blank=True,
                choices=[("it", "Italian"), ("en", "English")],
                help_text="The pages in other languages do without it, and need no translation of it.",
                max_length=8,
                verbose_name="languages",
            ),
        ),
        migrations.AlterField(
            model_name="callout",
            name="kind",
            field=models.CharField(
                choices=[("information", "Information"), ("warning", "Warning")],
                default="information",
                max_length=12,
                verbose_name="kind",
            ),
        ),
        migrations.AlterField(
            model_name="callout",
            name="title",
            field=models.CharField(blank=True, max_length=150, verbose_name="title"),
        ),
        migrations.AlterField(
            model_name="callout",
            name="title_en",
            field=models.CharField(blank=True, max_length=150, null=True, verbose_name="title"),
        ),
        migrations.AlterField(
            model_name="callout",
            name="title_it",
            field=models.CharField(blank=True, max_length=150, null=True, verbose_name="title"),
        ),
        migrations.CreateModel(
            name="OwnArticle",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("key", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("region", models.CharField(max_length=255)),
                ("ordering", models.IntegerField(default=0)),
                (
                    "only_in",
                    models.CharField(
                        blank=True,
                        choices=[("it", "Italian"), ("en", "English")],
                        help_text="The pages in other languages do without it, and need no translation of it.",
                        max_length=8,
                        verbose_name="languages",
                    ),
                ),
                (
                    "article",
                    models.ForeignKey(
                        help_text="Its title and its lead are shown, in each language in which it is live.",
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="articles.article",
                        verbose_name="article",
                    ),
                ),
                (
                    "parent",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="%(app_label)s_%(class)s_set",
                        to="articles.article",
                    ),
                ),
            ],
            options={
                "verbose_name": "article of this site",
                "verbose_name_plural": "articles of this site",
                "ordering": ["ordering", "pk"],
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Question",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("key", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("region", models.CharField(max_length=255)),
                ("ordering", models.IntegerField(default=0)),
                (
                    "only_in",
                    models.CharField(
                        blank=True,
                        choices=[("it", "Italian"), ("en", "English")],
                        help_text="The pages in other languages do without it, and need no translation of it.",
                        max_length=8,
                        verbose_name="languages",
                    ),
                ),
                ("question", models.CharField(blank=True, max_length=250, verbose_name="question")),
                (
                    "question_it",
                    models.CharField(
                        blank=True, max_length=250, null=True, verbose_name="question"
                    ),
                ),
                (
                    "question_en",
                    models.CharField(
                        blank=True, max_length=250, null=True, verbose_name="question"
                    ),
                ),
                ("answer", models.TextField(blank=True, verbose_name="answer")),
                ("answer_it", models.TextField(blank=True, null=True, verbose_name="answer")),
                ("answer_en", models.TextField(blank=True, null=True, verbose_name="answer")),
                (
                    "parent",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="%(app_label)s_%(class)s_set",
                        to="articles.article",
                    ),
                ),
            ],
            options={
                "verbose_name": "question and answer",
                "verbose_name_plural": "questions and answers",
                "ordering": ["ordering", "pk"],
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Table",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("key", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("region", models.CharField(max_length=255)),
                ("ordering", models.IntegerField(default=0)),
                (
                    "only_in",
                    models.CharField(
                        blank=True,
                        choices=[("it", "Italian"), ("en", "English")],
                        help_text="The pages in other languages do without it, and need no translation of it.",
                        max_length=8,
                        verbose_name="languages",
                    ),
                ),
                ("caption", models.CharField(blank=True, max_length=300, verbose_name="caption")),
                (
                    "caption_it",
                    models.CharField(blank=True, max_length=300, null=True, verbose_name="caption"),
                ),
                (
                    "caption_en",
                    models.CharField(blank=True, max_length=300, null=True, verbose_name="caption"),
                ),
                (
                    "header_row",
                    models.BooleanField(
                        default=True, verbose_name="The first row names the columns"
                    ),
                ),
                (
                    "header_column",
                    models.BooleanField(
                        default=True, verbose_name="The first column names the rows"
                    ),
                ),
                ("text", models.TextField(blank=True, verbose_name="table")),
                ("text_it", models.TextField(blank=True, null=True, verbose_name="table")),
                ("text_en", models.TextField(blank=True, null=True, verbose_name="table")),
                (
                    "parent",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="%(app_label)s_%(class)s_set",
                        to="articles.article",
                    ),
                ),
            ],
            options={
                "verbose_name": "table",
                "verbose_name_plural": "tables",
                "ordering": ["ordering", "pk"],
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="TimelineEntry",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("key", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("region", models.CharField(max_length=255)),
                ("ordering", models.IntegerField(default=0)),
                (
                    "only_in",
                    models.CharField(
                        blank=True,
                        choices=[("it", "Italian"), ("en", "English")],
                        help_text="The pages in other languages do without it, and need no translation of it.",
                        max_length=8,
                        verbose_name="languages",
                    ),
                ),
                (
                    "when",
                    models.CharField(
                        blank=True,
                        help_text="A date, or where it stands in the course: “Week 3”, “Before the infusion”.",
                        max_length=80,
                        verbose_name="when",
                    ),
                ),
                (
                    "when_it",
                    models.CharField(
                        blank=True,
                        help_text="A date, or where it stands in the course: “Week 3”, “Before the infusion”.",
                        max_length=80,
                        null=True,
                        verbose_name="when",
                    ),
                ),
                (
                    "when_en",
                    models.CharField(
                        blank=True,
                        help_text="A date, or where it stands in the course: “Week 3”, “Before the infusion”.",
                        max_length=80,
                        null=True,
                        verbose_name="when",
                    ),
                ),
                ("title", models.CharField(blank=True, max_length=150, verbose_name="title")),
                (
                    "title_it",
                    models.CharField(blank=True, max_length=150, null=True, verbose_name="title"),
                ),
                (
                    "title_en",
                    models.CharField(blank=True, max_length=150, null=True, verbose_name="title"),
                ),
                ("text", models.TextField(blank=True, verbose_name="text")),
                ("text_it", models.TextField(blank=True, null=True, verbose_name="text")),
                ("text_en", models.TextField(blank=True, null=True, verbose_name="text")),
                (
                    "parent",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="%(app_label)s_%(class)s_set",
                        to="articles.article",
                    ),
                ),
            ],
            options={
                "verbose_name": "timeline entry",
                "verbose_name_plural": "timeline entries",
                "ordering": ["ordering", "pk"],
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="CareCard",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("key", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("region", models.CharField(max_length=255)),
                ("ordering", models.IntegerField(default=0)),
                (
                    "only_in",
                    models.CharField(
                        blank=True,
                        choices=[("it", "Italian"), ("en", "English")],
                        help_text="The pages in other languages do without it, and need no translation of it.",
                        max_length=8,
                        verbose_name="languages",
                    ),
                ),
                (
                    "urgency",
                    models.CharField(
                        choices=[
                            ("non-urgent", "Not urgent: speak to the team"),
                            ("urgent", "Urgent: get help today"),
                            ("emergency", "Emergency: act at once"),
                        ],
                        default="non-urgent",
                        max_length=12,
                        verbose_name="urgency",
                    ),
                ),
                (
                    "title",
                    models.CharField(
                        blank=True,
                        help_text="What to do, such as “Call your oncology team if:”",
                        max_length=150,
                        verbose_name="title",
                    ),
                ),
                (
                    "title_it",
                    models.CharField(
                        blank=True,
                        help_text="What to do, such as “Call your oncology team if:”",
                        max_length=150,
                        null=True,
                        verbose_name="title",
                    ),
                ),
                (
                    "title_en",
                    models.CharField(
                        blank=True,
                        help_text="What to do, such as “Call your oncology team if:”",
                        max_length=150,
                        null=True,
                        verbose_name="title",
                    ),
                ),
                ("text", models.TextField(blank=True, verbose_name="text")),
                ("text_it", models.TextField(blank=True, null=True, verbose_name="text")),
                ("text_en", models.TextField(blank=True, null=True, verbose_name="text")),
                (
                    "only_in_reason",
                    models.CharField(
                        blank=True,
                        help_text="For the other editors: what is here may be needed in every language.",
                        max_length=300,
                        verbose_name="why in one language only",
                    ),
                ),
                (
                    "parent",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="%(app_label)s_%(class)s_set",
                        to="articles.article",
                    ),
                ),
            ],
            options={
                "verbose_name": "care card",
                "verbose_name_plural": "care cards",
                "ordering": ["ordering", "pk"],
                "abstract": False,
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("only_in", ""),
                            models.Q(("only_in_reason", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="care_card_in_one_language_has_a_reason",
                        violation_error_message="Say why this care card is in one language only.",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="KeyPoints",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("key", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("region", models.CharField(max_length=255)),
                ("ordering", models.IntegerField(default=0)),
                (
                    "only_in",
                    models.CharField(
                        blank=True,
                        choices=[("it", "Italian"), ("en", "English")],
                        help_text="The pages in other languages do without it, and need no translation of it.",
                        max_length=8,
                        verbose_name="languages",
                    ),
                ),
                (
                    "points",
                    models.TextField(
                        blank=True,
                        help_text="Three to five, each on a line of its own. Shown under the lead, as “In brief”.",
                        verbose_name="key points",
                    ),
                ),
                (
                    "points_it",
                    models.TextField(
                        blank=True,
                        help_text="Three to five, each on a line of its own. Shown under the lead, as “In brief”.",
                        null=True,
                        verbose_name="key points",
                    ),
                ),
                (
                    "points_en",
                    models.TextField(
                        blank=True,
                        help_text="Three to five, each on a line of its own. Shown under the lead, as “In brief”.",
                        null=True,
                        verbose_name="key points",
                    ),
                ),
                (
                    "parent",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="%(app_label)s_%(class)s_set",
                        to="articles.article",
                    ),
                ),
            ],
            options={
                "verbose_name": "key points",
                "verbose_name_plural": "key points",
                "ordering": ["ordering", "pk"],
                "abstract": False,
                "constraints": [
                    models.UniqueConstraint(
                        fields=("parent",),
                        name="key_points_once",
                        violation_error_message="This article has its key points already: write them all in one block.",
                    )
                ],
            },
        ),
        migrations.RunPython(carry_over, carry_back),
    ]

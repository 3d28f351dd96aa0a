"""Watched words, and the first of them; declared interests, and who paid for an article."""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import articles.models.watched_words
import immunoportal.actors

MEDICINE, PROMOTION = "medicine", "promotion"
NO_ADVERTISING = "D.Lgs. 219/2006, art. 115"
NO_PROMISES = "D.Lgs. 219/2006, art. 117"
# The stems by which the common names of the medicines of this field end, and promises.
WORDS = [
    *((MEDICINE, "", NO_ADVERTISING, word) for word in ("…mab", "…nib", "…leucel")),
    *(
        (PROMOTION, "it", NO_PROMISES, word)
        for word in (
            "rivoluzion…", "miracol…", "senza effetti collaterali", "guarigione garantita",
            "cura definitiva", "privo di rischi",
        )
    ),
    *(
        (PROMOTION, "en", NO_PROMISES, word)
        for word in (
            "revolution…", "miracle…", "miraculous…", "no side effects", "without side effects",
            "guaranteed cure", "free of risk",
        )
    ),
]  # fmt: skip


def watch(apps, schema_editor):
    WatchedWord = apps.get_model("articles", "WatchedWord")
    WatchedWord.objects.bulk_create(
        WatchedWord(kind=kind, language=language, why=why, word=word)
        for kind, language, why, word in WORDS
    )


class Migration(migrations.Migration):
    dependencies = [
        ("articles", "0019_glossary_and_parity"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Clearance",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "language",
                    models.CharField(
                        choices=[("it", "Italian"), ("en", "English")],
                        max_length=8,
                        verbose_name="language",
                    ),
                ),
                ("words", models.JSONField(verbose_name="words")),
                ("reason", models.CharField(max_length=300, verbose_name="reason")),
                (
                    "at",
                    models.DateTimeField(
                        default=django.utils.timezone.now, editable=False, verbose_name="when"
                    ),
                ),
                (
                    "article",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="clearances",
                        to="articles.article",
                    ),
                ),
                (
                    "by",
                    immunoportal.actors.ActorField(
                        blank=True,
                        db_constraint=False,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="who",
                    ),
                ),
            ],
            options={
                "verbose_name": "clearance",
                "verbose_name_plural": "clearances",
                "ordering": ["at", "pk"],
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="WatchedWord",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "word",
                    models.CharField(
                        help_text="“…” stands for any letters: “…mab” finds ipilimumab, “rivoluzion…” finds rivoluzionario. Capital letters and accents make no difference.",
                        max_length=100,
                        validators=[articles.models.watched_words.validate_watchable],
                        verbose_name="word",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("medicine", "name of a medicine"),
                            ("promotion", "promotional wording"),
                        ],
                        default="medicine",
                        max_length=9,
                        verbose_name="kind",
                    ),
                ),
                (
                    "language",
                    models.CharField(
                        blank=True,
                        choices=[("it", "Italian"), ("en", "English")],
                        help_text="If it is empty, the word is watched in every language.",
                        max_length=8,
                        verbose_name="language",
                    ),
                ),
                (
                    "why",
                    models.CharField(
                        blank=True,
                        help_text="Shown to whoever uses the word.",
                        max_length=300,
                        verbose_name="why",
                    ),
                ),
            ],
            options={
                "verbose_name": "watched word",
                "verbose_name_plural": "watched words",
                "ordering": ["kind", "word", "pk"],
                "permissions": [
                    ("publish_watched_words", "Can publish watched words on pages for everyone")
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("word", "language"),
                        name="watched_word_once",
                        violation_error_message="This word is in the list already.",
                    )
                ],
            },
        ),
        migrations.AddField(
            model_name="article",
            name="funding",
            field=models.CharField(
                blank=True,
                help_text="Who paid for this article, and what they could decide about it; or that nobody did. Shown at its end.",
                max_length=500,
                verbose_name="funding",
            ),
        ),
        migrations.AddField(
            model_name="article",
            name="funding_en",
            field=models.CharField(
                blank=True,
                help_text="Who paid for this article, and what they could decide about it; or that nobody did. Shown at its end.",
                max_length=500,
                null=True,
                verbose_name="funding",
            ),
        ),
        migrations.AddField(
            model_name="article",
            name="funding_it",
            field=models.CharField(
                blank=True,
                help_text="Who paid for this article, and what they could decide about it; or that nobody did. Shown at its end.",
                max_length=500,
                null=True,
                verbose_name="funding",
            ),
        ),
        migrations.AddField(
            model_name="contributor",
            name="interests",
            field=models.CharField(
                blank=True,
                help_text="What could sway them: fees, shares, research paid for by a company. Shown at the end of their articles, once these are published anew.",
                max_length=500,
                verbose_name="declared interests",
            ),
        ),
        migrations.AddField(
            model_name="contributor",
            name="interests_en",
            field=models.CharField(
                blank=True,
                help_text="What could sway them: fees, shares, research paid for by a company. Shown at the end of their articles, once these are published anew.",
                max_length=500,
                null=True,
                verbose_name="declared interests",
            ),
        ),
        migrations.AddField(
            model_name="contributor",
            name="interests_it",
            field=models.CharField(
                blank=True,
                help_text="What could sway them: fees, shares, research paid for by a company. Shown at the end of their articles, once these are published anew.",
                max_length=500,
                null=True,
                verbose_name="declared interests",
            ),
        ),
        migrations.AddField(
            model_name="contributor",
            name="no_interests",
            field=models.BooleanField(default=False, verbose_name="declares that there are none"),
        ),
        migrations.AddField(
            model_name="topic",
            name="asks_interests",
            field=models.BooleanField(
                default=False,
                help_text="Its articles are published once their authors and reviewers have declared their interests, and the article says who paid for it.",
                verbose_name="asks for interests and funding",
            ),
        ),
        migrations.AddConstraint(
            model_name="contributor",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("no_interests", False),
                    models.Q(
                        models.Q(
                            ("interests_it__isnull", True), ("interests_it", ""), _connector="OR"
                        ),
                        models.Q(
                            ("interests_en__isnull", True), ("interests_en", ""), _connector="OR"
                        ),
                    ),
                    _connector="OR",
                ),
                name="contributor_interests_or_none",
                violation_error_message="Either write the interests, or tick that there are none: not both.",
            ),
        ),
        migrations.RunPython(watch, migrations.RunPython.noop),
    ]

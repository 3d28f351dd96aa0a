"""The audit log."""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import immunoportal.actors


class Migration(migrations.Migration):
    dependencies = [
        ("immunoportal", "0003_mail_ledger"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="AuditEntry",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "at",
                    models.DateTimeField(default=django.utils.timezone.now, verbose_name="when"),
                ),
                ("act", models.CharField(max_length=40, verbose_name="act")),
                ("kind", models.CharField(blank=True, max_length=100, verbose_name="kind")),
                ("number", models.CharField(blank=True, max_length=40, verbose_name="number")),
                ("detail", models.JSONField(blank=True, default=dict, verbose_name="details")),
                ("network", models.CharField(blank=True, max_length=50, verbose_name="network")),
                (
                    "by",
                    immunoportal.actors.ActorField(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="who",
                    ),
                ),
            ],
            options={
                "verbose_name": "entry of the audit log",
                "verbose_name_plural": "audit log",
                "ordering": ["-at", "-pk"],
                "indexes": [
                    models.Index(
                        models.OrderBy(models.F("at"), descending=True),
                        models.OrderBy(models.F("id"), descending=True),
                        name="audit_newest",
                    ),
                    models.Index(
                        models.F("act"),
                        models.OrderBy(models.F("at"), descending=True),
                        models.OrderBy(models.F("id"), descending=True),
                        name="audit_newest_of_act",
                    ),
                    models.Index(fields=["kind", "number"], name="audit_about"),
                ],
            },
        ),
    ]

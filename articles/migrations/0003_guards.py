"""An edition keeps the number of whoever published or withdrew it."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations

import immunoportal.actors


class Migration(migrations.Migration):
    dependencies = [
        ("articles", "0002_audience"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterField(
            model_name="edition",
            name="published_by",
            field=immunoportal.actors.ActorField(
                blank=True,
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="published by",
            ),
        ),
        migrations.AlterField(
            model_name="edition",
            name="withdrawn_by",
            field=immunoportal.actors.ActorField(
                blank=True,
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="withdrawn by",
            ),
        ),
    ]

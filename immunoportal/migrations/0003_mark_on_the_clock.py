"""A random mark beside the number on the publication clock."""

from django.db import migrations, models

from immunoportal.publication.models import new_mark


class Migration(migrations.Migration):
    dependencies = [("immunoportal", "0002_start_the_clock")]

    operations = [
        migrations.AddField(
            "publicationclock", "mark", models.PositiveBigIntegerField(default=new_mark)
        )
    ]

"""The one row of the publication clock."""

from django.db import migrations


def start(apps, schema_editor):
    apps.get_model("immunoportal", "PublicationClock").objects.get_or_create(pk=1)


class Migration(migrations.Migration):
    dependencies = [("immunoportal", "0001_tables")]

    operations = [migrations.RunPython(start, migrations.RunPython.noop)]

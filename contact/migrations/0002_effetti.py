"""The publisher that the portal starts with."""

from django.db import migrations

EFFETTI = {
    "name": "Effetti srl",
    "street": "Via G.B. Giorgini 16",
    "postal_code": "20151",
    "city": "Milano",
    "country_it": "Italia",
    "country_en": "Italy",
    "telephone": "02.3343281",
    "fax": "02.33496370",
    "email": "effetti@effetti.it",
    "website": "http://www.effetti.it/",
    "other_website": "http://www.makevent.it/",
    "vat_number": "10756900154",
}


def create(apps, schema_editor):
    publishers = apps.get_model("contact", "Publisher").objects
    publishers.get_or_create(pk=1, defaults=EFFETTI)


def remove(apps, schema_editor):
    apps.get_model("contact", "Publisher").objects.filter(pk=1, name=EFFETTI["name"]).delete()


class Migration(migrations.Migration):
    dependencies = [("contact", "0001_tables")]

    operations = [migrations.RunPython(create, remove)]

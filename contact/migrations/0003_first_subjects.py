"""The subjects that the contact form starts with, and its settings."""

from django.db import migrations

SUBJECTS = [
    ("Una domanda su un articolo", "A question about an article"),
    ("Un errore da segnalare", "A mistake to report"),
    ("Collaborazioni e stampa", "Collaboration and press"),
    ("Altro", "Something else"),
]


def create(apps, schema_editor):
    subjects = apps.get_model("contact", "Subject").objects
    if not subjects.exists():
        for ordering, (italian, english) in enumerate(SUBJECTS, start=1):
            subjects.create(name_it=italian, name_en=english, ordering=ordering)
    apps.get_model("contact", "ContactSettings").objects.get_or_create(pk=1)


class Migration(migrations.Migration):
    dependencies = [("contact", "0002_effetti")]

    operations = [migrations.RunPython(create, migrations.RunPython.noop)]

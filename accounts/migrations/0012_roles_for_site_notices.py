"""Let editors and administrators write what every page shows."""

from django.contrib.auth.management import create_permissions
from django.db import migrations

ROLES = ("Editors", "Administrators")
CODENAMES = [f"{verb}_sitenotice" for verb in ("add", "change", "delete", "view")]


def give(apps, schema_editor):
    # Django makes permissions once all migrations are done: too late for these groups.
    config = apps.get_app_config("articles")
    module, config.models_module = getattr(config, "models_module", None), True
    create_permissions(config, apps=apps, verbosity=0)
    config.models_module = module
    permissions = apps.get_model("auth", "Permission").objects.filter(
        content_type__app_label="articles", codename__in=CODENAMES
    )
    for group in apps.get_model("auth", "Group").objects.filter(name__in=ROLES):
        group.permissions.add(*permissions)


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0011_who_publishes_watched_words"),
        ("articles", "0021_corrections_and_withdrawals"),
    ]

    operations = [migrations.RunPython(give, migrations.RunPython.noop)]

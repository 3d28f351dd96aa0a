"""Editors and administrators see what readers have looked for in vain."""

from django.contrib.auth.management import create_permissions
from django.db import migrations

CODENAME = "view_searchinvain"
ROLES = ("Editors", "Administrators")


def grant(apps, schema_editor):
    # Django makes permissions once all migrations are done: too late for these groups.
    config = apps.get_app_config("articles")
    config.models_module = True
    create_permissions(config, apps=apps, verbosity=0)
    config.models_module = None
    permission = apps.get_model("auth", "Permission").objects.get(
        content_type__app_label="articles", codename=CODENAME
    )
    for group in apps.get_model("auth", "Group").objects.filter(name__in=ROLES):
        group.permissions.add(permission)


def take_back(apps, schema_editor):
    for group in apps.get_model("auth", "Group").objects.filter(name__in=ROLES):
        group.permissions.remove(
            *group.permissions.filter(content_type__app_label="articles", codename=CODENAME)
        )


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0013_roles_for_feedback"),
        ("articles", "0026_search"),
    ]

    operations = [migrations.RunPython(grant, take_back)]

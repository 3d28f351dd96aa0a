"""Administrators may withdraw pictures and files for good."""

from django.contrib.auth.management import create_permissions
from django.db import migrations


def give(apps, schema_editor):
    # Django makes permissions once all migrations are done: too late for this group.
    config = apps.get_app_config("articles")
    module, config.models_module = getattr(config, "models_module", None), True
    create_permissions(config, apps=apps, verbosity=0)
    config.models_module = module
    permission = apps.get_model("auth", "Permission").objects.get(
        content_type__app_label="articles", codename="withdraw_file"
    )
    for group in apps.get_model("auth", "Group").objects.filter(name="Administrators"):
        group.permissions.add(permission)


def take_back(apps, schema_editor):
    permissions = apps.get_model("auth", "Permission").objects
    permissions.filter(content_type__app_label="articles", codename="withdraw_file").delete()


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0004_roles_for_more_kinds_of_blocks"),
        ("articles", "0007_pictures_can_be_withdrawn"),
    ]

    operations = [migrations.RunPython(give, take_back)]

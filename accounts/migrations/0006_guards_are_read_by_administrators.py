"""Administrators read the audit log."""

from django.contrib.auth.management import create_permissions
from django.db import migrations


def create(apps, schema_editor):
    config = apps.get_app_config("immunoportal")
    # As in 0004_roles: Django makes permissions once all migrations are done.
    module, config.models_module = getattr(config, "models_module", None), True
    create_permissions(config, apps=apps, verbosity=0)
    config.models_module = module
    permission = apps.get_model("auth", "Permission").objects.get(
        content_type__app_label="immunoportal", codename="view_auditentry"
    )
    for group in apps.get_model("auth", "Group").objects.filter(name="Administrators"):
        group.permissions.add(permission)


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0005_guards"),
        ("immunoportal", "0004_guards"),
    ]

    operations = [migrations.RunPython(create, migrations.RunPython.noop)]

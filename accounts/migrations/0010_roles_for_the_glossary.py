"""Let the roles that write articles see the glossary, and those that publish change it."""

from django.contrib.auth.management import create_permissions
from django.db import migrations

EVERYTHING = [f"{verb}_term" for verb in ("add", "change", "delete", "view")]
ROLES = {"Authors": ["view_term"], "Editors": EVERYTHING, "Administrators": EVERYTHING}


def allow(apps, schema_editor):
    # Django makes permissions once all migrations are done: too late for these groups.
    config = apps.get_app_config("articles")
    module, config.models_module = getattr(config, "models_module", None), True
    create_permissions(config, apps=apps, verbosity=0)
    config.models_module = module
    permissions = apps.get_model("auth", "Permission").objects.filter(
        content_type__app_label="articles"
    )
    for group in apps.get_model("auth", "Group").objects.filter(name__in=ROLES):
        group.permissions.add(*permissions.filter(codename__in=ROLES[group.name]))


def forbid(apps, schema_editor):
    apps.get_model("auth", "Permission").objects.filter(
        content_type__app_label="articles", codename__in=EVERYTHING
    ).delete()


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0009_roles_for_holds_and_settings"),
        ("articles", "0019_glossary_and_parity"),
    ]

    operations = [migrations.RunPython(allow, forbid)]

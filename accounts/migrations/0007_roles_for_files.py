"""Let the roles that write articles keep files and show them."""

from django.contrib.auth.management import create_permissions
from django.db import migrations

EVERYTHING = ("add", "change", "delete", "view")
WRITERS = [
    *(f"{verb}_attachment" for verb in EVERYTHING),
    *(f"{verb}_document" for verb in ("add", "change", "view")),
]
ROLES = {
    "Authors": WRITERS,
    "Editors": [*WRITERS, "delete_document"],
    "Administrators": [*WRITERS, "delete_document"],
}


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
        content_type__app_label="articles", codename__in=ROLES["Administrators"]
    ).delete()


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0006_editors_keep_old_addresses"),
        ("articles", "0012_files_for_readers_to_keep"),
    ]

    operations = [migrations.RunPython(allow, forbid)]

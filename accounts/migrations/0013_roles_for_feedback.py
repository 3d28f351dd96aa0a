"""Let all roles read what readers say of pages, and editors and administrators deal with it."""

from django.contrib.auth.management import create_permissions
from django.db import migrations

CODENAMES = {
    "Authors": ["view_feedbacksentence"],
    "Editors": [f"{verb}_feedbacksentence" for verb in ("view", "change", "delete")],
    "Administrators": [f"{verb}_feedbacksentence" for verb in ("view", "change", "delete")],
}


def give(apps, schema_editor):
    # Django makes permissions once all migrations are done: too late for these groups.
    config = apps.get_app_config("articles")
    module, config.models_module = getattr(config, "models_module", None), True
    create_permissions(config, apps=apps, verbosity=0)
    config.models_module = module
    permissions = apps.get_model("auth", "Permission").objects.filter(
        content_type__app_label="articles"
    )
    for group in apps.get_model("auth", "Group").objects.filter(name__in=CODENAMES):
        group.permissions.add(*permissions.filter(codename__in=CODENAMES[group.name]))


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0012_roles_for_site_notices"),
        ("articles", "0023_feedback"),
    ]

    operations = [migrations.RunPython(give, migrations.RunPython.noop)]

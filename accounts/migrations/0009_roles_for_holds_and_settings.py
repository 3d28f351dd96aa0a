"""Let the roles see what is held, and administrators decide about all articles."""

from django.contrib.auth.management import create_permissions
from django.db import migrations

ROLES = {
    "Authors": ["view_hold"],
    "Editors": ["view_hold", "view_articlesettings"],
    "Administrators": ["view_hold", "view_articlesettings", "change_articlesettings"],
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
    for group in apps.get_model("auth", "Group").objects.filter(name__in=ROLES):
        group.permissions.add(*permissions.filter(codename__in=ROLES[group.name]))


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0008_roles_for_recordings"),
        ("articles", "0017_settings_of_articles"),
    ]

    operations = [migrations.RunPython(give, migrations.RunPython.noop)]

"""Let administrators keep the list of watched words and publish them for a reason, and editors see
it."""

from django.contrib.auth.management import create_permissions
from django.db import migrations

EVERYTHING = [f"{verb}_watchedword" for verb in ("add", "change", "delete", "view")]
ROLES = {
    "Editors": ["view_watchedword"],
    "Administrators": [*EVERYTHING, "publish_watched_words"],
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
        ("accounts", "0010_roles_for_the_glossary"),
        ("articles", "0020_watched_words_interests_and_funding"),
    ]

    operations = [migrations.RunPython(allow, forbid)]

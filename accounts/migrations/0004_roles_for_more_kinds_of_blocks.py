"""Let the roles that write articles write the newer kinds of blocks too."""

from django.contrib.auth.management import create_permissions
from django.db import migrations

ROLES = ("Authors", "Editors", "Administrators")
VERBS = ("add", "change", "delete", "view")
BLOCKS = ("keypoints", "question", "timelineentry", "carecard", "table", "ownarticle")
CODENAMES = [f"{verb}_{block}" for block in BLOCKS for verb in VERBS]


def allow(apps, schema_editor):
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


def forbid(apps, schema_editor):
    apps.get_model("auth", "Permission").objects.filter(
        content_type__app_label="articles", codename__in=CODENAMES
    ).delete()


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0003_users_in_order_of_names"),
        ("articles", "0006_more_kinds_of_blocks"),
    ]

    operations = [migrations.RunPython(allow, forbid)]

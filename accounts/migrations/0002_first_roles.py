"""The roles of the people who make the site, as groups: Authors, Editors, Administrators."""

from django.contrib.auth.management import create_permissions
from django.db import migrations

WRITTEN = (
    "article", "richtext", "figure", "quote", "callout", "byline", "citation", "contributor",
    "image", "source",
)  # fmt: skip
EVERYTHING = ("add", "change", "delete", "view")


def of(app: str, verbs, *models: str) -> list[tuple[str, str]]:
    return [(app, f"{verb}_{model}") for model in models for verb in verbs]


AUTHORS = [
    *of("articles", ("add", "change", "view"), *WRITTEN),
    # The rows of an article that its author takes out again.
    *of("articles", ("delete",), "richtext", "figure", "quote", "callout", "byline", "citation"),
    *of("articles", ("view",), "topic", "edition", "home"),
    ("articles", "read_reserved"),
]
EDITORS = [
    *AUTHORS,
    *of("articles", ("delete",), "article", "contributor", "image", "source"),
    *of("articles", EVERYTHING, "topic"),
    *of("articles", ("change",), "home"),
    ("articles", "publish_article"),
    *of("contact", ("view", "change"), "message", "publisher", "contactsettings"),
    *of("contact", EVERYTHING, "subject"),
    *of("accounts", ("view",), "registration", "user"),
    ("accounts", "decide_registration"),
    *of("immunoportal", ("view", "change"), "mail"),
]
ADMINISTRATORS = [
    *EDITORS,
    *of("contact", ("delete",), "message"),
    *of("accounts", EVERYTHING, "user"),
    *of("accounts", ("view", "change"), "accountsettings"),
    *of("auth", ("view",), "group"),
    *of("immunoportal", ("view",), "auditentry"),
]
ROLES = {"Authors": AUTHORS, "Editors": EDITORS, "Administrators": ADMINISTRATORS}


def create(apps, schema_editor):
    # Django makes permissions once all migrations are done: too late for these groups.
    for label in ("articles", "contact", "accounts", "immunoportal", "auth"):
        config = apps.get_app_config(label)
        module, config.models_module = getattr(config, "models_module", None), True
        create_permissions(config, apps=apps, verbosity=0)
        config.models_module = module
    permissions = apps.get_model("auth", "Permission").objects
    groups = apps.get_model("auth", "Group").objects
    for name, wanted in ROLES.items():
        group, _created = groups.get_or_create(name=name)
        for app, codename in wanted:
            group.permissions.add(permissions.get(content_type__app_label=app, codename=codename))


def remove(apps, schema_editor):
    apps.get_model("auth", "Group").objects.filter(name__in=ROLES).delete()


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0001_tables"),
        ("articles", "0001_tables"),
        ("contact", "0001_tables"),
        ("immunoportal", "0001_tables"),
        ("auth", "0012_alter_user_first_name_max_length"),
    ]

    operations = [migrations.RunPython(create, remove)]

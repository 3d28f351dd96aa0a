"""Texts of Django's admin and of other packages that we translate in our own words.

They are listed only so that they enter our catalogue, which comes before theirs. Django's Italian
makes everything masculine ("Il pagina è stato modificato", "Aggiungi un altro Firma") and says
"tu" to editors where our pages say "Lei"; the other packages lack some texts altogether. What
scripts and the text editor show is in ``djangojs.po``.
"""

from django.utils.translation import gettext_noop, ngettext_lazy

DJANGO = [
    gettext_noop("The {name} “{obj}” was added successfully."),
    gettext_noop("The {name} “{obj}” was added successfully. You may add another {name} below."),
    gettext_noop("The {name} “{obj}” was added successfully. You may edit it again below."),
    gettext_noop("The {name} “{obj}” was changed successfully."),
    gettext_noop("The {name} “{obj}” was changed successfully. You may add another {name} below."),
    gettext_noop("The {name} “{obj}” was changed successfully. You may edit it again below."),
    gettext_noop("The %(name)s “%(obj)s” was deleted successfully."),
    gettext_noop("You may edit it again below."),
    gettext_noop("You don’t have permission to view or edit anything."),
    gettext_noop("Hold down “Control”, or “Command” on a Mac, to select more than one."),
    gettext_noop("Model name"),
    gettext_noop("Add link"),
    gettext_noop("Change or view list link"),
    gettext_noop("Breadcrumbs"),
    gettext_noop("Models in the %(name)s application"),
    gettext_noop("%(app)s administration"),
    gettext_noop("Welcome,"),
    gettext_noop("View"),
    gettext_noop("View %s"),
    gettext_noop("Add another %(verbose_name)s"),
    gettext_noop("Add another %(model)s"),
    gettext_noop("Save and add another"),
    gettext_noop("Delete selected %(verbose_name_plural)s"),
    gettext_noop("Successfully deleted %(count)d %(items)s."),
    gettext_noop("Cannot delete %(name)s"),
    gettext_noop(
        'Are you sure you want to delete the %(object_name)s "%(escaped_object)s"? All of '
        "the following related items will be deleted:"
    ),
    gettext_noop(
        "Are you sure you want to delete the selected %(objects_name)s? All of the "
        "following objects and their related items will be deleted:"
    ),
    gettext_noop(
        "Deleting the %(object_name)s '%(escaped_object)s' would result in deleting "
        "related objects, but your account doesn't have permission to delete the "
        "following types of objects:"
    ),
    gettext_noop(
        "Deleting the %(object_name)s '%(escaped_object)s' would require deleting the "
        "following protected related objects:"
    ),
    gettext_noop(
        "Deleting the selected %(objects_name)s would result in deleting related objects, "
        "but your account doesn't have permission to delete the following types of "
        "objects:"
    ),
    gettext_noop(
        "Deleting the selected %(objects_name)s would require deleting the following "
        "protected related objects:"
    ),
    gettext_noop("Yes, I’m sure"),
    gettext_noop("Select all %(total_count)s %(module_name)s"),
    gettext_noop("0 of %(cnt)s selected"),
    gettext_noop("Select all objects on this page for an action"),
    gettext_noop("Select this object for an action - {}"),
    gettext_noop("Start typing to filter…"),
    gettext_noop(" By %(filter_title)s "),
    gettext_noop("Change history: %s"),
    gettext_noop(
        "This object doesn’t have a change history. It probably wasn’t added via this admin site."
    ),
    gettext_noop("%(name)s with ID “%(key)s” doesn’t exist. Perhaps it was deleted?"),
    gettext_noop("Added."),
    gettext_noop("Added {name} “{object}”."),
    gettext_noop("Changed {fields}."),
    gettext_noop("Changed {fields} for {name} “{object}”."),
    gettext_noop("Deleted {name} “{object}”."),
    gettext_noop("Added “%(object)s”."),
    gettext_noop("Changed “%(object)s” — %(changes)s"),
    gettext_noop("Deleted “%(object)s.”"),
    gettext_noop("Added:"),
    gettext_noop("Changed:"),
    gettext_noop("Deleted:"),
    gettext_noop("Delete multiple objects"),
    gettext_noop("Enter a whole number."),
    gettext_noop("Enter a number."),
    gettext_noop("Enter a valid integer."),
    gettext_noop("Enter a valid date."),
    gettext_noop("Enter a valid time."),
    gettext_noop("Enter a valid date/time."),
    gettext_noop("Enter a valid value."),
    gettext_noop("Enter a valid URL."),
    gettext_noop("Enter a valid email address."),
    gettext_noop("Enter a valid “slug” consisting of letters, numbers, underscores or hyphens."),
    gettext_noop("Ensure this value is less than or equal to %(limit_value)s."),
    gettext_noop("Ensure this value is greater than or equal to %(limit_value)s."),
    ngettext_lazy(
        "Ensure this value has at least %(limit_value)d character (it has %(show_value)d).",
        "Ensure this value has at least %(limit_value)d characters (it has %(show_value)d).",
    ),
    ngettext_lazy(
        "Ensure this value has at most %(limit_value)d character (it has %(show_value)d).",
        "Ensure this value has at most %(limit_value)d characters (it has %(show_value)d).",
    ),
    ngettext_lazy(
        "Ensure this filename has at most %(max)d character (it has %(length)d).",
        "Ensure this filename has at most %(max)d characters (it has %(length)d).",
    ),
    gettext_noop("Select a valid choice. That choice is not one of the available choices."),
    gettext_noop("Select a valid choice. %(value)s is not one of the available choices."),
    gettext_noop("Authentication and Authorization"),
    gettext_noop("group"),
    gettext_noop("groups"),
    gettext_noop("user permissions"),
    ngettext_lazy("Please correct the error below.", "Please correct the errors below."),
    ngettext_lazy("%(total_count)s selected", "All %(total_count)s selected"),
]

BLOCK_EDITOR = [
    gettext_noop("Collapse all items"),
    gettext_noop("Uncollapse all items"),
    gettext_noop("marked for deletion"),
    gettext_noop("No plugins allowed in this region."),
    gettext_noop("No regions available."),
    gettext_noop("Select all"),
    gettext_noop("Unknown region"),
    gettext_noop("Use Ctrl-Click to select and move multiple items."),
    gettext_noop("Add new item"),
    gettext_noop("No items."),
    gettext_noop("No items. Region may inherit content."),
    gettext_noop("New item"),
]

# Names of models that give themselves none and that people see among the permissions.
MODELS = [
    gettext_noop("email change"),
    gettext_noop("reset request"),
    gettext_noop("edition image"),
    gettext_noop("publication clock"),
    gettext_noop("authenticator"),
    gettext_noop("user session"),
    gettext_noop("content type"),
]

# The kinds of mails, as the ledger shows them.
MAILS = [
    gettext_noop("account already exists"),
    gettext_noop("copy"),
    gettext_noop("email change"),
    gettext_noop("email confirmation"),
    gettext_noop("invitation"),
    gettext_noop("message"),
    gettext_noop("password reset key"),
    gettext_noop("registration approved"),
    gettext_noop("registration rejected"),
    gettext_noop("registration waiting"),
    gettext_noop("registration withdrawn"),
    gettext_noop("test"),
    gettext_noop("password changed"),
    gettext_noop("password reset"),
    gettext_noop("totp activated"),
    gettext_noop("totp deactivated"),
    gettext_noop("webauthn added"),
    gettext_noop("webauthn removed"),
    gettext_noop("recovery codes generated"),
    gettext_noop("email changed"),
    gettext_noop("email left"),
    gettext_noop("second factor removed"),
    gettext_noop("email change new"),
]

"""Texts of Django's admin that we say in other words.

They stand here for the catalogues of translations alone, where ours go before Django's: its
Italian makes everything masculine ("Il pagina è stato modificato"), and calls editors "tu"
among pages of ours that say "Lei".
"""

from django.utils.translation import gettext_noop

WORDING = [
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
    gettext_noop("Select %s to change"),
    gettext_noop("Select %s to view"),
]

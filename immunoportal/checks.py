"""System checks: a misconfiguration explains itself before the first request."""

import gettext

from django.conf import settings
from django.core.checks import Error, register


@register
def translations_are_compiled(app_configs, **kwargs):
    """Without the compiled catalogues the Italian pages would have English addresses."""
    errors = []
    for language, _name in settings.LANGUAGES:
        if language == "en":  # the language of the source
            continue
        if not gettext.find("django", settings.LOCALE_PATHS[0], [language]):
            errors.append(
                Error(
                    f"The translations for “{language}” are not compiled.",
                    hint="Run `make translations`.",
                    id="immunoportal.E001",
                )
            )
    return errors

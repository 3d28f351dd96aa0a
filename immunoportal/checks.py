"""System checks: they explain a misconfiguration before the first request."""

import gettext
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, register

from immunoportal import languages


@register
def translations_are_compiled(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Report a language without its compiled catalogue: its pages would have other addresses."""
    errors: list[CheckMessage] = []
    for language, _name in settings.LANGUAGES:
        if language == languages.SOURCE:
            continue
        if not gettext.find("django", settings.LOCALE_PATHS[0], [language]):
            errors.append(
                Error(
                    f"The translations for “{language}” are not compiled.",
                    hint=(
                        f"Run `make translations`, which compiles locale/{language}/LC_MESSAGES/"
                        "django.po; write that catalogue if there is none."
                    ),
                    id="immunoportal.E001",
                )
            )
    return errors


@register
def languages_have_labels(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Report a language of the settings that the table of languages does not know."""
    return [
        Error(
            f"The language “{language}” of the settings has no entry in the table of languages.",
            hint="Add it to TABLE in immunoportal/languages.py, with its labels.",
            id="immunoportal.E002",
        )
        for language, _name in settings.LANGUAGES
        if language not in languages.TABLE
    ]

"""System checks: they explain a misconfiguration before the first request."""

import gettext
from typing import Any

from django.conf import settings
from django.core import checks
from django.core.checks import CheckMessage, Error, register

from immunoportal import languages, pango


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


@register
def leaflets_can_be_made(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Report that the libraries are missing that set the text of leaflets."""
    packages = pango.missing()
    if not packages:
        return []
    return [
        checks.Warning(
            "No leaflets are made: the libraries of Pango are missing on this machine.",
            hint=(
                f"Where the worker runs, install {', '.join(packages)} (their names in Debian), "
                "and start it again. All else works without."
            ),
            id="immunoportal.W001",
        )
    ]

"""The form of a row that has a name in one language at least, and slugs that follow from it."""

from typing import Any

from django import forms

from articles.text.slugs import slug_from
from immunoportal.languages import StrPromise, codes

# Ours replaces the rules for slugs in Django's, and so comes behind it.
SLUG_SCRIPTS = ["admin/js/urlify.js", "articles/slugs.js"]


class NamedForm(forms.ModelForm):
    """Asks for a name in one language at least, and fills in the empty slug of each named language.

    Attributes:
        name_field: the translated field that one language at least has to fill in.
        name_missing: what to say when it is.
    """

    name_field = "name"
    name_missing: StrPromise

    def clean(self) -> dict[str, Any]:
        super().clean()
        cleaned = self.cleaned_data
        names = {code: cleaned.get(f"{self.name_field}_{code}") for code in codes()}
        if not any(names.values()):
            self.add_error(f"{self.name_field}_{codes()[0]}", self.name_missing)
        for language, name in names.items():
            slug = f"slug_{language}"
            field = self.fields.get(slug)
            if not name or cleaned.get(slug) or slug in self.errors:
                continue
            if isinstance(field, forms.SlugField):
                cleaned[slug] = slug_from(name, field.max_length or len(name)) or None
        return cleaned

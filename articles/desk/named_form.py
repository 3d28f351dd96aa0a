"""A form of a row that has a name in some language, and slugs that follow from it."""

from django import forms

from articles.text.slugs import slug_from
from immunoportal.languages import StrPromise, codes


class NamedForm(forms.ModelForm):
    """Asks for a name in any language, and fills in the slug of each language that has one.

    Attributes:
        name_field: the translated field that must not be empty in every language.
        name_missing: what to say when it is.
    """

    name_field = "name"
    name_missing: StrPromise

    def clean(self):
        cleaned = super().clean()
        names = {code: cleaned.get(f"{self.name_field}_{code}") for code in codes()}
        if not any(names.values()):
            self.add_error(f"{self.name_field}_{codes()[0]}", self.name_missing)
        for language, name in names.items():
            slug = f"slug_{language}"
            if name and slug in self.fields and slug not in self.errors and not cleaned.get(slug):
                cleaned[slug] = slug_from(name, self.fields[slug].max_length) or None
        return cleaned

"""The rich text field: an editor in the admin, clean HTML in the database."""

from django_prose_editor.fields import ProseEditorField

from articles.text import html

# What a text may hold. The editor's buttons and the sanitiser's list both follow from it.
TEXT = {
    "Bold": True,
    "Italic": True,
    "Subscript": True,
    "Superscript": True,
    "Heading": {"levels": [2, 3]},
    "BulletList": True,
    "OrderedList": True,
    "ListItem": True,
    "HardBreak": True,
    "Link": {"protocols": ["https", "http", "mailto", "tel"], "enableTarget": False},
    "NoSpellCheck": False,
}

# Inside a call-out a heading would break the outline of the article.
TEXT_WITHOUT_HEADINGS = {name: options for name, options in TEXT.items() if name != "Heading"}


class RichTextField(ProseEditorField):
    """HTML that is normalised and sanitised at every save, whatever way it came in."""

    def __init__(self, *args, **kwargs):
        kwargs.setdefault("extensions", TEXT)
        kwargs["sanitize"] = True
        super().__init__(*args, **kwargs)
        sanitise = self.sanitize
        self.sanitize = lambda value: html.tidy(sanitise(html.semantic(value)))

    def pre_save(self, model_instance, add):
        value = super().pre_save(model_instance, add)
        if value:
            value = self.sanitize(value)
            setattr(model_instance, self.attname, value)
        return value

    def get_db_prep_save(self, value, connection):
        # ``update`` and ``bulk_update`` write without ``pre_save``.
        if isinstance(value, str):
            value = self.sanitize(value)
        return super().get_db_prep_save(value, connection)

from modeltranslation.translator import TranslationOptions, register

from contact.models import Publisher, Subject


@register(Publisher)
class PublisherTranslation(TranslationOptions):
    # The name, the street and the city of a company are what they are in any language.
    fields = ("country", "company_register", "share_capital")


@register(Subject)
class SubjectTranslation(TranslationOptions):
    fields = ("name",)

"""The texts that have a column for each language. None falls back to another language."""

from modeltranslation.translator import TranslationOptions, register

from articles.models import (
    Article,
    Callout,
    Contributor,
    Figure,
    Home,
    Image,
    Quote,
    RichText,
    Topic,
)


@register(Article)
class ArticleTranslation(TranslationOptions):
    fields = ("title", "slug", "hero_line", "lead", "description")
    empty_values = {"slug": None}


@register(Topic)
class TopicTranslation(TranslationOptions):
    fields = ("name", "slug", "description")
    empty_values = {"slug": None}


@register(Contributor)
class ContributorTranslation(TranslationOptions):
    fields = ("name", "qualification")


@register(Image)
class ImageTranslation(TranslationOptions):
    fields = ("credit",)


@register(Home)
class HomeTranslation(TranslationOptions):
    fields = ("hero_line", "introduction")


@register(RichText)
class RichTextTranslation(TranslationOptions):
    fields = ("text",)


@register(Figure)
class FigureTranslation(TranslationOptions):
    fields = ("alternative_text", "caption")


@register(Quote)
class QuoteTranslation(TranslationOptions):
    fields = ("text", "source")


@register(Callout)
class CalloutTranslation(TranslationOptions):
    fields = ("title", "text")

"""The texts that have a column for each language. None falls back to another language."""

from modeltranslation.translator import TranslationOptions, register, translator

from articles.models import BLOCKS, Article, Contributor, Home, Image, SiteNotice, Term, Topic


@register(Article)
class ArticleTranslation(TranslationOptions):
    fields = ("title", "slug", "hero_line", "lead", "description", "funding")
    empty_values = {"slug": None}


@register(Topic)
class TopicTranslation(TranslationOptions):
    fields = ("name", "slug", "description")
    empty_values = {"slug": None}


@register(Contributor)
class ContributorTranslation(TranslationOptions):
    fields = ("name", "qualification", "interests")


@register(Image)
class ImageTranslation(TranslationOptions):
    fields = ("credit",)


@register(Home)
class HomeTranslation(TranslationOptions):
    fields = ("hero_line", "introduction")


@register(Term)
class TermTranslation(TranslationOptions):
    fields = ("term", "slug", "definition", "aliases", "forbidden")
    empty_values = {"slug": None}


@register(SiteNotice)
class SiteNoticeTranslation(TranslationOptions):
    fields = ("text", "link")


for block in BLOCKS:
    options = type(f"{block.__name__}Translation", (TranslationOptions,), {"fields": block.texts})
    translator.register(block, options)

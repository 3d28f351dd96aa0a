from django.urls import path
from django.utils.translation import pgettext_lazy

from articles.reading import editions, glossary_pages, views

app_name = "articles"

urlpatterns = [
    path("", views.home, name="home"),
    path(pgettext_lazy("url", "articles/"), views.article_list, name="list"),
    path(pgettext_lazy("url", "articles/<slug:slug>/"), views.detail, name="detail"),
    path(
        pgettext_lazy("url", "articles/<slug:slug>/editions/"),
        editions.edition_list,
        name="editions",
    ),
    path(
        pgettext_lazy("url", "articles/<slug:slug>/editions/<int:number>/"),
        editions.edition,
        name="edition",
    ),
    path(
        pgettext_lazy("url", "articles/<slug:slug>/editions/<int:number>/changes/"),
        editions.changes,
        name="changes",
    ),
    path(pgettext_lazy("url", "corrections/"), views.corrections, name="corrections"),
    path(
        pgettext_lazy("url", "corrections/feed/"), views.corrections_feed, name="corrections_feed"
    ),
    path(pgettext_lazy("url", "glossary/"), glossary_pages.term_list, name="glossary"),
    path(pgettext_lazy("url", "glossary/<slug:slug>/"), glossary_pages.term, name="term"),
    path(pgettext_lazy("url", "professionals/"), views.professionals, name="professionals"),
    path(pgettext_lazy("url", "topics/"), views.topic_list, name="topics"),
    path(pgettext_lazy("url", "topics/<slug:slug>/"), views.topic, name="topic"),
]

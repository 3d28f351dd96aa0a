from django.urls import include, path
from django.utils.translation import pgettext_lazy

from articles.reading import (
    edition_json,
    editions,
    feedback,
    glossary_pages,
    leaflet,
    search_views,
    views,
)

app_name = "articles"

# What stands beneath the address of each page, be it an article or a page of the site.
of_page = [
    path("", views.detail, name="detail"),
    path(pgettext_lazy("url", "editions/"), editions.edition_list, name="editions"),
    path(pgettext_lazy("url", "editions/<int:number>/"), editions.edition, name="edition"),
    path(pgettext_lazy("url", "editions/<int:number>/changes/"), editions.changes, name="changes"),
    path(
        pgettext_lazy("url", "editions/<int:number>.json"),
        edition_json.edition,
        name="edition_json",
    ),
    path(pgettext_lazy("url", "editions/<int:number>.pdf"), leaflet.leaflet, name="leaflet"),
    path(pgettext_lazy("url", "editions/<int:number>.ris"), editions.ris, name="edition_ris"),
    path(pgettext_lazy("url", "editions/<int:number>.bib"), editions.bibtex, name="edition_bibtex"),
    path(pgettext_lazy("url", "feed/"), editions.feed, name="article_feed"),
]

urlpatterns = [
    path("", views.home, name="home"),
    path(pgettext_lazy("url", "feed/"), views.feed, name="feed"),
    path(pgettext_lazy("url", "articles/"), views.article_list, name="list"),
    path(pgettext_lazy("url", "articles/<slug:slug>/"), include(of_page)),
    path(
        pgettext_lazy("url", "articles/<slug:slug>/feedback/"), feedback.feedback, name="feedback"
    ),
    path(pgettext_lazy("url", "about/<slug:slug>/"), include((of_page, "site")), {"of_site": True}),
    path(pgettext_lazy("url", "corrections/"), views.corrections, name="corrections"),
    path(
        pgettext_lazy("url", "corrections/feed/"), views.corrections_feed, name="corrections_feed"
    ),
    path(pgettext_lazy("url", "glossary/"), glossary_pages.term_list, name="glossary"),
    path(pgettext_lazy("url", "glossary/<slug:slug>/"), glossary_pages.term, name="term"),
    path(pgettext_lazy("url", "professionals/"), views.professionals, name="professionals"),
    path(pgettext_lazy("url", "search/"), search_views.search_page, name="search"),
    path(
        pgettext_lazy("url", "search/suggestions/"),
        search_views.suggestion_list,
        name="suggestions",
    ),
    path(
        pgettext_lazy("url", "search/description.xml"),
        search_views.description,
        name="search_description",
    ),
    path(pgettext_lazy("url", "topics/"), views.topic_list, name="topics"),
    path(pgettext_lazy("url", "topics/<slug:slug>/"), views.topic, name="topic"),
    path(pgettext_lazy("url", "topics/<slug:slug>/feed/"), views.topic_feed, name="topic_feed"),
]

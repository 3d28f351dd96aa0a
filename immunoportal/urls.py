"""The addresses of the portal. Every public page lives under its language."""

from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.urls import include, path

from articles.files import views as files_views
from articles.images import views as images_views
from articles.reading import cards
from contact import security
from immunoportal import views

urlpatterns = [
    path("", views.choose_language, name="choose_language"),
    path("admin/", admin.site.urls),
    path("media/<str:name>", images_views.rendition, name="rendition"),
    path("cards/<str:name>", cards.card, name="card"),
    path("files/<str:name>", files_views.stored_file, name="file"),
    path("captions/<uuid:key>.vtt", files_views.captions, name="captions"),
    path("robots.txt", views.robots, name="robots"),
    path("sitemap.xml", views.sitemap, name="sitemap"),
    path(
        "sitemap-<str:language>-<str:kind>-<int:number>.xml",
        views.sitemap_file,
        name="sitemap_file",
    ),
    path("site.webmanifest", views.manifest, name="manifest"),
    path(".well-known/security.txt", security.security, name="security"),
    path("security.txt", security.moved, name="security_at_the_top"),
    path("favicon.ico", views.favicon, name="favicon"),
    path("healthz", views.healthz, name="healthz"),
    path("readyz", views.readyz, name="readyz"),
    *i18n_patterns(
        path("", include("contact.urls")),
        path("account/", include("accounts.urls")),
        path("", include("articles.urls")),
    ),
]

handler404 = "immunoportal.views.not_found"
handler500 = "immunoportal.views.server_error"
handler403 = "immunoportal.views.forbidden"
handler400 = "immunoportal.views.bad_request"
# Asked for by django-allauth, not by Django.
handler429 = "immunoportal.views.too_many_requests"

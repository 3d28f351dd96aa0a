"""The second yardstick: a plain Django project with one page, made of three queries.

As the tutorial has it: a base template, links that are reversed, dates and texts through filters,
the middleware that projects usually have. The page is as long as the portal's article
(``PLAIN_SIZE`` bytes). Run as a script it makes the tables, in ``PLAIN_DATABASE``.
"""

import os
import random
from typing import ClassVar

import django
import environ
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.test import RequestFactory
from django.urls import path, reverse

SIZE = int(os.environ["PLAIN_SIZE"])
DATABASE = os.environ["PLAIN_DATABASE"]  # a URL
CHANCE = random.Random(1)  # the same texts at each run
SYLLABLES = ["ca", "de", "im", "lo", "mu", "ne", "or", "pa", "ri", "sta", "ti", "ver"]
WORDS = ["".join(CHANCE.choices(SYLLABLES, k=CHANCE.randint(1, 4))) for _ in range(400)]
BASE = """{% load i18n static %}<!doctype html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <title>{% block title %}{% endblock %} – Plain</title>
  <meta name="description" content="{% block description %}{% endblock %}">
  <link rel="canonical" href="{{ request.build_absolute_uri }}">
  <link rel="stylesheet" href="{% static 'plain.css' %}">
</head>
<body>
  <nav aria-label="{% translate 'Topics' %}"><ul>{% for topic in topics %}
    <li><a href="{{ topic.get_absolute_url }}">{{ topic.name }}</a></li>{% endfor %}
  </ul></nav>
  <main>{% block content %}{% endblock %}</main>
  <footer><p>{% translate "Name" %}, {% now "Y" %}</p></footer>
</body>
</html>
"""
PAGE = """{% extends "base.html" %}
{% block title %}{{ article.title }}{% endblock %}
{% block description %}{{ article.lead|truncatewords:20 }}{% endblock %}
{% block content %}
<p><a href="{{ article.topic.get_absolute_url }}">{{ article.topic.name }}</a></p>
<h1>{{ article.title }}</h1>
<p>{{ article.lead }}</p>
<time datetime="{{ article.published|date:'c' }}">{{ article.published|date:"j F Y" }}</time>
{{ article.body|linebreaks }}
<ul>{% for other in latest %}
  <li><a href="{{ other.get_absolute_url }}">{{ other.title }}</a>
    <time datetime="{{ other.published|date:'c' }}">{{ other.published|date:"j F Y" }}</time>
    <p>{{ other.lead|truncatewords:20 }}</p></li>{% endfor %}
</ul>
{% endblock %}
"""

settings.configure(
    SECRET_KEY="of no use to anybody",
    ALLOWED_HOSTS=["127.0.0.1"],
    ROOT_URLCONF=__name__,
    DATABASES={"default": environ.Env.db_url_config(DATABASE) | {"CONN_MAX_AGE": None}},
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    STATIC_URL="/static/",
    USE_TZ=True,
    TEMPLATES=[
        {
            "BACKEND": "django.template.backends.django.DjangoTemplates",
            "OPTIONS": {
                "loaders": [
                    (
                        "django.template.loaders.cached.Loader",
                        [
                            (
                                "django.template.loaders.locmem.Loader",
                                {"base.html": BASE, "page.html": PAGE},
                            )
                        ],
                    )
                ],
                "context_processors": ["django.template.context_processors.request"],
                "libraries": {"static": "django.templatetags.static"},
            },
        }
    ],
    MIDDLEWARE=[
        "django.middleware.security.SecurityMiddleware",
        "django.middleware.gzip.GZipMiddleware",
        "django.middleware.locale.LocaleMiddleware",
        "django.middleware.common.CommonMiddleware",
        "django.middleware.csrf.CsrfViewMiddleware",
        "django.middleware.clickjacking.XFrameOptionsMiddleware",
    ],
)
django.setup()

from django.db import connection, models
from django.utils import timezone


class Topic(models.Model):
    name = models.CharField(max_length=100)
    slug = models.SlugField(unique=True)

    objects: ClassVar = models.Manager()

    class Meta:
        app_label = "plain"

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("topic", args=[self.slug])


class Article(models.Model):
    topic = models.ForeignKey(Topic, on_delete=models.CASCADE)
    title = models.CharField(max_length=150)
    slug = models.SlugField(unique=True)
    lead = models.TextField()
    body = models.TextField()
    published = models.DateTimeField(default=timezone.now, db_index=True)

    objects: ClassVar = models.Manager()

    class Meta:
        app_label = "plain"

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("article", args=[self.slug])


def page(request: HttpRequest, slug: str) -> HttpResponse:
    context = {
        "article": get_object_or_404(Article.objects.select_related("topic"), slug=slug),
        "topics": Topic.objects.order_by("name"),
        "latest": Article.objects.order_by("-published").defer("body")[:6],
    }
    return render(request, "page.html", context)


urlpatterns = [
    path("articles/<slug:slug>/", page, name="article"),
    path("topics/<slug:slug>/", page, name="topic"),
]
application = get_wsgi_application()


def text(length: int) -> str:
    """Return a text that is as long and compresses as words do."""
    found = ""
    while len(found) < length:
        found += " ".join(CHANCE.choices(WORDS, k=CHANCE.randint(20, 90))).capitalize() + ".\n\n"
    return found[:length]


def make() -> None:
    with connection.schema_editor() as editor:
        editor.create_model(Topic)
        editor.create_model(Article)
    topics = [Topic.objects.create(name=f"Topic {n}", slug=f"topic-{n}") for n in range(6)]
    for number in range(24):
        Article.objects.create(
            topic=topics[number % 6],
            title=f"Article {number}",
            slug=f"article-{number}",
            lead=" ".join(CHANCE.choices(WORDS, k=30)),
        )
    around = len(page(RequestFactory(headers={"host": "127.0.0.1"}).get("/"), "article-1").content)
    Article.objects.update(body=text(SIZE - around))


if __name__ == "__main__":
    make()

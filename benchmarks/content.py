"""Fills a new site with what the benchmarks ask for, and prints its addresses.

Run by the harness, in the site's environment: the launch article in many copies under six topics,
one of them at its second address, one for health professionals, and who reads and who edits.
"""

import json
import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import django

django.setup()

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.contrib.staticfiles.storage import staticfiles_storage
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import translation

from articles.models import Article, Edition, Figure, Rendition, RichText, Severity, Topic
from articles.models.articles import Audience
from articles.publishing.freezing import read_working_copy
from articles.publishing.verbs import publish, remember_digests
from immunoportal import languages
from immunoportal.actors import User

TOPICS = 6
ARTICLES = 24


def copy_of(original: Article, number: int, topic: Topic, **fields: str) -> Article:
    """Return a copy of an article under another title and slug, not published."""
    article = Article.objects.create(
        topic=topic,
        **{
            f"{name}_{language}": getattr(original, f"{name}_{language}")
            for name in ("hero_line", "lead")
            for language in languages.codes()
        },
        **{f"title_{language}": f"Benchmark {number}" for language in languages.codes()},
        **{f"slug_{language}": f"benchmark-{number}" for language in languages.codes()},
        **fields,
    )
    for model in (RichText, Figure):
        for block in model.objects.filter(parent=original):
            block.pk, block.parent = None, article
            block.key = model._meta.get_field("key").get_default()
            block._state.adding = True
            block.save()
    for byline in original.bylines.all():
        byline.pk, byline.article = None, article
        byline._state.adding = True
        byline.save()
    return article


def publish_all(article: Article, by: User) -> None:
    remember_digests(read_working_copy(article))
    # The launch article says a watched word.
    clearance = dict.fromkeys(languages.codes(), "benchmark")
    publish(article, languages.codes(), by=by, severity=Severity.MINOR, clearance=clearance)


def cookie_of(user: User) -> str:
    client = Client()
    client.force_login(user)
    name = settings.SESSION_COOKIE_NAME
    return f"{name}={client.cookies[name].value}"


@transaction.atomic
def fill() -> dict:
    original = Article.objects.get()
    administrator = get_user_model().objects.get()
    administrator.password_is_temporary = False
    administrator.preferred_language = "en"
    administrator.save()
    topics = list(Topic.objects.all())
    topics += [
        Topic.objects.create(
            ordering=number + 1,
            **{f"name_{code}": f"Topic {number}" for code in languages.codes()},
            **{f"slug_{code}": f"topic-{number}" for code in languages.codes()},
        )
        for number in range(len(topics), TOPICS)
    ]
    articles = []
    for number in range(1, ARTICLES):
        articles.append(copy_of(original, number, topics[number % TOPICS]))
        publish_all(articles[-1], administrator)
    moved = articles[-1]
    Article.objects.filter(pk=moved.pk).update(slug_en="benchmark-moved")
    moved.refresh_from_db()
    publish_all(moved, administrator)
    reserved = copy_of(original, 0, topics[0], audience=Audience.PROFESSIONAL)
    publish_all(reserved, administrator)
    professional = get_user_model().objects.create_user("professional@example.org")
    professional.confirm_email()
    professional.user_permissions.add(Permission.objects.get(codename="read_reserved"))
    article = Edition.objects.live().get(article=original, language="en")
    figure = Figure.objects.filter(parent=original).select_related("image")[0]
    picture = figure.image.renditions.get(format=Rendition.Format.AVIF, width=800)
    with translation.override("en"):
        paths = {
            "home": reverse("articles:home"),
            "list": reverse("articles:list"),
            "topic": topics[1].get_absolute_url(),
            "article": article.get_absolute_url(),
            "reserved": reverse("articles:professionals"),
            "contact": reverse("contact:contact"),
            "not found": reverse("articles:detail", args=["no-such-article"]),
            "moved": reverse("articles:detail", args=[f"benchmark-{ARTICLES - 1}"]),
            "picture": picture.get_absolute_url(),
            "static": staticfiles_storage.url("immunoportal/css/base.css"),
        }
    return {
        "paths": paths,
        "articles": [each.pk for each in articles],
        "original": original.pk,
        "topics": [topic.pk for topic in topics],
        "professional": cookie_of(professional),
        "editor": cookie_of(administrator),
    }


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "immunoportal.settings")
    print(json.dumps(fill()))
